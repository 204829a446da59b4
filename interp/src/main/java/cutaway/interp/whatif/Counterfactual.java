package cutaway.interp.whatif;

import cutaway.interp.whatif.Distances.Norm;
import java.util.List;
import java.util.Optional;

/// The row most like a datapoint of those that are predicted otherwise.
///
/// @param row of the table
/// @param values its texts, in the order of the columns
/// @param distance to it, as [Distances] has it
/// @param differing columns in which it differs, the furthest apart first
public record Counterfactual(int row, List<String> values, double score, double distance, List<String> differing) {

    /// @param point texts of a datapoint, which need not be of the table
    /// @param score of the datapoint
    /// @param scores of the table's rows
    /// @param thresholds from which on each row is predicted 1
    /// @param threshold the same for the datapoint
    /// @return empty where all rows are predicted as it is
    public static Optional<Counterfactual> of(
            Datapoints datapoints,
            Distances distances,
            Norm norm,
            List<String> point,
            double score,
            double threshold,
            double[] scores,
            double[] thresholds) {
        boolean predicted = score >= threshold;
        var nearest = distances.nearest(point, norm, row -> scores[row] >= thresholds[row] != predicted);
        if (nearest.isEmpty()) {
            return Optional.empty();
        }
        int row = nearest.getAsInt();
        return Optional.of(new Counterfactual(
                row,
                datapoints.row(row),
                scores[row],
                distances.from(point, norm)[row],
                distances.differing(point, row)));
    }
}
