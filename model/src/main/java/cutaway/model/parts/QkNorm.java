package cutaway.model.parts;

import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Tensor;

/// Norms of queries and keys, before they are rotated (arXiv:2302.05442).
///
/// @param q weights `[dHead]`; `[head * dHead]` across heads
/// @param k weights `[dHead]`; `[kvHead * dHead]` across heads
/// @param acrossHeads whether one scale serves all heads of a position (OLMo 2) or each head has its own (Qwen
///     3, Gemma 3)
public record QkNorm(Norm q, Norm k, boolean acrossHeads) {

    /// @param x `[batch, pos, head, dHead]`
    Tensor queries(Tensor x, Tap.InLayer tap) {
        return normed(q, x, Kind.Q_NORM_SCALE, Kind.Q_NORM_NORMALIZED, tap);
    }

    /// @param x `[batch, pos, kvHead, dHead]`
    Tensor keys(Tensor x, Tap.InLayer tap) {
        return normed(k, x, Kind.K_NORM_SCALE, Kind.K_NORM_NORMALIZED, tap);
    }

    private Tensor normed(Norm norm, Tensor x, Kind scaleAt, Kind normalizedAt, Tap.InLayer tap) {
        if (!acrossHeads) {
            return norm.forward(x, scaleAt, normalizedAt, tap);
        }
        Tensor flat = norm.centred(x.reshape(x.dim(0), x.dim(1), 1, -1)); // [batch, pos, 1, head * dHead]
        Tensor scale = tap.at(scaleAt, norm.scale(flat)); // [batch, pos, 1, 1]
        Tensor normalized = tap.at(normalizedAt, flat.reshape(x.shape().dims()).over(scale));
        return norm.weighted(normalized, x.dim(2), x.dim(3));
    }
}
