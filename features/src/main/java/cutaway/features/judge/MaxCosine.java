package cutaway.features.judge;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// For each row of a matrix the largest cosine with a row of another: how well each direction of one dictionary is
/// found in the other.
///
///     m_i = max_j a_i . b_j / (|a_i| |b_j|)
///
/// Its mean over i is MMCS, the "mean max cosine similarity" (Sharkey et al. 2022, "Taking features out of
/// superposition with sparse autoencoders"). It is not symmetric. Rows of norm 0 have 0.
final class MaxCosine {

    private static final int TILE = 512;

    private MaxCosine() {}

    /// @param a `[n, d]`
    /// @param b `[m, d]`
    static double[] of(Tensor a, Tensor b) {
        return largest(a, b, false);
    }

    /// Of each row with the others of the same matrix.
    static double[] amongOthers(Tensor a) {
        return largest(a, a, true);
    }

    private static double[] largest(Tensor a, Tensor b, boolean others) {
        double[] largest = new double[Math.toIntExact(a.dim(0))];
        try (Scope _ = Scope.open()) {
            Tensor left = unit(a);
            Tensor right = unit(b).transpose(0, 1); // [d, m]
            for (int from = 0; from < largest.length; from += TILE) {
                int to = Math.min(from + TILE, largest.length);
                int first = from;
                double[] tile = Scope.free(() -> {
                    Tensor cosines = left.slice(0, first, to).matmul(right); // [tile, m]
                    if (others) {
                        Tensor self = Tensor.range(first, to)
                                .unsqueeze(1)
                                .equalTo(Tensor.range(0, b.dim(0)).unsqueeze(0));
                        cosines = cosines.maskedFill(self, -1);
                    }
                    return cosines.max(1, false).toDoubles();
                });
                System.arraycopy(tile, 0, largest, from, tile.length);
            }
        }
        return largest;
    }

    /// Rows of length 1, and of 0 where they were zero.
    static Tensor unit(Tensor rows) {
        return Scope.keep(() -> {
            Tensor norms = rows.square().sum(1, true).sqrt();
            return rows.over(norms.maskedFill(norms.equalTo(0), 1));
        });
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }
}
