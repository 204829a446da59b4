/// Truths set by hand, so that a method can be asked for them before it is asked about a model that nobody knows.
///
/// [cutaway.interp.planted.PlantedCircuit] is a transformer whose circuit is known, with prompts for it;
/// [cutaway.interp.planted.PlantedCauses] are effects that a pooled search is to find. In the tests of this package
/// are more transformers, for each kind of edit. Expected values follow from the weights on paper, never from a run.
@NullMarked
package cutaway.interp.planted;

import org.jspecify.annotations.NullMarked;
