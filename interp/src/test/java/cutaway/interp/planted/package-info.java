/// Transformers whose circuits are known because their weights were set by hand, and what each method that looks for
/// causes must say of them. Expected values follow from the weights on paper, never from a run. Read
/// [cutaway.interp.planted.Plan] first, then [cutaway.interp.planted.Induction].
@NullMarked
package cutaway.interp.planted;

import org.jspecify.annotations.NullMarked;
