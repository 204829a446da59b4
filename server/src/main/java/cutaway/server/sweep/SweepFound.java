package cutaway.server.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.ModelFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a sweep found: the strongest of its effects.
///
/// @param version of Cutaway
/// @param seed of every random draw
/// @param method `patch` or `ablate`
/// @param how it is done, in words
/// @param countedFrom the run that effects are counted from, in words
/// @param metric what is read: `margin`, in nats
/// @param pairs that were asked
/// @param questions how many there were, of all pairs together
/// @param strongest the largest mean effects in size, largest first
/// @param rest what was asked and is not shown, in words
public record SweepFound(
        String version,
        ModelFacts model,
        long seed,
        String method,
        String how,
        String countedFrom,
        String metric,
        List<SweptPair> pairs,
        int questions,
        List<SweptPlace> strongest,
        String rest) {

    /// The metric of a pair's unedited runs.
    public record SweptPair(String prompt, String contrast, double onPrompt, double onContrast) {}

    /// An effect.
    ///
    /// @param place in a few words: `head_z[25.4]@9` is head 4 of layer 25 at position 9
    /// @param effect what the edit changes in the metric, the mean over pairs
    /// @param pairs that it is the mean of
    /// @param low of its 95 % interval; null where the pairs cannot say
    /// @param p corrected for all questions; with a single pair it says nothing
    /// @param recovered the mean share of what separates the runs, 1 for all of it; null where there is none
    /// @param control of it on the first pair that has it
    public record SweptPlace(
            String place,
            double effect,
            int pairs,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double low,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double high,

            double p,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double recovered,

            PlaceControl control) {}

    /// The same intervention beside random changes as large, ready to be asked again or claimed.
    ///
    /// @param pair its number, from 0
    /// @param effect of the edits on that pair
    /// @param threshold the largest change of a control, in size
    /// @param told whether the effect is larger
    /// @param words what the controls are
    public record PlaceControl(
            int pair,
            Source base,
            List<Edit> edits,
            Metric metric,
            double effect,
            List<Double> controls,
            double threshold,
            boolean told,
            String words) {}
}
