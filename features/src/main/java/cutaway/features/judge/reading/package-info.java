/// Automatic interpretation: does an explanation of a latent tell where it is active?
///
/// [cutaway.features.judge.reading.Interpretation] makes the scores; read it first. Who reads the texts is a
/// [cutaway.features.judge.reading.TextJudge].
@NullMarked
package cutaway.features.judge.reading;

import org.jspecify.annotations.NullMarked;
