package cutaway.interp.run;

import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Computes metrics from what a run gave.
final class Readings {

    private Readings() {}

    /// The sites that a metric reads, besides logits.
    static List<Site> sites(Metric metric) {
        return metric instanceof Metric.Projection(Site site, Positions _, Values _) ? List.of(site) : List.of();
    }

    /// The metric of each row of a run of whole, unpadded prompts, `[batch]`.
    static Tensor of(Model model, Trace trace, Metric metric) {
        return switch (metric) {
            case Metric.Projection(Site site, Positions pos, Values direction) ->
                projection(trace.at(site), site, pos, direction);
            case Metric.Loss() -> loss(trace, model.sizes().isCausal());
            case Metric.Divergence() -> divergence(model, trace);
            default -> {
                Tensor last = trace.logits().select(1, trace.batch().length() - 1); // [batch, vocab]
                yield ofLogits(metric, last, false);
            }
        };
    }

    /// A metric that reads the logits of one position.
    ///
    /// @param logits `[batch, vocab]`, or `[batch, tokens]` with only the metric's own tokens, in their order
    static Tensor ofLogits(Metric metric, Tensor logits, boolean onlyItsTokens) {
        return switch (metric) {
            case Metric.LogitDifference(int answer, int rival) ->
                logits.select(1, onlyItsTokens ? 0 : answer).minus(logits.select(1, onlyItsTokens ? 1 : rival));
            case Metric.Logit(int token) -> logits.select(1, onlyItsTokens ? 0 : token);
            case Metric.LogProbability(int token) -> logits.logSoftmax(-1).select(1, token);
            case Metric.Probability(int token) -> logits.softmax(-1).select(1, token);
            case Metric.Loss(), Metric.Divergence(), Metric.Projection(Site _, Positions _, Values _) ->
                throw new IllegalArgumentException(metric + " is no function of one position's logits");
        };
    }

    private static Tensor projection(Tensor value, Site site, Positions pos, Values direction) {
        if (site instanceof Site.Heads && site.point().kind().axes() == Axes.PAIR) {
            throw new BadInputException(
                    "a projection reads one head of " + site.text() + "; name it, as in " + site.text() + "[0].");
        }
        Tensor byPosition = value.reshape(value.dim(0), value.dim(1), -1); // [batch, pos, width], heads side by side
        Tensor along = direction.tensor(value.dtype()).reshape(-1);
        if (byPosition.dim(-1) != along.dim(0)) {
            throw new BadInputException("the direction has " + along.dim(0) + " numbers; " + site.text() + " has "
                    + byPosition.dim(-1) + " at each position.");
        }
        int[] at = pos.in((int) byPosition.dim(1));
        Tensor chosen = byPosition.gatherRows(
                1, Tensor.of(Arrays.stream(at).asLongStream().toArray(), at.length));
        // Scores of keys out of sight are -inf: they count as 0.
        Tensor finite = chosen.maskedFill(chosen.equalTo(Double.NEGATIVE_INFINITY), 0);
        return finite.times(along).sum(-1, false).mean(1, false);
    }

    /// Mean cross-entropy of each row: of next tokens in a decoder, of the tokens themselves in an encoder.
    private static Tensor loss(Trace trace, boolean causal) {
        Batch batch = trace.batch();
        int n = batch.length();
        int shift = causal ? 1 : 0;
        if (n <= shift) {
            throw new BadInputException("the loss needs a prompt of at least 2 tokens; this one has " + n + ".");
        }
        long[] next = batch.ids().stream()
                .flatMapToInt(row -> Arrays.stream(row, shift, n))
                .asLongStream()
                .toArray();
        return trace.logits()
                .slice(1, 0, n - shift)
                .logSoftmax(-1)
                .gather(-1, Tensor.of(next, batch.size(), n - shift, 1))
                .squeeze(-1)
                .mean(1, false)
                .negate();
    }

    private static Tensor divergence(Model model, Trace trace) {
        int last = trace.batch().length() - 1;
        Tensor unedited = Scope.keep(
                () -> model.forward(trace.batch(), Tap.NONE).select(1, last).logSoftmax(-1));
        return divergence(unedited, trace.logits().select(1, last));
    }

    /// `KL(unedited || edited)` of each row, nats.
    ///
    /// @param unedited log probabilities, `[batch or 1, vocab]`
    /// @param logits of the edited run, `[batch, vocab]`
    static Tensor divergence(Tensor unedited, Tensor logits) {
        return unedited.exp().times(unedited.minus(logits.logSoftmax(-1))).sum(-1, false);
    }
}
