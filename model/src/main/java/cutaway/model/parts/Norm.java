package cutaway.model.parts;

import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Normalises each position of the residual stream: `[batch, pos, dModel]` to the same shape.
public sealed interface Norm {

    Tensor weight();

    /// The number that each position is divided by, `[batch, pos, 1]`.
    Tensor scale(Tensor x);

    /// The residual stream as it is divided by the scale: centred in LayerNorm.
    Tensor centred(Tensor x);

    /// The value that is added after the weight, or null.
    @Nullable
    Tensor bias();

    /// @param scaleAt the point that is offered the scale
    /// @param normalizedAt the point that is offered the normalised values, before weight and bias
    default Tensor forward(Tensor x, Kind scaleAt, Kind normalizedAt, Tap.InLayer tap) {
        Tensor centred = centred(x);
        Tensor scale = tap.at(scaleAt, scale(centred)); // [batch, pos, 1]
        Tensor normalized = tap.at(normalizedAt, centred.over(scale)); // [batch, pos, dModel]
        Tensor weighted = normalized.times(weight());
        Tensor bias = bias();
        return bias == null ? weighted : weighted.plus(bias);
    }

    /// Root mean square norm (arXiv:1910.07467): `x / sqrt(mean(x^2) + epsilon) * weight`.
    record RmsNorm(Tensor weight, double epsilon) implements Norm {
        @Override
        public Tensor centred(Tensor x) {
            return x;
        }

        @Override
        public Tensor scale(Tensor x) {
            return x.square().mean(-1, true).plus(epsilon).sqrt();
        }

        @Override
        public @Nullable Tensor bias() {
            return null;
        }
    }

    /// Layer norm (arXiv:1607.06450): `(x - mean(x)) / sqrt(var(x) + epsilon) * weight + bias`.
    record LayerNorm(Tensor weight, Tensor bias, double epsilon) implements Norm {
        @Override
        public Tensor centred(Tensor x) {
            return x.minus(x.mean(-1, true));
        }

        @Override
        public Tensor scale(Tensor centred) {
            return centred.square().mean(-1, true).plus(epsilon).sqrt();
        }
    }

    /// The tensors that it holds.
    default List<Tensor> weights() {
        Tensor bias = bias();
        return bias == null ? List.of(weight()) : List.of(weight(), bias);
    }
}
