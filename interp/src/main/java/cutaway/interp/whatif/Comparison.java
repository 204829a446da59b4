package cutaway.interp.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.hipparchus.distribution.discrete.BinomialDistribution;
import org.jspecify.annotations.Nullable;

/// Two models on the same rows, each at thresholds of its own: how often they predict alike, and where not.
///
/// @param rows of the table
/// @param bothOne rows that both predict 1
/// @param firstOnly rows that the first alone predicts 1
/// @param secondOnly rows that the second alone predicts 1
/// @param bothZero rows that both predict 0
/// @param meanDifference mean of the second's score less the first's
/// @param meanDistance mean of how far the two scores are apart, whichever is higher
/// @param judged against labels; null where none are known
/// @param slices where they differ
/// @param furthest rows whose scores are furthest apart, at most 10, those that are predicted otherwise first
public record Comparison(
        int rows,
        int bothOne,
        int firstOnly,
        int secondOnly,
        int bothZero,
        double meanDifference,
        double meanDistance,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Correctness judged,
        List<SliceAgreement> slices,
        List<RowApart> furthest) {

    /// Rows listed.
    private static final int LISTED = 10;

    /// Which of the two has labelled rows right.
    ///
    /// @param p of McNemar's exact test (two-sided): how likely rows that one alone has right would be split so
    ///     unevenly, if either were as likely to have a row right; 1 where there are none
    public record Correctness(int bothRight, int firstOnlyRight, int secondOnlyRight, int bothWrong, double p) {}

    /// @param differ rows of the slice that the two predict otherwise
    public record SliceAgreement(String name, int rows, int differ) {}

    /// A row and its two scores.
    ///
    /// @param differ whether the two predict otherwise
    public record RowApart(int row, double first, double second, boolean differ) {}

    /// The scores of one model and from which on each row is predicted 1.
    ///
    /// @param scores by row, 0 to 1
    /// @param thresholds by row
    public record Predicted(double[] scores, double[] thresholds) {

        public Predicted {
            if (scores.length != thresholds.length) {
                throw new IllegalArgumentException(scores.length + " scores and " + thresholds.length + " thresholds");
            }
            scores = scores.clone();
            thresholds = thresholds.clone();
        }

        /// At 1/2.
        public static Predicted half(double[] scores) {
            double[] thresholds = new double[scores.length];
            Arrays.fill(thresholds, 0.5);
            return new Predicted(scores, thresholds);
        }

        @Override
        public double[] scores() {
            return scores.clone();
        }

        @Override
        public double[] thresholds() {
            return thresholds.clone();
        }

        private int at(int row) {
            return scores[row] >= thresholds[row] ? 1 : 0;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Predicted its
                    && Arrays.equals(scores, its.scores)
                    && Arrays.equals(thresholds, its.thresholds);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(scores);
        }

        @Override
        public String toString() {
            return scores.length + " predictions";
        }
    }

    /// @param second of the same rows
    /// @param labels what is true of them; null where it is not known
    /// @param slices that agreement is counted in
    public static Comparison of(Predicted first, Predicted second, @Nullable Labels labels, List<Slice> slices) {
        int rows = first.scores.length;
        if (second.scores.length != rows) {
            throw new IllegalArgumentException(rows + " scores against " + second.scores.length);
        }
        int[] counts = new int[4]; // 2 * predicted by the first + predicted by the second
        List<RowApart> all = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            counts[2 * first.at(row) + second.at(row)]++;
            all.add(new RowApart(row, first.scores[row], second.scores[row], first.at(row) != second.at(row)));
        }
        all.sort(Comparator.comparing((RowApart one) -> !one.differ)
                .thenComparing(one -> -Math.abs(one.second - one.first)));
        return new Comparison(
                rows,
                counts[3],
                counts[2],
                counts[1],
                counts[0],
                all.stream()
                        .mapToDouble(one -> one.second - one.first)
                        .average()
                        .orElse(0),
                all.stream()
                        .mapToDouble(one -> Math.abs(one.second - one.first))
                        .average()
                        .orElse(0),
                labels == null ? null : judged(first, second, labels),
                slices.stream()
                        .map(slice ->
                                new SliceAgreement(slice.name(), slice.rows().length, (int) IntStream.of(slice.rows())
                                        .filter(row -> first.at(row) != second.at(row))
                                        .count()))
                        .toList(),
                all.stream().limit(LISTED).toList());
    }

    private static Correctness judged(Predicted first, Predicted second, Labels labels) {
        int[] truth = labels.values();
        int[] counts = new int[4]; // 2 * right by the first + right by the second
        for (int row : labels.known()) {
            counts[(first.at(row) == truth[row] ? 2 : 0) + (second.at(row) == truth[row] ? 1 : 0)]++;
        }
        return new Correctness(counts[3], counts[2], counts[1], counts[0], mcNemar(counts[2], counts[1]));
    }

    /// McNemar's test (1947) by the binomial distribution: twice the probability that of `a + b` fair coins no
    /// more fall on one side than `min(a, b)`.
    static double mcNemar(int a, int b) {
        return a + b == 0
                ? 1
                : Math.min(1, 2 * new BinomialDistribution(a + b, 0.5).cumulativeProbability(Math.min(a, b)));
    }
}
