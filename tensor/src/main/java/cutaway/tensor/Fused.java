package cutaway.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// What LibTorch makes in one step, and differentiates in one, of what is several operations else: for training,
/// where nobody looks at what lies between. Sums are in another order than those of the single operations.
public final class Fused {

    private Fused() {}

    /// Layer norm over the last axis (arXiv:1607.06450): `(x - mean(x)) / sqrt(var(x) + epsilon) * weight + bias`.
    ///
    /// @param x `[..., n]`
    /// @param weight `[n]`, or null for ones
    /// @param bias `[n]`, or null for zeros
    public static Tensor layerNorm(Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double epsilon) {
        return Tensor.op(
                "layer norm",
                () -> {
                    try (TensorOptional times = optional(weight);
                            TensorOptional plus = optional(bias)) {
                        return torch.layer_norm(x.h(), new long[] {x.dim(-1)}, times, plus, epsilon, false);
                    }
                },
                x);
    }

    /// Attention: `softmax(q k^T * scale + mask) v`.
    ///
    /// @param queries `[batch, head, qPos, dHead]`
    /// @param keys `[batch, head, kPos, dHead]`, as values
    /// @param mask added to scores, `[1, 1, qPos, kPos]`; null for none
    /// @return `[batch, head, qPos, dHead]`
    public static Tensor attention(Tensor queries, Tensor keys, Tensor values, @Nullable Tensor mask, double scale) {
        return Tensor.op(
                "attention",
                () -> {
                    try (TensorOptional added = optional(mask);
                            DoubleOptional times = new DoubleOptional(scale)) {
                        return torch.scaled_dot_product_attention(
                                queries.h(), keys.h(), values.h(), added, 0, false, times, false);
                    }
                },
                queries,
                keys,
                values);
    }

    /// Rows of a table.
    ///
    /// @param table `[rows, n]`
    /// @param indices int64, any shape
    /// @return `[..., n]`
    public static Tensor rows(Tensor table, Tensor indices) {
        return Tensor.op("rows", () -> torch.embedding(table.h(), indices.h()), table, indices);
    }

    private static TensorOptional optional(@Nullable Tensor tensor) {
        return tensor == null ? new TensorOptional() : new TensorOptional(tensor.h());
    }
}
