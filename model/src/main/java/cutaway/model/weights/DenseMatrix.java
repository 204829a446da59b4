package cutaway.model.weights;

import cutaway.tensor.Dtype;
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
        return tensor.to(Dtype.F32);
    }

    @Override
    public Tensor rows(Tensor rows) {
        return tensor.gatherRows(0, rows).to(Dtype.F32);
    }

    @Override
    public long bytes() {
        return tensor.shape().count() * tensor.dtype().bytes();
    }
}
