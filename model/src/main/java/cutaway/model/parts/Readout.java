package cutaway.model.parts;

import static cutaway.model.parts.Point.Kind.FINAL_NORMALIZED;
import static cutaway.model.parts.Point.Kind.FINAL_SCALE;

import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// From the residual stream after the last block to logits:
///
///     softcap(scale * unembedding(Norm(transform(x))))
///
/// @param transform what comes before the norm (BERT), or null
/// @param unembedding `[vocab, dModel]`; the embedding itself where the model ties them
/// @param scale factor of the logits, 1 in most models
/// @param softcap logits are bent to stay below it: `cap * tanh(logits / cap)` (Gemma 2); 0 for none
public record Readout(@Nullable Transform transform, Norm norm, Linear unembedding, double scale, double softcap) {

    /// `activation(dense(x))`.
    public record Transform(Linear dense, Activation activation) {
        Tensor forward(Tensor x) {
            return activation.of(dense.forward(x));
        }
    }

    /// Norm and unembedding alone.
    public static Readout of(Norm norm, Linear unembedding) {
        return new Readout(null, norm, unembedding, 1, 0);
    }

    /// The residual stream as it is unembedded, `[batch, pos, dModel]`.
    Tensor normalized(Tensor x, Tap.InLayer tap) {
        Tensor read = transform == null ? x : transform.forward(x);
        return norm.forward(read, FINAL_SCALE, FINAL_NORMALIZED, tap);
    }

    /// @param unembedded `[batch, pos, tokens]`
    Tensor bent(Tensor unembedded) {
        Tensor logits = scale == 1 ? unembedded : unembedded.times(scale);
        return softcap == 0 ? logits : logits.softcap(softcap);
    }

    /// Whether a logit is a sum of what the parts of the normalised residual stream write towards it.
    public boolean isLinear() {
        return transform == null && softcap == 0;
    }
}
