package cutaway.model.parts;

import cutaway.model.weights.Matrix;
import cutaway.model.weights.TiledProducts;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
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

    /// Several maps of one input, `[..., out]` each. Weights that are unpacked for each use are unpacked side by side.
    static List<Tensor> forwardAll(Tensor x, Linear... maps) {
        List<Matrix> weights = Arrays.stream(maps).map(Linear::weight).toList();
        if (!TiledProducts.areFor(x, weights)) {
            return Arrays.stream(maps).map(map -> map.forward(x)).toList();
        }
        return Scope.keepAll(() -> {
            List<Tensor> products = TiledProducts.of(x, weights);
            return IntStream.range(0, maps.length)
                    .mapToObj(i -> Matrix.plusBias(products.get(i), maps[i].bias))
                    .toList();
        });
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
