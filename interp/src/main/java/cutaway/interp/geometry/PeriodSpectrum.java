package cutaway.interp.geometry;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// How much of the activations' variance goes round with a label, by period: what cosine and sine of each period
/// tell beside the constant and n. Give it only labels that a fit may see; periods chosen on all labels have seen
/// the held-out ones.
///
/// @param periods T, in the unit of the label
/// @param shares of the variance, for each period alone
/// @param chance what each would tell of labels dealt out at random, 2 over their number less 2
public record PeriodSpectrum(List<Double> periods, List<Double> shares, double chance, Means means) {

    private static final double LEAST = 1e-9;

    public PeriodSpectrum {
        periods = List.copyOf(periods);
        shares = List.copyOf(shares);
    }

    /// The mean of each label's activations, weighed by the root of their number, less what constant and n tell.
    /// Cosine and sine of a label see no more of the activations than that.
    ///
    /// @param labels distinct ones
    /// @param weights of each
    /// @param rows `[label][d]`
    /// @param basis orthonormal, what has been taken out
    /// @param variance of all activations about their mean, squared and summed
    record Means(double[] labels, double[] weights, double[][] rows, List<double[]> basis, double variance) {

        static Means of(Tensor activations, double[] labels) {
            double[] distinct = Arrays.stream(labels).distinct().sorted().toArray();
            int d = Math.toIntExact(activations.dim(1));
            double[] all;
            double variance;
            try (Scope _ = Scope.open()) {
                Tensor whole = activations.to(Dtype.F64);
                all = whole.toDoubles();
                double norm = whole.minus(whole.mean(0, true)).norm();
                variance = norm * norm;
            }
            double[][] rows = new double[distinct.length][d];
            double[] counts = new double[distinct.length];
            for (int row = 0; row < labels.length; row++) {
                int at = Arrays.binarySearch(distinct, labels[row]);
                counts[at]++;
                for (int j = 0; j < d; j++) {
                    rows[at][j] += all[row * d + j];
                }
            }
            for (int i = 0; i < rows.length; i++) {
                for (int j = 0; j < d; j++) {
                    rows[i][j] /= Math.sqrt(counts[i]);
                }
            }
            double[] weights = Arrays.stream(counts).map(Math::sqrt).toArray();
            return new Means(distinct, weights, rows, List.of(), variance)
                    .without(DoubleStream.generate(() -> 1)
                            .limit(distinct.length)
                            .toArray())
                    .without(distinct.clone());
        }

        /// Columns of a period that the basis does not span, orthonormal.
        private List<double[]> circle(double period) {
            List<double[]> found = new ArrayList<>();
            for (boolean cosine : new boolean[] {true, false}) {
                double[] column = Arrays.stream(labels)
                        .map(label -> 2 * Math.PI * label / period)
                        .map(cosine ? Math::cos : Math::sin)
                        .toArray();
                double[] rest = orthonormal(column, found);
                if (rest.length > 0) {
                    found.add(rest);
                }
            }
            return found;
        }

        /// What a column adds to the basis and some others; empty where it adds nothing.
        private double[] orthonormal(double[] column, List<double[]> others) {
            double[] rest = IntStream.range(0, column.length)
                    .mapToDouble(i -> weights[i] * column[i])
                    .toArray();
            double before = Math.sqrt(dot(rest, rest));
            for (int pass = 0; pass < 2; pass++) { // twice is enough
                for (List<double[]> some : List.of(basis, others)) {
                    for (double[] one : some) {
                        double along = dot(rest, one);
                        for (int i = 0; i < rest.length; i++) {
                            rest[i] -= along * one[i];
                        }
                    }
                }
            }
            double norm = Math.sqrt(dot(rest, rest));
            return norm <= LEAST * Math.max(1, before)
                    ? new double[0]
                    : Arrays.stream(rest).map(value -> value / norm).toArray();
        }

        private Means without(double[] column) {
            double[] rest = orthonormal(column, List.of());
            return rest.length == 0 ? this : out(List.of(rest));
        }

        private Means out(List<double[]> columns) {
            double[][] left = Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
            for (double[] column : columns) {
                double[] along = along(column);
                for (int i = 0; i < left.length; i++) {
                    for (int j = 0; j < along.length; j++) {
                        left[i][j] -= column[i] * along[j];
                    }
                }
            }
            List<double[]> more = new ArrayList<>(basis);
            more.addAll(columns);
            return new Means(labels, weights, left, more, variance);
        }

        private double[] along(double[] column) {
            double[] sums = new double[rows[0].length];
            for (int i = 0; i < rows.length; i++) {
                for (int j = 0; j < sums.length; j++) {
                    sums[j] += column[i] * rows[i][j];
                }
            }
            return sums;
        }

        /// The share of all variance that a period tells of what is left.
        private double share(double period) {
            return circle(period).stream()
                            .mapToDouble(column -> {
                                double[] along = along(column);
                                return dot(along, along);
                            })
                            .sum()
                    / variance;
        }

        private static double dot(double[] a, double[] b) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                sum += a[i] * b[i];
            }
            return sum;
        }
    }

    /// @param activations `[n, d]`
    /// @param labels of each row
    /// @param periods to try, such as [#candidates]
    public static PeriodSpectrum of(Tensor activations, double[] labels, List<Double> periods) {
        Means means = Means.of(activations, labels);
        return new PeriodSpectrum(
                periods,
                periods.stream().map(means::share).toList(),
                2.0 / Math.max(1, means.labels.length - 2),
                means);
    }

    /// Periods that fit a whole number of times into the range of labels that are a step apart: range, range / 2,
    /// ... down to two steps.
    public static List<Double> candidates(double[] labels) {
        double[] distinct = Arrays.stream(labels).distinct().sorted().toArray();
        double step = IntStream.range(1, distinct.length)
                .mapToDouble(i -> distinct[i] - distinct[i - 1])
                .min()
                .orElse(1);
        double range = distinct[distinct.length - 1] - distinct[0] + step;
        return IntStream.rangeClosed(1, Math.max(1, (int) (range / (2 * step))))
                .mapToObj(times -> range / times)
                .toList();
    }

    /// Periods that together tell the most, one after another: each is the one that tells most of what those before
    /// it left (orthogonal matching pursuit).
    ///
    /// @return largest first in what they tell; fewer where there are no more
    public List<Double> choose(int count) {
        List<Double> left = new ArrayList<>(periods);
        List<Double> chosen = new ArrayList<>();
        Means now = means;
        while (chosen.size() < count && !left.isEmpty()) {
            Means here = now;
            double[] gains = left.stream().mapToDouble(here::share).toArray();
            int best = IntStream.range(0, gains.length)
                    .reduce((a, b) -> gains[b] > gains[a] ? b : a)
                    .orElseThrow();
            double period = left.remove(best);
            chosen.add(period);
            now = here.out(here.circle(period));
        }
        return chosen;
    }
}
