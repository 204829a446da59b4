package cutaway.features.coder;

import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// Which latents were active in a batch.
///
/// @param counts tokens on which each was
/// @param least the smallest code above 0; infinite where there is none, or where the kind does not ask
public record Activity(long[] counts, double least) {

    /// @param codes `[n, latent]`, not below 0
    static Activity counting(Tensor codes) {
        return new Activity(Scope.free(() -> codes.greater(0).sum(0, false).toLongs()), Double.POSITIVE_INFINITY);
    }

    /// As [#counting], with the least code.
    static Activity of(Tensor codes) {
        double least = Scope.free(() -> {
            Tensor orFar = codes.maskedFill(codes.greater(0).not(), Double.POSITIVE_INFINITY);
            return -orFar.negate().reshape(-1).max(0, false).item();
        });
        return new Activity(counting(codes).counts, least);
    }

    /// The same of codes that were never dense.
    public static Activity of(SparseRows codes) {
        long[] counts = new long[codes.width()];
        for (int i = 0; i < codes.columns().length; i++) {
            counts[codes.columns()[i]] += codes.values()[i] > 0 ? 1 : 0;
        }
        double least =
                Arrays.stream(codes.values()).filter(value -> value > 0).min().orElse(Double.POSITIVE_INFINITY);
        return new Activity(counts, least);
    }

    /// That of both batches together.
    public Activity plus(Activity other) {
        long[] sum = counts.clone();
        Arrays.setAll(sum, i -> counts[i] + other.counts[i]);
        return new Activity(sum, Math.min(least, other.least));
    }
}
