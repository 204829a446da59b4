/// Trained dictionaries at work: their latents as what a sweep, an explanation or steering speaks of.
///
/// [cutaway.features.use.DictionaryBasis] is a dictionary as a [cutaway.interp.basis.Basis]; read it first.
@NullMarked
package cutaway.features.use;

import org.jspecify.annotations.NullMarked;
