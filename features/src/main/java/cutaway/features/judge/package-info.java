/// Judging dictionaries: how well one rewrites activations, what that does to the model, whether its latents mean
/// something, each number beside what trivial rivals reach.
///
/// [cutaway.features.judge.Judge] makes the whole table; read it first. A [cutaway.features.judge.Metric] is one
/// number, in a file of its own with its equation and source: those of reconstruction take
/// [cutaway.features.judge.Reconstructed] tokens, those of the model's loss take [cutaway.features.judge.Losses].
/// The rivals are in [cutaway.features.judge.Rivals].
@NullMarked
package cutaway.features.judge;

import org.jspecify.annotations.NullMarked;
