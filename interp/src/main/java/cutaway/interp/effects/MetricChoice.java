package cutaway.interp.effects;

import cutaway.interp.edit.Metric;
import cutaway.interp.prompts.Pair;
import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What is read of each run: a [Metric] of the pair's own tokens.
public enum MetricChoice {
    /// logit(answer) - logit(against), nats
    MARGIN,
    /// logit(answer), nats
    LOGIT,
    /// log probability of the answer, nats
    LOGPROB,
    /// probability of the answer
    PROB,
    /// KL(unedited || this run) of the next token, nats; [Method#reference] says which unedited run
    KL,
    /// mean next-token cross-entropy over the run's own prompt, nats
    LOSS;

    /// @throws BadInputException when there is none of that name
    public static MetricChoice parse(String text) {
        return Arrays.stream(values())
                .filter(choice -> choice.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new BadInputException("no metric \"" + text + "\"; known: "
                        + Arrays.stream(values()).map(MetricChoice::text).collect(Collectors.joining(", ")) + "."));
    }

    /// Whether it says how much of the answer a run has: more of it is a larger number.
    public boolean isOfAnswer() {
        return switch (this) {
            case MARGIN, LOGIT, LOGPROB, PROB -> true;
            case KL, LOSS -> false;
        };
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Of a pair's tokens.
    public Metric of(Pair pair) {
        return switch (this) {
            case MARGIN -> new Metric.LogitDifference(pair.answer(), pair.against());
            case LOGIT -> new Metric.Logit(pair.answer());
            case LOGPROB -> new Metric.LogProbability(pair.answer());
            case PROB -> new Metric.Probability(pair.answer());
            case KL -> new Metric.Divergence();
            case LOSS -> new Metric.Loss();
        };
    }
}
