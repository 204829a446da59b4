package cutaway.model.weights;

import cutaway.tensor.Dtype;

/// In which type the products with weight matrices are computed, and in which type all else is: the residual stream,
/// norms, scores and softmax among it.
public enum Arithmetic {
    F32(Dtype.F32, Dtype.F32),
    /// Weights and what they are multiplied with are rounded to bfloat16; the product is turned back to float32.
    BF16(Dtype.BF16, Dtype.F32),
    /// Weights are the numbers that float32 has, turned to float64; all that is computed from them is float64. For
    /// proofs: two ways to compute the same, which float32's noise sets apart, agree here to many more digits.
    F64(Dtype.F64, Dtype.F64);

    private final Dtype dtype;
    private final Dtype activations;

    Arithmetic(Dtype dtype, Dtype activations) {
        this.dtype = dtype;
        this.activations = activations;
    }

    /// Of products with weight matrices.
    public Dtype dtype() {
        return dtype;
    }

    /// Of all else: what products are turned back to, and what weights that are no matrices are held in.
    public Dtype activations() {
        return activations;
    }
}
