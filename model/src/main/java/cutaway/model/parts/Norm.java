package cutaway.model.parts;

import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Autograd;
import cutaway.tensor.Fused;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Normalises the last axis, such as each position of the residual stream: `[..., n]` to the same shape.
public sealed interface Norm {

    Tensor weight();

    /// The number that each position is divided by, `[..., 1]`.
    Tensor scale(Tensor x);

    /// The values as they are divided by the scale: centred in LayerNorm.
    Tensor centred(Tensor x);

    /// What keeps the scale from being 0.
    double epsilon();

    /// The value that is added after the weight, or null.
    @Nullable
    Tensor bias();

    /// @param scaleAt the point that is offered the scale
    /// @param normalizedAt the point that is offered the normalised values, before weight and bias
    default Tensor forward(Tensor x, Kind scaleAt, Kind normalizedAt, Tap.InLayer tap) {
        return Scope.keep(() -> {
            Tensor centred = centred(x);
            Tensor scale = tap.at(scaleAt, scale(centred)); // [..., 1]
            Tensor normalized = tap.at(normalizedAt, centred.over(scale)); // [..., n]
            return weighted(normalized);
        });
    }

    /// What a norm makes of a value, outside of a forward pass; the value itself where there is no norm.
    static Tensor of(@Nullable Norm norm, Tensor x) {
        if (norm == null) {
            return x;
        }
        Tensor centred = norm.centred(x);
        return norm.weighted(centred.over(norm.scale(centred)));
    }

    /// Weight and bias applied to normalised values.
    ///
    /// @param dims the shape that weight and bias take for it, where it is not their own
    default Tensor weighted(Tensor normalized, long... dims) {
        Tensor bias = bias();
        Tensor weighted = normalized.times(shaped(weight(), dims));
        return bias == null ? weighted : weighted.plus(shaped(bias, dims));
    }

    private static Tensor shaped(Tensor values, long... dims) {
        return dims.length == 0 ? values : values.reshape(dims);
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
    ///
    /// @param bias null for none
    record LayerNorm(Tensor weight, @Nullable Tensor bias, double epsilon) implements Norm {
        /// In training, where nobody looks, it is one operation.
        @Override
        public Tensor forward(Tensor x, Kind scaleAt, Kind normalizedAt, Tap.InLayer tap) {
            if (!tap.isNone() || !Autograd.isTracked(weight)) {
                return Norm.super.forward(x, scaleAt, normalizedAt, tap);
            }
            return weight.shape().rank() == 1
                    ? Fused.layerNorm(x, weight, bias, epsilon)
                    : Scope.keep(() -> weighted(Fused.layerNorm(x, null, null, epsilon)));
        }

        @Override
        public Tensor centred(Tensor x) {
            return x.minus(x.mean(-1, true));
        }

        @Override
        public Tensor scale(Tensor centred) {
            return centred.square().mean(-1, true).plus(epsilon).sqrt();
        }
    }

    /// No norm where a model must have one, at its end: leaves values as they are.
    ///
    /// @param weight ones, in the type of activations
    record Identity(Tensor weight) implements Norm {
        @Override
        public Tensor centred(Tensor x) {
            return x;
        }

        @Override
        public Tensor scale(Tensor x) {
            long[] dims = x.shape().dims();
            dims[dims.length - 1] = 1;
            return Tensor.full(1, x.dtype(), dims);
        }

        @Override
        public double epsilon() {
            return 0;
        }

        @Override
        public @Nullable Tensor bias() {
            return null;
        }

        @Override
        public Tensor weighted(Tensor normalized, long... dims) {
            return normalized;
        }
    }
}
