package cutaway.server.lens;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.Prompt;
import cutaway.interp.explain.Explanation.Token;
import cutaway.interp.explain.FirstLook;
import cutaway.interp.explain.Prompts;
import cutaway.interp.intervention.Intervention;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.model.OpenModel;
import cutaway.server.model.Reading;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a reader of a prompt waits for: its tokens, the first look, the effect of an edit.
public final class LensAnswers {

    private static final int MOST_CONTROLS = 64;

    private final Reading reading;

    public LensAnswers(Reading reading) {
        this.reading = reading;
    }

    /// @param model its name; empty for the usual one
    public record TextAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String text) {}

    public record Tokens(ModelFacts model, List<Token> tokens) {}

    /// @param model its name; empty for the usual one
    public record NextAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String prompt) {}

    /// @param milliseconds that the model took
    public record NextTokens(ModelFacts model, Prompt prompt, double milliseconds) {}

    /// @param answer the token that the lens looks for, with its space; empty for the model's own top token
    public record LookAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String prompt,
            @MayBeLeftOut @Nullable String answer) {}

    /// @param milliseconds that the model took
    public record Look(ModelFacts model, FirstLook look, double milliseconds) {}

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

    public List<Route<?, ?>> routes() {
        return List.of(
                Route.post(
                        "/api/tokens",
                        "The tokens that a model makes of a text.",
                        TextAsked.class,
                        Tokens.class,
                        (asked, at) -> tokens(asked)),
                Route.post(
                        "/api/next",
                        "A prompt's tokens and its next-token distribution: the least that can be asked.",
                        NextAsked.class,
                        NextTokens.class,
                        (asked, at) -> next(asked)),
                Route.post(
                        "/api/look",
                        "A prompt's tokens, its next-token distribution and the logit lens.",
                        LookAsked.class,
                        Look.class,
                        (asked, at) -> look(asked)),
                Route.post(
                        "/api/effect",
                        "What edits do to a metric, beside random changes as large, and to what comes next.",
                        EffectAsked.class,
                        Measured.class,
                        (asked, at) -> effect(asked)));
    }

    private Tokens tokens(TextAsked asked) {
        return reading.text(
                asked.model,
                asked.text,
                model -> new Tokens(
                        model.facts(),
                        Prompts.tokens(
                                model.model(), model.model().encode(asked.text).ids())));
    }

    private NextTokens next(NextAsked asked) {
        return reading.text(asked.model, asked.prompt, model -> {
            long start = System.nanoTime();
            Prompt prompt = Prompts.asked(model.model(), asked.prompt);
            return new NextTokens(model.facts(), prompt, (System.nanoTime() - start) / 1e6);
        });
    }

    private Look look(LookAsked asked) {
        return reading.text(asked.model, asked.prompt, model -> {
            long start = System.nanoTime();
            FirstLook look = FirstLook.of(
                    model.model(),
                    asked.prompt,
                    Optional.ofNullable(asked.answer).filter(text -> !text.isEmpty()));
            model.looked(look);
            return new Look(model.facts(), look, (System.nanoTime() - start) / 1e6);
        });
    }

    /// Measures an edit as a reader asks for it; also what the ledger keeps.
    public Measured effect(EffectAsked asked) {
        if (asked.edits.isEmpty() || asked.edits.stream().anyMatch(Objects::isNull)) {
            throw new Refusal(400, "edits is empty or has a gap; give one edit or more.");
        }
        if (asked.controls != null && (asked.controls < 0 || asked.controls > MOST_CONTROLS)) {
            throw new Refusal(400, "controls is " + asked.controls + "; give 0 to " + MOST_CONTROLS + ".");
        }
        return reading.edited(asked.model, asked.base, asked.edits, model -> measured(model, asked));
    }

    private static Measured measured(OpenModel model, EffectAsked asked) {
        long start = System.nanoTime();
        int controls = asked.controls == null ? Intervention.USUAL_CONTROLS : asked.controls;
        Intervention run = model.run(asked.base, asked.metric);
        Intervention.Effect found = run.measure(asked.edits, controls, asked.seed);
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
