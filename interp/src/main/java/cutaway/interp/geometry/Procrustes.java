package cutaway.interp.geometry;

import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;

/// The rotation (with reflections), scale and shift that bring rows nearest to others (Schönemann 1966):
///
///     y = my + s (x - mx) R,   U S V^T = (X - mx)^T (Y - my),   R = U V^T,   s = sum S / |X - mx|^2
///
/// @param rotation R, `[d, d]`
/// @param scale s
/// @param meanX `[1, d]`
/// @param meanY `[1, d]`
public record Procrustes(Tensor rotation, double scale, Tensor meanX, Tensor meanY) {

    /// Its tensors belong to the scope that is open.
    ///
    /// @param x `[n, d]`
    /// @param y `[n, d]`
    public static Procrustes of(Tensor x, Tensor y) {
        if (!x.shape().equals(y.shape())) {
            throw new IllegalArgumentException("rows of " + x.shape() + " onto rows of " + y.shape());
        }
        double[] scale = new double[1];
        List<Tensor> parts = Scope.keepAll(() -> {
            Tensor from = x.to(Dtype.F64);
            Tensor to = y.to(Dtype.F64);
            Tensor meanX = from.mean(0, true);
            Tensor meanY = to.mean(0, true);
            Tensor centred = from.minus(meanX);
            LinearAlgebra.Svd svd = LinearAlgebra.svd(centred.transpose(0, 1).matmul(to.minus(meanY)));
            double size = centred.norm();
            scale[0] = svd.s().sum().item() / (size * size);
            return List.of(svd.u().matmul(svd.vT()), meanX, meanY);
        });
        return new Procrustes(parts.get(0), scale[0], parts.get(1), parts.get(2));
    }

    /// @param x `[n, d]`
    /// @return `[n, d]`
    public Tensor apply(Tensor x) {
        return Scope.keep(
                () -> x.to(Dtype.F64).minus(meanX).matmul(rotation).times(scale).plus(meanY));
    }

    /// What is left, of rows about the mean of those that were fitted: 0 for a perfect match, 1 for none. Rows that
    /// were not fitted say what it is worth.
    public double error(Tensor x, Tensor y) {
        return Scope.free(() -> {
            Tensor to = y.to(Dtype.F64);
            double rest = to.minus(apply(x)).norm();
            double all = to.minus(meanY).norm();
            return rest * rest / (all * all);
        });
    }
}
