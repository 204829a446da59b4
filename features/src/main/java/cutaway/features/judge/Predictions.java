package cutaway.features.judge;

import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Cross-entropy and divergence of next-token predictions, a few positions at a time: logits of all positions of a
/// batch at once would be hundreds of megabytes.
final class Predictions {

    private static final int POSITIONS = 64;

    private Predictions() {}

    /// Of one run, a number for each position asked for, nats.
    ///
    /// @param crossEntropy `-log p(next token)`
    /// @param divergence `KL(first run || this run)` of the next token's distribution; zeros of the first run
    record Of(double[] crossEntropy, double[] divergence) {}

    /// @param runs residual streams after the last block, `[batch, pos, dModel]`; the first is the model as it
    ///     is
    /// @param positions rows of them, `batch * pos` in all
    /// @param next the token that follows each of these
    static List<Of> of(Model model, List<Tensor> runs, long[] positions, long[] next) {
        List<Of> found = runs.stream()
                .map(_ -> new Of(new double[positions.length], new double[positions.length]))
                .toList();
        for (int from = 0; from < positions.length; from += POSITIONS) {
            int count = Math.min(POSITIONS, positions.length - from);
            long[] rows = Arrays.copyOfRange(positions, from, from + count);
            long[] tokens = Arrays.copyOfRange(next, from, from + count);
            int at = from;
            Scope.free(() -> {
                Tensor there = Tensor.of(rows, count);
                Tensor token = Tensor.of(tokens, count, 1);
                Tensor whole = logProbabilities(model, runs.getFirst(), there);
                Tensor probabilities = whole.exp();
                for (int run = 0; run < runs.size(); run++) {
                    try (Scope _ = Scope.open()) {
                        Tensor own = run == 0 ? whole : logProbabilities(model, runs.get(run), there);
                        double[] entropy = own.gather(1, token).negate().toDoubles();
                        System.arraycopy(entropy, 0, found.get(run).crossEntropy, at, count);
                        if (run > 0) {
                            double[] kl = probabilities
                                    .times(whole.minus(own))
                                    .sum(1, false)
                                    .toDoubles();
                            System.arraycopy(kl, 0, found.get(run).divergence, at, count);
                        }
                    }
                }
                return 0;
            });
        }
        return found;
    }

    /// `[count, vocab]`.
    private static Tensor logProbabilities(Model model, Tensor run, Tensor rows) {
        return Scope.keep(() -> {
            Tensor residual = run.reshape(-1, run.dim(2)).gatherRows(0, rows).unsqueeze(0); // [1, count, dModel]
            return model.transformer().unembed(residual, Tap.NONE).squeeze(0).logSoftmax(-1);
        });
    }
}
