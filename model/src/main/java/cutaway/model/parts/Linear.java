package cutaway.model.parts;

import cutaway.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `x W^T + b`.
///
/// @param weight `[out, in]`
/// @param bias `[out]`, or null for none
public record Linear(Tensor weight, @Nullable Tensor bias) {

    /// @param x `[..., in]`
    /// @return `[..., out]`
    public Tensor forward(Tensor x) {
        return x.linear(weight, bias);
    }

    /// The tensors that it holds.
    List<Tensor> weights() {
        return bias == null ? List.of(weight) : List.of(weight, bias);
    }

    public long in() {
        return weight.dim(1);
    }

    public long out() {
        return weight.dim(0);
    }
}
