package cutaway.tensor;

import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// `x W^T + b` of many instances at once, each with its own weights: one batched product.
public final class StackedLinear {

    private StackedLinear() {}

    /// @param x `[instance, n, in]`, or `[n, in]` for weights without that axis
    /// @param weight `[instance, out, in]`, or `[out, in]`
    /// @param bias `[instance, out]`, `[out]`, or null for none
    /// @return `[instance, n, out]`, or `[n, out]`
    public static Tensor product(Tensor x, Tensor weight, @Nullable Tensor bias) {
        int axes = weight.shape().rank();
        if (axes != x.shape().rank()
                || (axes != 2 && axes != 3)
                || (bias != null && bias.shape().rank() != axes - 1)) {
            throw new IllegalArgumentException("linear of " + x.shape() + " with weights " + weight.shape()
                    + (bias == null ? "" : " and bias " + bias.shape())
                    + "; expected [instance, n, in], [instance, out, in] and [instance, out], or all without instance");
        }
        if (axes == 3 && weight.dim(0) == 1 && x.dim(0) == 1) {
            return ofOne(x, weight, bias);
        }
        return bias == null
                ? Scope.keep(() -> x.matmul(weight.transpose(-2, -1)))
                : Tensor.op(
                        "linear",
                        () -> {
                            try (org.bytedeco.pytorch.Tensor turned = weight.h().transpose(-2, -1);
                                    org.bytedeco.pytorch.Tensor row = bias.h().unsqueeze(-2)) {
                                return axes == 3 ? torch.baddbmm(row, x.h(), turned) : torch.addmm(row, x.h(), turned);
                            }
                        },
                        x,
                        weight,
                        bias);
    }

    /// Of one instance: a plain product, where a batched one of one matrix would take more time.
    private static Tensor ofOne(Tensor x, Tensor weight, @Nullable Tensor bias) {
        return Tensor.op(
                "linear",
                () -> {
                    try (org.bytedeco.pytorch.Tensor rows = x.h().squeeze(0);
                            org.bytedeco.pytorch.Tensor map = weight.h().squeeze(0);
                            org.bytedeco.pytorch.Tensor row =
                                    bias == null ? null : bias.h().squeeze(0);
                            org.bytedeco.pytorch.Tensor product =
                                    row == null ? torch.linear(rows, map) : torch.linear(rows, map, row)) {
                        return product.unsqueeze(0);
                    }
                },
                x,
                weight);
    }
}
