package cutaway.interp.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.statistics.Interval;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A claim about a model, with all that was measured for it: enough to measure it again.
///
/// @param says the claim, in words
/// @param scope where it is said to hold, in words; empty where nobody said
/// @param prompt the run that it was found on
/// @param contrast the run that this was set against; null where there was none
/// @param inContrast whether the contrast is edited, and not the prompt
/// @param edits what is done
/// @param metric what is read
/// @param baseline the metric without the edits
/// @param edited the metric with them
/// @param control null until it is measured
/// @param heldOut null until it is measured
public record Claim(
        @JsonProperty(required = true) String says,
        @JsonProperty(required = true) String scope,
        @JsonProperty(required = true) ModelFacts model,
        @JsonProperty(required = true) Source prompt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Source contrast,
        boolean inContrast,
        @JsonProperty(required = true) List<Edit> edits,
        @JsonProperty(required = true) Metric metric,
        double baseline,
        double edited,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Placebos control,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable HeldOut heldOut) {

    public Claim {
        edits = List.copyOf(edits);
    }

    /// Random changes as large in the place of the edits, on the same run.
    ///
    /// @param words what they are
    /// @param seeds one of each, each one more than the one before
    /// @param changes of the metric, one of each
    public record Placebos(String words, List<Long> seeds, List<Double> changes) {

        public Placebos {
            seeds = List.copyOf(seeds);
            changes = List.copyOf(changes);
        }

        /// The largest change in size.
        public double threshold() {
            return changes.stream().mapToDouble(Math::abs).max().orElse(0);
        }
    }

    /// The same edits on prompts that played no part in finding the claim.
    ///
    /// @param pairs the prompts
    /// @param effects of the edits, one a pair
    /// @param controls the mean change that the controls make, one a pair
    /// @param seeds of the controls, the same for each pair
    /// @param interval of the mean effect over pairs; null where the data cannot say
    /// @param controlInterval of the mean control
    public record HeldOut(
            List<PromptPair> pairs,
            List<Double> effects,
            List<Double> controls,
            List<Long> seeds,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Interval interval,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Interval controlInterval) {

        public HeldOut {
            pairs = List.copyOf(pairs);
            effects = List.copyOf(effects);
            controls = List.copyOf(controls);
            seeds = List.copyOf(seeds);
        }

        /// The mean effect.
        public double mean() {
            return effects.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        }
    }

    /// What the edits change on the run that the claim was found on: edited - baseline.
    public double effect() {
        return edited - baseline;
    }

    /// The run that is edited.
    public Source base() {
        return inContrast && contrast != null ? contrast : prompt;
    }

    /// With a control that was measured.
    public Claim with(Placebos measured) {
        return new Claim(
                says, scope, model, prompt, contrast, inContrast, edits, metric, baseline, edited, measured, heldOut);
    }

    /// With prompts that were held out and measured.
    public Claim with(HeldOut measured) {
        return new Claim(
                says, scope, model, prompt, contrast, inContrast, edits, metric, baseline, edited, control, measured);
    }

    /// With a scope.
    public Claim within(String said) {
        return new Claim(
                says, said, model, prompt, contrast, inContrast, edits, metric, baseline, edited, control, heldOut);
    }
}
