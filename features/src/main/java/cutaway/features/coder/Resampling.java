package cutaway.features.coder;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Gives dead latents the tokens that are explained worst (Bricken et al. 2023, appendix "Neuron resampling"): each is
/// drawn with a probability that grows with the square of its error.
public final class Resampling {

    private Resampling() {}

    /// Revives the dead latents of a coder, each at a token of its own; with more of them than tokens, as many as
    /// there are tokens.
    ///
    /// @param x `[n, dIn]`
    /// @param y `[n, dOut]`
    /// @param rows see [Coder#revive]
    /// @return how many were revived
    public static int run(Coder coder, Tensor x, Tensor y, RandomGenerator random, RewrittenRows rows) {
        int[] dead = coder.dead();
        return Scope.free(() -> {
            double[] errors = coder.loss(coder.parameters(), x, y, 1).errors().toDoubles();
            long[] tokens = drawn(errors, dead.length, random);
            if (tokens.length > 0) {
                Tensor chosen = Tensor.of(tokens);
                int[] latents = Arrays.copyOf(dead, tokens.length);
                coder.revive(latents, x.gatherRows(0, chosen), y.gatherRows(0, chosen), rows);
            }
            return tokens.length;
        });
    }

    /// Draws without replacement, by the largest of `log(u) / weight` (Efraimidis and Spirakis 2006); tokens
    /// without error are never drawn.
    static long[] drawn(double[] errors, int count, RandomGenerator random) {
        record Token(long place, double key) {}
        return java.util.stream.IntStream.range(0, errors.length)
                .filter(i -> errors[i] > 0)
                .mapToObj(i -> new Token(i, Math.log(1 - random.nextDouble()) / (errors[i] * errors[i])))
                .sorted(java.util.Comparator.comparingDouble(Token::key).reversed())
                .limit(count)
                .mapToLong(Token::place)
                .toArray();
    }
}
