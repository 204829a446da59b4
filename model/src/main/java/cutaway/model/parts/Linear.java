package cutaway.model.parts;

import cutaway.model.weights.Matrix;
import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// `x W^T + b`.
///
/// @param weight `[out, in]`
/// @param bias `[out]`, or null for none
public record Linear(Matrix weight, @Nullable Tensor bias) {

    /// @param x `[..., in]`
    /// @return `[..., out]`
    public Tensor forward(Tensor x) {
        return weight.times(x, bias);
    }

    public long in() {
        return weight.in();
    }

    public long out() {
        return weight.out();
    }

    /// Bytes that a product reads from memory.
    long bytes() {
        return weight.bytes()
                + (bias == null ? 0 : bias.shape().count() * bias.dtype().bytes());
    }
}
