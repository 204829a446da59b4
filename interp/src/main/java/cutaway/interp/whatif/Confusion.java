package cutaway.interp.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// How predictions and labels fall together.
public record Confusion(int truePositives, int falsePositives, int trueNegatives, int falseNegatives) {

    /// Shares of a confusion; null where there is nothing to divide by.
    ///
    /// @param positive share that is predicted 1
    /// @param truePositive of the rows labelled 1, the share predicted 1
    /// @param falsePositive of the rows labelled 0, the share predicted 1
    /// @param precision of the rows predicted 1, the share labelled 1
    public record Rates(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double accuracy,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double positive,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double truePositive,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double falsePositive,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double precision) {}

    /// Of rows that are predicted 1 where their score is `threshold` or more.
    static Confusion of(double[] scores, int[] labels, int[] rows, double threshold) {
        int[] cells = new int[4];
        for (int row : rows) {
            if (labels[row] >= 0) {
                cells[(labels[row] == 1 ? 0 : 2) + (scores[row] >= threshold ? 0 : 1)]++;
            }
        }
        return new Confusion(cells[0], cells[2], cells[3], cells[1]);
    }

    public int rows() {
        return truePositives + falsePositives + trueNegatives + falseNegatives;
    }

    public Rates rates() {
        return new Rates(
                share(truePositives + trueNegatives, rows()),
                share(truePositives + falsePositives, rows()),
                share(truePositives, truePositives + falseNegatives),
                share(falsePositives, falsePositives + trueNegatives),
                share(truePositives, truePositives + falsePositives));
    }

    private static @Nullable Double share(int part, int whole) {
        return whole == 0 ? null : (double) part / whole;
    }

    /// What the errors cost, in the cost of a false negative.
    ///
    /// @param ratio cost of a false positive over that of a false negative
    public double cost(double ratio) {
        return ratio * falsePositives + falseNegatives;
    }

    Confusion plus(Confusion other) {
        return new Confusion(
                truePositives + other.truePositives,
                falsePositives + other.falsePositives,
                trueNegatives + other.trueNegatives,
                falseNegatives + other.falseNegatives);
    }
}
