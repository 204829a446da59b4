/// Trained dictionaries at work: their latents as what a sweep, an explanation or steering speaks of.
///
/// [cutaway.features.use.DictionaryBasis] is a dictionary as a [cutaway.interp.basis.Basis]; read it first. Then
/// [cutaway.features.use.CrossLayerBasis] for latents of several layers, and
/// [cutaway.features.use.LinearError] for what splits a dictionary's error in two.
@NullMarked
package cutaway.features.use;

import org.jspecify.annotations.NullMarked;
