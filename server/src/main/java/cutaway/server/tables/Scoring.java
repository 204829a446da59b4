package cutaway.server.tables;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.interp.explain.Explanation.ModelFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The scores of a table's rows.
///
/// @param sha256 of the table's text
/// @param about what gave them, in words
/// @param model null where a net learned
/// @param scores by row, 0 to 1
public record Scoring(
        String table,
        String sha256,
        String about,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ModelFacts model,
        List<Double> scores) {

    /// Those that are there already.
    ///
    /// @param rows of the table
    /// @param at row of each score
    public record ScoresSoFar(int rows, List<Integer> at, List<Double> scores) {}
}
