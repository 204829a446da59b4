package cutaway.server.lens;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.Prompt;
import cutaway.interp.explain.Explanation.Token;
import cutaway.interp.explain.FirstLook;
import cutaway.interp.explain.Prompts;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Route;
import cutaway.server.lens.Effects.EffectAsked;
import cutaway.server.lens.Effects.Measured;
import cutaway.server.model.Reading;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a reader of a prompt waits for: its tokens, the first look, the effect of an edit.
public final class LensAnswers {

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

    private Measured effect(EffectAsked asked) {
        Effects.check(asked);
        return reading.edited(
                asked.model(), asked.base(), asked.edits(), model -> Effects.of(model, asked, Effects.Heard.NOBODY));
    }
}
