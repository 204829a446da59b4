package cutaway.server.tables;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Edit;
import cutaway.server.api.MayBeLeftOut;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What scores the rows of a table: a net that learns a column, or a language model on a prompt made of
/// each row.
///
/// @param table its name
/// @param sha256 as its overview says: scores are of that text
/// @param learn the column, 1 or 0, that a net learns from the others; null for a language model
/// @param without columns that the net is not given
/// @param seed of the net
/// @param model the language model's name; null or empty for the usual one
/// @param template the prompt of a row, with columns in braces
/// @param yes the token whose probability is the score, with its space
/// @param no the token that it is set against
/// @param probe name of a file in `probes/` of the workbench's folder, whose reading in the prompt's last
///     token is the
///     score; null for the options
/// @param positive the probe's class
/// @param edits done in every run: a changed variant of the model
/// @param steer name of a file in `probes/`, linear or logistic: every run is steered along it at every position, a
///     steered variant of the model
/// @param towards the class of `steer` that it is steered to
/// @param scale how far; 1, where nobody says, is the distance of the classes' means along the direction
public record ScoringAsked(
        @JsonProperty(required = true) String table,
        @JsonProperty(required = true) String sha256,
        @MayBeLeftOut @Nullable String learn,
        @MayBeLeftOut @Nullable List<String> without,
        @MayBeLeftOut long seed,
        @MayBeLeftOut @Nullable String model,
        @MayBeLeftOut @Nullable String template,
        @MayBeLeftOut @Nullable String yes,
        @MayBeLeftOut @Nullable String no,
        @MayBeLeftOut @Nullable String probe,
        @MayBeLeftOut @Nullable String positive,
        @MayBeLeftOut @Nullable List<Edit> edits,
        @MayBeLeftOut @Nullable String steer,
        @MayBeLeftOut @Nullable String towards,
        @MayBeLeftOut @Nullable Double scale) {

    List<String> leftOut() {
        return without == null ? List.of() : without;
    }
}
