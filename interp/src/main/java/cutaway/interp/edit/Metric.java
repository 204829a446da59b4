package cutaway.interp.edit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// A number read off a run. A value: it serialises to JSON and back.
///
///     {"metric": "logit_difference", "answer": 7000, "rival": 1963}
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "metric")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Metric.LogitDifference.class, name = "logit_difference"),
    @JsonSubTypes.Type(value = Metric.Logit.class, name = "logit"),
    @JsonSubTypes.Type(value = Metric.LogProbability.class, name = "log_probability"),
    @JsonSubTypes.Type(value = Metric.Probability.class, name = "probability"),
    @JsonSubTypes.Type(value = Metric.Loss.class, name = "loss"),
    @JsonSubTypes.Type(value = Metric.Divergence.class, name = "divergence"),
    @JsonSubTypes.Type(value = Metric.Projection.class, name = "projection")
})
public sealed interface Metric {

    /// The logit of the answer minus that of the rival at the last position, nats.
    record LogitDifference(
            @JsonProperty(value = "answer", required = true) int answer,
            @JsonProperty(value = "rival", required = true) int rival)
            implements Metric {}

    /// The logit of a token at the last position, nats.
    record Logit(
            @JsonProperty(value = "token", required = true) int token) implements Metric {}

    /// The log probability of a token at the last position, nats.
    record LogProbability(
            @JsonProperty(value = "token", required = true) int token) implements Metric {}

    /// The probability of a token at the last position.
    record Probability(
            @JsonProperty(value = "token", required = true) int token) implements Metric {}

    /// Mean next-token cross-entropy over the prompt, nats.
    record Loss() implements Metric {}

    /// `KL(unedited || this run)` of the next-token distributions at the last position, nats.
    record Divergence() implements Metric {}

    /// The mean, over positions, of the product with a direction: what a linear probe reads.
    record Projection(
            @JsonProperty(value = "site", required = true) Site site,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("pos")
            Positions pos,

            @JsonProperty(value = "direction", required = true)
            Values direction)
            implements Metric {
        public Projection {
            pos = pos == null ? Positions.ALL : pos;
        }
    }

    /// What it is, in words, with the ids of tokens.
    default String text() {
        return text(String::valueOf);
    }

    /// What it is, in words.
    ///
    /// @param name of a token, by its id
    default String text(IntFunction<String> name) {
        return switch (this) {
            case LogitDifference(int answer, int rival) ->
                "logit(" + name.apply(answer) + ") - logit(" + name.apply(rival) + ") at the last position";
            case Logit(int token) -> "logit(" + name.apply(token) + ") at the last position";
            case LogProbability(int token) -> "log p(" + name.apply(token) + ") at the last position";
            case Probability(int token) -> "p(" + name.apply(token) + ") at the last position";
            case Loss() -> "the loss, at all positions but the last";
            case Divergence() -> "KL from the unedited run at the last position";
            case Projection(Site site, Positions _, Values _) -> "a projection of " + SiteNames.legacy(site);
        };
    }

    /// The positions whose logits it reads; none for a projection.
    default List<Integer> logitPositions(int length) {
        return switch (this) {
            case Loss() ->
                IntStream.range(0, length - 1).boxed().toList(); // the last one predicts nothing in the prompt
            case Projection(Site _, Positions _, Values _) -> List.of();
            case LogitDifference(int _, int _), Logit(int _), LogProbability(int _), Probability(int _), Divergence() ->
                List.of(length - 1);
        };
    }

    /// @param vocab tokens of the model
    /// @throws BadInputException when it names a token that the model does not have
    default void check(int vocab) {
        List<Integer> named = switch (this) {
            case LogProbability(int token) -> List.of(token);
            case Probability(int token) -> List.of(token);
            default -> tokens();
        };
        for (int token : named) {
            if (token < 0 || token >= vocab) {
                throw new BadInputException(
                        "the metric reads token " + token + "; the model has 0 to " + (vocab - 1) + ".");
            }
        }
    }

    /// The tokens whose logits are enough for it; empty when it needs all of them.
    default List<Integer> tokens() {
        return switch (this) {
            case LogitDifference(int answer, int rival) -> List.of(answer, rival);
            case Logit(int token) -> List.of(token);
            case LogProbability(int _),
                    Probability(int _),
                    Loss(),
                    Divergence(),
                    Projection(Site _, Positions _, Values _) -> List.of();
        };
    }
}
