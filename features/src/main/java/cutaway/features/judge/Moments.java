package cutaway.features.judge;

import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// Means and second moments of pairs of vectors, float64: enough to fit any linear map from one to the other.
///
///     C_ab = sum_t (a(t) - mean a) (b(t) - mean b)^T
final class Moments implements AutoCloseable {

    /// Of the mean variance of a dimension, added to the diagonal so that a dimension that never varies is no
    /// division by zero.
    private static final double RIDGE = 1e-9;

    private long count;
    private final Tensor sumA;
    private final Tensor sumB;
    private final Tensor aa;
    private final Tensor ab;

    Moments(long dA, long dB) {
        sumA = Scope.detach(Tensor.full(0, Dtype.F64, dA));
        sumB = Scope.detach(Tensor.full(0, Dtype.F64, dB));
        aa = Scope.detach(Tensor.full(0, Dtype.F64, dA, dA));
        ab = Scope.detach(Tensor.full(0, Dtype.F64, dA, dB));
    }

    /// @param a `[n, dA]`
    /// @param b `[n, dB]`
    void add(Tensor a, Tensor b) {
        try (Scope _ = Scope.open()) {
            Tensor left = a.to(Dtype.F64);
            Tensor right = b.to(Dtype.F64);
            sumA.assign(sumA.plus(left.sum(0, false)));
            sumB.assign(sumB.plus(right.sum(0, false)));
            aa.assign(aa.plus(left.transpose(0, 1).matmul(left)));
            ab.assign(ab.plus(left.transpose(0, 1).matmul(right)));
            count += a.dim(0);
        }
    }

    long count() {
        return count;
    }

    /// `[dA]`.
    Tensor meanA() {
        return sumA.over(count);
    }

    /// `[dB]`.
    Tensor meanB() {
        return sumB.over(count);
    }

    /// `C_aa`, `[dA, dA]`.
    Tensor within() {
        return Scope.keep(() -> aa.minus(outer(meanA(), sumA)));
    }

    /// `C_ab`, `[dA, dB]`.
    Tensor between() {
        return Scope.keep(() -> ab.minus(outer(meanA(), sumB)));
    }

    /// The least-squares map `B`, `[dA, dB]`: `b ~ mean b + (a - mean a) B`.
    Tensor map() {
        return Scope.keep(() -> {
            Tensor within = within();
            long d = within.dim(0);
            double trace = within.times(identity(d)).sum().item();
            Tensor ridged = within.plus(identity(d).times(RIDGE * Math.max(trace, Double.MIN_NORMAL) / d));
            return LinearAlgebra.solve(ridged, between());
        });
    }

    static Tensor identity(long d) {
        return Scope.keep(() -> Tensor.range(0, d)
                .unsqueeze(1)
                .equalTo(Tensor.range(0, d).unsqueeze(0))
                .to(Dtype.F64));
    }

    private static Tensor outer(Tensor a, Tensor b) {
        return a.unsqueeze(1).times(b.unsqueeze(0));
    }

    @Override
    public void close() {
        sumA.close();
        sumB.close();
        aa.close();
        ab.close();
    }
}
