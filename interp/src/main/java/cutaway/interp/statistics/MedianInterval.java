package cutaway.interp.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.hipparchus.distribution.discrete.BinomialDistribution;
import org.hipparchus.util.CombinatoricsUtils;

/// The percentile bootstrap interval of a median, without a draw: what [Bootstrap] comes to with ever more resamples.
/// The distribution of a resample's median is known in closed form (Maritz and Jarrett 1978, J. Am. Stat. Assoc. 73;
/// Efron and Tibshirani 1993, chapter 13, has the interval). With values sorted as `x_1 <= ... <= x_n`, the `k`-th of
/// `n` redrawn is at most `x_i` where at least `k` of them are:
///
///     P(k-th <= x_i) = P(Binomial(n, i / n) >= k)
///
/// Of an even number the median is the mean of the two in the middle, and
///
///     P(k-th <= x_i, next > x_j) = C(n, k) (i / n)^k (1 - j / n)^k,    n = 2 k, i <= j
///
/// Of five values or fewer a 95 % interval is from the least to the most: more than 1 in 40 resamples has either as its
/// median. That the true median lies between the least and the most of `n` values has the probability
/// `1 - 2^(1 - n)`: 0.75 of three, 0.94 of five.
public final class MedianInterval {

    /// A median that a resample may have.
    private record Chance(double median, double probability) {}

    private MedianInterval() {}

    /// @param values independent draws, such as one a seed
    /// @param confidence between 0 and 1, 0.95 for a 95 % interval
    /// @return empty where the values cannot say: there are fewer than two, all are the same, or one is none (NaN)
    public static Optional<Interval> of(double[] values, double confidence) {
        double[] sorted = values.clone();
        Arrays.sort(sorted); // NaN last
        int count = sorted.length;
        if (count < 2 || Double.isNaN(sorted[count - 1]) || sorted[0] == sorted[count - 1]) {
            return Optional.empty();
        }
        List<Chance> chances = count % 2 == 1 ? odd(sorted) : even(sorted);
        double tail = (1 - confidence) / 2;
        return Optional.of(new Interval(
                quantile(chances, tail), quantile(chances, 1 - tail), confidence, Bootstrap.Method.PERCENTILE));
    }

    private static List<Chance> odd(double[] sorted) {
        List<Chance> chances = new ArrayList<>();
        for (int i = 1; i <= sorted.length; i++) {
            chances.add(new Chance(sorted[i - 1], atMost(i, sorted.length) - atMost(i - 1, sorted.length)));
        }
        return chances;
    }

    /// The one in the middle, or the lower of the two, is among the lowest `i`.
    private static double atMost(int i, int count) {
        return 1 - new BinomialDistribution(count, (double) i / count).cumulativeProbability((count + 1) / 2 - 1);
    }

    private static List<Chance> even(double[] sorted) {
        int count = sorted.length;
        List<Chance> chances = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            double both = atMost(i, count) - atMost(i - 1, count) - (apart(i, i, count) - apart(i - 1, i, count));
            chances.add(new Chance(sorted[i - 1], both));
            for (int j = i + 1; j <= count; j++) {
                double those = apart(i, j - 1, count)
                        - apart(i - 1, j - 1, count)
                        - apart(i, j, count)
                        + apart(i - 1, j, count);
                chances.add(new Chance((sorted[i - 1] + sorted[j - 1]) / 2, those));
            }
        }
        chances.sort(Comparator.comparingDouble(Chance::median));
        return chances;
    }

    /// One half is among the lowest `i`, the other above the lowest `j`.
    private static double apart(int i, int j, int count) {
        int half = count / 2;
        return i == 0 || j == count
                ? 0
                : Math.exp(CombinatoricsUtils.binomialCoefficientLog(count, half)
                        + half * (Math.log((double) i / count) + Math.log(1 - (double) j / count)));
    }

    /// The least median at or below which a share of all resamples lies.
    private static double quantile(List<Chance> rising, double level) {
        double below = 0;
        for (Chance chance : rising) {
            below += chance.probability;
            if (below >= level) {
                return chance.median;
            }
        }
        return rising.getLast().median;
    }
}
