package cutaway.model.weights;

import cutaway.tensor.Dtype;

/// In which type the products with weight matrices are computed. Everything else, the residual stream, norms,
/// scores and
/// softmax among it, is float32.
public enum Arithmetic {
    F32(Dtype.F32),
    /// Weights and what they are multiplied with are rounded to bfloat16; the product is turned back to float32.
    BF16(Dtype.BF16);

    private final Dtype dtype;

    Arithmetic(Dtype dtype) {
        this.dtype = dtype;
    }

    public Dtype dtype() {
        return dtype;
    }
}
