package cutaway.tensor;

import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Convolution and pooling of images, `[n, channels, height, width]`.
public final class Convolution {

    private static final long[] ONE = {1, 1};

    private Convolution() {}

    /// A cross-correlation, as every library has it, with zeros outside of the image (s the stride, p the padding):
    ///
    ///     y[n, o, i, j] = b[o] + sum over c, u, v of w[o, c, u, v] x[n, c, s i + u - p, s j + v - p]
    ///
    /// @param weight `[out, in / groups, kernel, kernel]`
    /// @param bias `[out]`, or null for none
    /// @param groups into which channels are split, each seen by its own `out / groups` filters alone
    /// @return `[n, out, (height + 2 padding - kernel) / stride + 1, ...]`
    public static Tensor conv2d(Tensor x, Tensor weight, @Nullable Tensor bias, int stride, int padding, int groups) {
        Tensor[] operands = bias == null ? new Tensor[] {x, weight} : new Tensor[] {x, weight, bias};
        return Tensor.op(
                "conv2d",
                () -> {
                    try (TensorOptional optional = bias == null ? new TensorOptional() : new TensorOptional(bias.h())) {
                        return torch.conv2d(x.h(), weight.h(), optional, both(stride), both(padding), ONE, groups);
                    }
                },
                operands);
    }

    /// The largest value of each square of `size` by `size`; what is left over at the edges is dropped.
    public static Tensor maxPool(Tensor x, int size) {
        return Tensor.op("maxPool", () -> torch.max_pool2d(x.h(), both(size)), x);
    }

    /// The mean of each square of `size` by `size`; what is left over at the edges is dropped.
    public static Tensor averagePool(Tensor x, int size) {
        return Tensor.op("averagePool", () -> torch.avg_pool2d(x.h(), both(size)), x);
    }

    private static long[] both(long size) {
        return new long[] {size, size};
    }
}
