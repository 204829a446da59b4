package cutaway.model.weights;

import cutaway.tensor.Autograd;
import cutaway.tensor.Dtype;
import cutaway.tensor.Fused;
import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A matrix in memory.
///
/// @param tensor `[out, in]`
public record DenseMatrix(Tensor tensor) implements Matrix {

    @Override
    public long out() {
        return tensor.dim(0);
    }

    @Override
    public long in() {
        return tensor.dim(1);
    }

    @Override
    public Tensor times(Tensor x, @Nullable Tensor bias) {
        return Matrix.product(x, tensor, bias);
    }

    @Override
    public Tensor whole() {
        return plain(tensor);
    }

    @Override
    public Tensor rows(Tensor rows) {
        return plain(Autograd.isTracked(tensor) ? Fused.rows(tensor, rows) : tensor.gatherRows(0, rows));
    }

    /// In the type of activations: bfloat16 is for products alone.
    private static Tensor plain(Tensor weights) {
        return weights.to(weights.dtype() == Dtype.BF16 ? Dtype.F32 : weights.dtype());
    }

    @Override
    public long bytes() {
        return tensor.shape().count() * tensor.dtype().bytes();
    }
}
