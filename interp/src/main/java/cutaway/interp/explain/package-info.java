/// What inside a model causes its answer: each claim the measured effect of an intervention, beside a control.
///
/// [cutaway.interp.explain.Explanation] is the record of it all; [cutaway.interp.explain.Explainer] makes one. Read
/// them first.
@NullMarked
package cutaway.interp.explain;

import org.jspecify.annotations.NullMarked;
