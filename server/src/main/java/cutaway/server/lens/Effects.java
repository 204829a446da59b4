package cutaway.server.lens;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.intervention.Intervention;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.model.OpenModel;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What edits do to a metric, as a reader asks for it.
public final class Effects {

    private static final int MOST_CONTROLS = 64;

    private Effects() {}

    /// @param base the run that is edited: a prompt or ids, with edits of its own
    /// @param edits what is done in it
    /// @param metric what is read
    /// @param seed of the controls
    /// @param controls how many; 8 where nobody says
    public record EffectAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) Source base,
            @JsonProperty(required = true) List<Edit> edits,
            @JsonProperty(required = true) Metric metric,
            @MayBeLeftOut long seed,
            @MayBeLeftOut @Nullable Integer controls) {}

    /// What an edit does.
    ///
    /// @param baseline the metric without the edits
    /// @param edited the metric with them
    /// @param effect edited - baseline
    /// @param controls what each control changes
    /// @param threshold the largest of these in size
    /// @param told whether the effect is larger than every control's
    /// @param control what the controls are, in words
    /// @param before the most probable next tokens without the edits
    /// @param after the same with them
    public record Measured(
            ModelFacts model,
            Source base,
            List<Edit> edits,
            Metric metric,
            long seed,
            double baseline,
            double edited,
            double effect,
            List<Double> controls,
            double threshold,
            boolean told,
            String control,
            List<Candidate> before,
            List<Candidate> after,
            double milliseconds) {}

    /// Hears what a measurement has come to.
    interface Heard {
        Heard NOBODY = new Heard() {};

        /// The run was made as it is.
        default void base() {}

        /// @param alone what the edits do, without their controls
        default void edited(Measured alone) {}

        /// @param done controls that are measured
        /// @param of how many there are
        default void controls(int done, int of) {}
    }

    /// @throws Refusal when there are no edits, or too many controls
    static void check(EffectAsked asked) {
        if (asked.edits.isEmpty() || asked.edits.stream().anyMatch(Objects::isNull)) {
            throw new Refusal(400, "edits is empty or has a gap; give one edit or more.");
        }
        if (asked.controls != null && (asked.controls < 0 || asked.controls > MOST_CONTROLS)) {
            throw new Refusal(400, "controls is " + asked.controls + "; give 0 to " + MOST_CONTROLS + ".");
        }
    }

    static Measured of(OpenModel model, EffectAsked asked, Heard heard) {
        long start = System.nanoTime();
        int count = asked.controls == null ? Intervention.USUAL_CONTROLS : asked.controls;
        return model.intervene(asked.base, asked.metric, run -> {
            heard.base();
            return measured(
                    model,
                    asked,
                    run,
                    run.measure(asked.edits, count, asked.seed, new Intervention.Heard() {
                        @Override
                        public void edited(Intervention.Effect alone) {
                            heard.edited(measured(model, asked, run, alone, start));
                        }

                        @Override
                        public void controls(int done, int of) {
                            heard.controls(done, of);
                        }
                    }),
                    start);
        });
    }

    private static Measured measured(
            OpenModel model, EffectAsked asked, Intervention run, Intervention.Effect found, long start) {
        return new Measured(
                model.facts(),
                asked.base,
                asked.edits,
                asked.metric,
                asked.seed,
                found.baseline(),
                found.edited(),
                found.effect(),
                found.changes().boxed().toList(),
                found.threshold(),
                found.isTold(),
                found.control(),
                run.next(),
                found.next(),
                (System.nanoTime() - start) / 1e6);
    }
}
