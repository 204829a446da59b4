package cutaway.interp.geometry;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// Linear centred kernel alignment of two representations of the same inputs (Kornblith et al. 2019,
/// arXiv:1905.00414): 1 where one is a rotation and scaling of the other.
public final class Cka {

    private Cka() {}

    /// `|Y^T X|^2 / (|X^T X| |Y^T Y|)` of centred columns. With fewer inputs than dimensions it is high whatever
    /// they are: see [#debiased].
    ///
    /// @param x `[n, d]`
    /// @param y `[n, e]`
    public static double linear(Tensor x, Tensor y) {
        check(x, y);
        return Scope.free(() -> {
            Tensor a = centred(x);
            Tensor b = centred(y);
            Tensor k = a.matmul(a.transpose(0, 1)); // [n, n]
            Tensor l = b.matmul(b.transpose(0, 1));
            return k.dot(l) / (k.norm() * l.norm());
        });
    }

    /// The same by estimates whose mean is right for any number of inputs from 4 on (Song et al. 2012): about 0 for
    /// representations that have nothing to do with each other; it can fall below.
    public static double debiased(Tensor x, Tensor y) {
        check(x, y);
        if (x.dim(0) < 4) {
            throw new IllegalArgumentException(x.dim(0) + " inputs; the estimate needs 4");
        }
        return Scope.free(() -> {
            Tensor k = gram(x);
            Tensor l = gram(y);
            return hsic(k, l) / Math.sqrt(hsic(k, k) * hsic(l, l));
        });
    }

    private static void check(Tensor x, Tensor y) {
        if (x.dim(0) != y.dim(0)) {
            throw new IllegalArgumentException("representations of " + x.dim(0) + " and " + y.dim(0) + " inputs");
        }
    }

    private static Tensor centred(Tensor x) {
        Tensor all = x.to(Dtype.F64);
        return all.minus(all.mean(0, true));
    }

    /// With a diagonal of zeros.
    private static Tensor gram(Tensor x) {
        Tensor a = centred(x);
        int n = Math.toIntExact(a.dim(0));
        boolean[] diagonal = new boolean[n * n];
        for (int i = 0; i < n; i++) {
            diagonal[i * n + i] = true;
        }
        return a.matmul(a.transpose(0, 1)).maskedFill(Tensor.of(diagonal, n, n), 0);
    }

    private static double hsic(Tensor k, Tensor l) {
        double n = k.dim(0);
        Tensor rowsK = k.sum(1, false);
        Tensor rowsL = l.sum(1, false);
        double sums = k.sum().item() * l.sum().item() / ((n - 1) * (n - 2));
        return (k.dot(l) + sums - 2 * rowsK.dot(rowsL) / (n - 2)) / (n * (n - 3));
    }
}
