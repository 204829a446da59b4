package cutaway.model.weights;

import cutaway.tensor.Autograd;
import cutaway.tensor.Scope;
import cutaway.tensor.StackedLinear;
import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The matrices of several models of one shape, side by side, for training them in one pass: the rows of a batch are
/// those of the first model, then those of the next, equally many of each.
///
/// @param tensor `[instance, out, in]`, in the type of activations
public record StackedMatrix(Tensor tensor) implements Matrix {

    @Override
    public long out() {
        return tensor.dim(1);
    }

    @Override
    public long in() {
        return tensor.dim(2);
    }

    /// @param x `[instance * n, ..., in]`
    /// @param bias `[instance, out]`, or null for none
    /// @return `[instance * n, ..., out]`
    @Override
    public Tensor times(Tensor x, @Nullable Tensor bias) {
        long[] dims = x.shape().dims();
        dims[dims.length - 1] = out();
        return Scope.keep(() -> StackedLinear.product(x.reshape(tensor.dim(0), -1, in()), tensor, bias)
                .reshape(dims));
    }

    /// @throws UnsupportedOperationException always: there is no one matrix
    @Override
    public Tensor whole() {
        throw new UnsupportedOperationException("the matrices of " + tensor.dim(0) + " models are not one");
    }

    /// @throws UnsupportedOperationException always: there is no one matrix
    @Override
    public Tensor rows(Tensor rows) {
        throw new UnsupportedOperationException("the matrices of " + tensor.dim(0) + " models are not one");
    }

    @Override
    public boolean isLearned() {
        return Autograd.isTracked(tensor);
    }

    @Override
    public long bytes() {
        return tensor.shape().count() * tensor.dtype().bytes();
    }
}
