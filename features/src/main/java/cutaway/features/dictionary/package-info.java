/// Sparse dictionaries as they are used once they are trained: activations written as a few latents, and back.
///
/// [cutaway.features.dictionary.Dictionary] is one; read it first. Then [cutaway.features.dictionary.Activation]
/// for what makes its codes sparse, and [cutaway.features.dictionary.Scaling] for what is done to its inputs.
@NullMarked
package cutaway.features.dictionary;

import org.jspecify.annotations.NullMarked;
