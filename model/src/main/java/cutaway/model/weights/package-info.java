/// The matrices of a model as its file holds them: packed until they are needed. Read
/// [cutaway.model.weights.Matrix] first, then [cutaway.model.weights.WeightMemory].
@NullMarked
package cutaway.model.weights;

import org.jspecify.annotations.NullMarked;
