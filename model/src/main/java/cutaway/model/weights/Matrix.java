package cutaway.model.weights;

import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A weight matrix, `[out, in]`: in memory as numbers, packed as its file has it, or one for each of several models.
public sealed interface Matrix permits DenseMatrix, PackedMatrix, StackedMatrix {

    long out();

    long in();

    /// `x W^T + b`.
    ///
    /// @param x `[..., in]`, in the type of activations ([Arithmetic#activations])
    /// @param bias `[out]`, or null for none
    /// @return `[..., out]`, as x
    Tensor times(Tensor x, @Nullable Tensor bias);

    /// All numbers, `[out, in]` in the type of activations: of a packed matrix unpacked for this one use, unless it is
    /// kept unpacked.
    Tensor whole();

    /// Some rows, `[rows, in]` in the type of activations.
    ///
    /// @param rows int64 vector
    Tensor rows(Tensor rows);

    /// Bytes that a product reads from memory.
    long bytes();

    /// Whether it is differentiated, of a model in training.
    default boolean isLearned() {
        return false;
    }

    /// `x W^T + b` for a weight in the type that products are computed in.
    static Tensor product(Tensor x, Tensor weight, @Nullable Tensor bias) {
        if (weight.dtype() == x.dtype()) {
            return x.linear(weight, bias);
        }
        Tensor product = x.to(weight.dtype()).linear(weight, null).to(x.dtype());
        return plusBias(product, bias);
    }

    /// A product with its bias, where there is one.
    static Tensor plusBias(Tensor product, @Nullable Tensor bias) {
        return bias == null ? product : product.plus(bias);
    }
}
