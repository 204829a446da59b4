package cutaway.interp.statistics;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.hipparchus.distribution.continuous.NormalDistribution;

/// Bootstrap intervals: how a statistic would vary if other prompts had been drawn, seen by drawing from those
/// at hand with
/// replacement (Efron and Tibshirani 1993, "An introduction to the bootstrap", chapters 13 and 14).
///
/// The prompts should be independent draws; where some share a fill of the template, average those first ([Groups]).
/// Below about ten prompts every bootstrap interval is too narrow: of five draws of a normal, a 95 % interval
/// of the mean holds the truth in about 83 of 100 cases, of ten in 90, of twenty in 92.
///
/// @param resamples how often prompts are drawn anew
/// @param confidence between 0 and 1, 0.95 for a 95 % interval
/// @param seed of the draws
public record Bootstrap(int resamples, double confidence, Method method, long seed) {

    /// From the distribution of the redrawn statistics to an interval.
    public enum Method {
        /// Its quantiles at (1 - confidence) / 2 from either end.
        PERCENTILE,
        /// Its quantiles at levels corrected for bias and for a spread that grows with the statistic:
        /// "bias-corrected and
        /// accelerated" (Efron 1987, J. Am. Stat. Assoc. 82; Efron and Tibshirani, equations 14.9 to 14.15).
        /// Where the
        /// corrections do not exist, the interval is a [#PERCENTILE] one and says so.
        BCA
    }

    /// The statistic is taken without each row in turn, or where there are more rows than this, without each of so many
    /// shares of them: the skewness of the shares' influence is that of the rows' over the same root.
    private static final int MOST_LEFT_OUT = 1000;

    /// Of the range of the redrawn: less is rounding. Of few rows many draws are the rows themselves in another order,
    /// and their mean must count as the same.
    private static final double ROUNDING = 1e-9;

    private static final NormalDistribution NORMAL = new NormalDistribution();

    /// @throws BadInputException when an interval cannot be read off so few resamples, or confidence is not between 0
    ///     and 1
    public Bootstrap {
        if (!(confidence > 0 && confidence < 1)) {
            throw new BadInputException(
                    "the confidence of an interval is %s and should be between 0 and 1; give 0.95 for a 95 %% interval."
                            .formatted(confidence));
        }
        if (!(resamples * (1 - confidence) / 2 >= 10)) {
            throw new BadInputException(
                    "%d resamples leave fewer than 10 outside either end of a %s %% interval; give at least %.0f."
                            .formatted(resamples, 100 * confidence, Math.ceil(20 / (1 - confidence))));
        }
    }

    /// 95 % intervals, corrected for bias and skew, from 2,000 resamples.
    public static Bootstrap seeded(long seed) {
        return new Bootstrap(2000, 0.95, Method.BCA, seed);
    }

    /// Of the mean.
    ///
    /// @param effects one a prompt; NaN is left out
    /// @return as [#of]
    /// @throws BadInputException when one is infinite
    public Optional<Interval> mean(double[] effects) {
        double[] values = Effects.present(effects);
        return of(values.length, rows -> {
            double sum = 0;
            for (int row : rows) {
                sum += values[row];
            }
            return sum / rows.length;
        });
    }

    /// Of any statistic.
    ///
    /// @param rows number of independent draws (prompts, questions) that it is taken of
    /// @param statistic of the rows that it is given, 0 … `rows` - 1, some more than once; the array is used again
    /// @return empty where the data cannot say how far it would vary: there are fewer than two rows, the redrawn
    ///     statistic is always the same, or it is not defined on some draws (NaN)
    public Optional<Interval> of(int rows, ToDoubleFunction<int[]> statistic) {
        if (rows < 2) {
            return Optional.empty();
        }
        double[] redrawn = new double[resamples];
        Draws draws = new Draws(seed);
        int[] drawn = new int[rows];
        for (int i = 0; i < resamples; i++) {
            draws.fill(drawn, rows);
            redrawn[i] = statistic.applyAsDouble(drawn);
        }
        Arrays.sort(redrawn); // NaN last
        if (Double.isNaN(redrawn[resamples - 1]) || redrawn[0] == redrawn[resamples - 1]) {
            return Optional.empty();
        }
        double tail = (1 - confidence) / 2;
        if (method == Method.BCA) {
            double bias = bias(redrawn, statistic.applyAsDouble(every(rows)));
            double acceleration = acceleration(rows, statistic);
            double low = corrected(tail, bias, acceleration);
            double high = corrected(1 - tail, bias, acceleration);
            if (low < high) { // not where one is NaN
                return Optional.of(
                        new Interval(quantile(redrawn, low), quantile(redrawn, high), confidence, Method.BCA));
            }
        }
        return Optional.of(
                new Interval(quantile(redrawn, tail), quantile(redrawn, 1 - tail), confidence, Method.PERCENTILE));
    }

    /// Equation 14.14, ties counted half: by how many standard deviations the statistic is off the redrawn median.
    ///
    /// @return infinite when all of them are on one side
    private static double bias(double[] redrawn, double estimate) {
        double same = ROUNDING * (redrawn[redrawn.length - 1] - redrawn[0]);
        double below = 0;
        for (double value : redrawn) {
            below += Math.abs(value - estimate) <= same ? 0.5 : value < estimate ? 1 : 0;
        }
        return NORMAL.inverseCumulativeProbability(below / redrawn.length);
    }

    /// Equation 14.15: a sixth of the skewness of what leaving rows out changes; 0 where it changes nothing. Which rows
    /// share a share is drawn: rows come in layers and heads, and a fixed step would gather like with like.
    double acceleration(int rows, ToDoubleFunction<int[]> statistic) {
        int shares = Math.min(rows, MOST_LEFT_OUT);
        int[] order = new Draws(seed).order(rows);
        double[] without = new double[shares];
        for (int share = 0; share < shares; share++) {
            int left = share;
            without[share] = statistic.applyAsDouble(IntStream.range(0, rows)
                    .filter(i -> i % shares != left)
                    .map(i -> order[i])
                    .toArray());
        }
        double mean = Effects.mean(without);
        double squares = 0;
        double cubes = 0;
        for (double value : without) {
            double influence = mean - value;
            squares += influence * influence;
            cubes += influence * influence * influence;
        }
        return squares == 0 ? 0 : cubes / (6 * Math.pow(squares, 1.5));
    }

    /// Equation 14.10.
    ///
    /// @return NaN where the correction has no sense, as with an infinite bias
    private static double corrected(double level, double bias, double acceleration) {
        double moved = bias + NORMAL.inverseCumulativeProbability(level);
        double shrink = 1 - acceleration * moved;
        return shrink > 0 ? NORMAL.cumulativeProbability(bias + moved / shrink) : Double.NaN;
    }

    /// Between neighbours by straight lines, as numpy's percentile does.
    private static double quantile(double[] sorted, double level) {
        double at = level * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    static int[] every(int rows) {
        return IntStream.range(0, rows).toArray();
    }
}
