package cutaway.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.whatif.Counterfactual;
import cutaway.interp.whatif.Dependence;
import cutaway.interp.whatif.Fairness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `cutaway whatif --json` prints.
///
/// @param model absent where a net learned
/// @param columns their names, in the order of a row's values
/// @param norm by which rows are near each other
/// @param scored plain, then with the edits where there are some
public record WhatIfRecord(
        String version,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ModelFacts model,

        String file,
        int rows,
        List<String> columns,
        @Nullable String label,
        List<String> slices,
        String norm,
        List<ScoredBy> scored) {

    /// A row beside the row most like it that is predicted otherwise.
    ///
    /// @param dependence of the score on each column in which they differ, at most three
    public record AtRow(
            int row,
            List<String> values,
            double score,
            @Nullable Counterfactual nearest,
            List<Dependence> dependence) {}

    /// What one model makes of the table.
    ///
    /// @param strategies thresholds of every strategy; the first is the one that was asked for
    public record ScoredBy(
            String about,
            List<Double> scores,
            @Nullable Double rocArea,
            @Nullable Double precisionArea,
            List<Fairness> strategies,
            @Nullable AtRow row) {}
}
