package cutaway.features.coder;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// The point whose distances to all rows have the least sum, by Weiszfeld's iteration:
///
///     m <- sum_i w_i x_i / sum_i w_i        w_i = 1 / max(|x_i - m|, 1e-6 of the first mean distance)
///
/// It ends when a step is a millionth of that distance long, or after 100.
final class GeometricMedian {

    private static final int STEPS = 100;
    private static final double SMALL = 1e-6;

    private GeometricMedian() {}

    /// @param x `[n, d]`
    /// @return `[d]`
    static Tensor of(Tensor x) {
        return Scope.keep(() -> {
            Tensor median = x.mean(0, false);
            double scale = distances(x, median).mean().item();
            if (scale == 0) {
                return median;
            }
            Tensor least = Tensor.full(SMALL * scale, x.dtype(), x.dim(0));
            for (int step = 0; step < STEPS; step++) {
                Tensor before = median;
                median = Scope.keep(() -> {
                    Tensor weights = distances(x, before).maximum(least).pow(-1);
                    return weights.unsqueeze(0).matmul(x).squeeze(0).over(weights.sum());
                });
                double moved = median.minus(before).norm();
                before.close();
                if (moved < SMALL * scale) {
                    break;
                }
            }
            return median;
        });
    }

    /// `[n]`
    private static Tensor distances(Tensor x, Tensor from) {
        return Maps.rowNorms(x.minus(from));
    }
}
