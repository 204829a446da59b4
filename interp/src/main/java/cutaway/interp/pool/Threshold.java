package cutaway.interp.pool;

import cutaway.tensor.BadInputException;
import java.util.Arrays;

/// How far the metric has to move, either way, to count as an effect.
///
/// @param effect in the metric's unit; larger than 0
public record Threshold(double effect) {

    public Threshold {
        if (!(effect > 0) || Double.isInfinite(effect)) {
            throw new BadInputException("an effect has to be larger than " + effect
                    + " to count; give a number above 0 in the metric's unit, such as 0.05.");
        }
    }

    /// What noise reaches with a given chance at most, from effects of edits that have none.
    ///
    /// With noise of standard deviation s, normal, `P(|noise| > z s) <= exp(-z^2 / 2)`; over m questions,
    /// by the union bound, none passes with probability `1 - level` when `z = sqrt(2 ln(m / level))`. s is
    /// the root mean square of the placebos. No placebo passes either, which is all that is done about
    /// tails heavier than a normal's.
    ///
    /// @param placebos effects of edits that are as large but random; of pools as large as those of the
    ///     search, where noise grows with a pool
    /// @param questions runs that the search may make
    /// @param level chance, at most, that noise passes anywhere; between 0 and 1
    public static Threshold ofPlacebos(double[] placebos, int questions, double level) {
        if (placebos.length == 0 || questions < 1 || !(level > 0 && level < 1)) {
            throw new BadInputException(
                    "a threshold from %d placebos, for %d questions at level %s, cannot be found; give a placebo or more, a question or more, and a level between 0 and 1."
                            .formatted(placebos.length, questions, level));
        }
        double scale = Math.sqrt(
                Arrays.stream(placebos).map(effect -> effect * effect).average().orElse(0));
        double largest = Arrays.stream(placebos).map(Math::abs).max().orElse(0);
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new BadInputException("the placebos' effects have the size " + scale
                    + ", which says nothing of noise; give a threshold as a number.");
        }
        return new Threshold(Math.max(largest, scale * Math.sqrt(2 * Math.log(questions / level))));
    }

    boolean passes(double found) {
        return Math.abs(found) > effect;
    }
}
