package cutaway.lab.blind;

import cutaway.tensor.Convolution;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A small U-Net (Ronneberger et al. 2015): two convolutions at full size, two at half size, and one more at full
/// size over both.
///
///     a = conv conv x        b = up(conv conv pool(a))        y = conv1 conv [a, b]
///
/// Each convolution is 3 by 3 and followed by a ReLU, but the last, 1 by 1. Sides of images are even.
final class UNet {

    private static final List<String> NAMES = List.of("down.0", "down.1", "inner.0", "inner.1", "up", "out");

    private UNet() {}

    /// Weights at their start (He et al. 2015).
    ///
    /// @param channels at full size; twice as many at half size
    static Map<String, Tensor> start(int channels, long seed) {
        Random random = new Random(seed);
        int[] in = {1, channels, channels, 2 * channels, 3 * channels, channels};
        int[] out = {channels, channels, 2 * channels, 2 * channels, channels, 1};
        Map<String, Tensor> weights = new LinkedHashMap<>();
        for (int i = 0; i < in.length; i++) {
            int side = i == in.length - 1 ? 1 : 3;
            int count = i;
            double size = Math.sqrt(2.0 / (in[i] * side * side));
            weights.put(
                    NAMES.get(i) + ".weight",
                    Scope.detach(Scope.keep(() ->
                            random.normal(out[count], in[count], side, side).times(size))));
            weights.put(NAMES.get(i) + ".bias", Scope.detach(Tensor.zeros(out[i])));
        }
        return weights;
    }

    /// @param x `[n, 1, height, width]`
    /// @return `[n, 1, height, width]`
    static Tensor forward(Map<String, Tensor> weights, Tensor x) {
        Tensor a = convolved(weights, "down.1", convolved(weights, "down.0", x).relu())
                .relu();
        Tensor half = Convolution.averagePool(a, 2);
        Tensor b = convolved(
                        weights, "inner.1", convolved(weights, "inner.0", half).relu())
                .relu();
        Tensor both = Tensor.cat(List.of(a, doubled(b)), 1); // [n, 3 channels, height, width]
        return convolved(weights, "out", convolved(weights, "up", both).relu());
    }

    private static Tensor convolved(Map<String, Tensor> weights, String name, Tensor x) {
        Tensor filters = Objects.requireNonNull(weights.get(name + ".weight"), name);
        return Convolution.conv2d(x, filters, weights.get(name + ".bias"), 1, (int) filters.dim(2) / 2, 1);
    }

    /// Each pixel as a square of four.
    private static Tensor doubled(Tensor x) {
        long n = x.dim(0);
        long channels = x.dim(1);
        long height = x.dim(2);
        long width = x.dim(3);
        return x.reshape(n, channels, height, 1, width, 1)
                .expand(n, channels, height, 2, width, 2)
                .reshape(n, channels, 2 * height, 2 * width);
    }
}
