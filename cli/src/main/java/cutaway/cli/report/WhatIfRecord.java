package cutaway.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.whatif.Comparison;
import cutaway.interp.whatif.Counterfactual;
import cutaway.interp.whatif.Dependence;
import cutaway.interp.whatif.Fairness;
import cutaway.interp.whatif.TokenSaliency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `cutaway whatif --json` prints.
///
/// @param model absent where a net learned
/// @param columns their names, in the order of a row's values
/// @param norm by which rows are near each other
/// @param scored by the model, then by the second where there is one
/// @param comparison of the two; null where there is one
public record WhatIfRecord(
        String version,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ModelFacts model,

        String file,
        int rows,
        List<String> columns,
        @Nullable String label,
        List<String> slices,
        String norm,
        List<ScoredBy> scored,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Comparison comparison) {

    /// A row beside the row most like it that is predicted otherwise.
    ///
    /// @param dependence of the score on each column in which they differ, at most three
    /// @param saliency of the prompt's tokens; null where it was not asked for
    public record AtRow(
            int row,
            List<String> values,
            double score,
            @Nullable Counterfactual nearest,
            List<Dependence> dependence,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            TokenSaliency saliency) {}

    /// What one model makes of the table.
    ///
    /// @param model where it is another language model than the record's
    /// @param strategies thresholds of every strategy; the first is the one that was asked for
    public record ScoredBy(
            String about,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            ModelFacts model,

            List<Double> scores,
            @Nullable Double rocArea,
            @Nullable Double precisionArea,
            List<Fairness> strategies,
            @Nullable AtRow row) {}
}
