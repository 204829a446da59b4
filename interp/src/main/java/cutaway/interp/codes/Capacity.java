package cutaway.interp.codes;

import cutaway.tensor.BadInputException;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/// How many features so many neurons can compute, and how many the known construction does (Adler and Shavit
/// 2024, arXiv:2409.15318):
///
///     at most     m' with sqrt(m' log2 m') = n        of the order of n^2 / log n: no network computes more
///     built       m' with sqrt(m') log2 m' = n        pairwise ANDs, as the paper builds them
///
/// Both are orders of growth: constants are left out, and set to 1. To hold features without computing any
/// takes far fewer, `log m'` neurons.
///
/// @param neurons n, or the dimensions of a space that features are written into
/// @param atMost features, rounded down
/// @param built features, rounded down
public record Capacity(long neurons, long atMost, long built) {

    /// @param neurons at least 1
    public static Capacity of(long neurons) {
        if (neurons < 1) {
            throw new BadInputException("the capacity of " + neurons + " neurons; expected at least 1.");
        }
        return new Capacity(
                neurons, largest(neurons, m -> Math.sqrt(m * log2(m))), largest(neurons, m -> Math.sqrt(m) * log2(m)));
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    /// The largest whole number from 1 on that needs no more neurons than there are.
    private static long largest(long neurons, DoubleUnaryOperator needs) {
        long enough = 1;
        long tooMany = 2;
        while (needs.applyAsDouble(tooMany) <= neurons) {
            enough = tooMany;
            tooMany *= 2;
        }
        while (tooMany - enough > 1) {
            long middle = (enough + tooMany) / 2;
            if (needs.applyAsDouble(middle) <= neurons) {
                enough = middle;
            } else {
                tooMany = middle;
            }
        }
        return enough;
    }

    /// In a sentence.
    public String text() {
        return String.format(
                Locale.ROOT,
                "%,d neurons compute at most of the order of %,d features (n^2 / log n); a known construction computes"
                        + " of the order of %,d",
                neurons,
                atMost,
                built);
    }
}
