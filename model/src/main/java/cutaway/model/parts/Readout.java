package cutaway.model.parts;

import static cutaway.model.parts.Point.Kind.FINAL_NORMALIZED;
import static cutaway.model.parts.Point.Kind.FINAL_SCALE;

import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// From the residual stream after the last block to logits:
///
///     softcap(scale * unembedding(Norm(transform(x))))
///
/// or, in a model trained with the harmonic loss (arXiv:2502.01628), from the distances to the rows of the unembedding:
///
///     -n / 2 log(|Norm(x) - w_i|^2 + epsilon)
///
/// @param transform what comes before the norm (BERT), or null
/// @param unembedding `[vocab, dModel]`; the embedding itself where the model ties them
/// @param scale factor of the logits, 1 in most models
/// @param softcap logits are bent to stay below it: `cap * tanh(logits / cap)` (Gemma 2); 0 for none
/// @param distances how a model reads distances, or null
public record Readout(
        @Nullable Transform transform,
        Norm norm,
        Linear unembedding,
        double scale,
        double softcap,
        @Nullable Distances distances) {

    /// @param power n
    /// @param epsilon added to squared distances
    public record Distances(double power, double epsilon) {
        Tensor logits(Tensor x, Tensor products, Tensor rows) {
            Tensor squares = x.square().sum(-1, true).plus(rows.square().sum(-1, false));
            return squares.minus(products.times(2)).relu().plus(epsilon).log().times(-power / 2);
        }

        /// How a token's logit rises with the normalised residual stream, at one value of it:
        /// `-n (x - w) / (|x - w|^2 + epsilon)`, `[dModel]`.
        ///
        /// @param x the normalised residual stream, `[dModel]`
        /// @param row the token's row of the unembedding w, `[dModel]`
        public Tensor slope(Tensor x, Tensor row) {
            Tensor away = x.minus(row);
            return away.times(-power / (away.dot(away) + epsilon));
        }
    }

    /// `activation(dense(x))`.
    public record Transform(Linear dense, Activation activation) {
        Tensor forward(Tensor x) {
            return activation.of(dense.forward(x));
        }
    }

    /// Norm and unembedding alone.
    public static Readout of(Norm norm, Linear unembedding) {
        return new Readout(null, norm, unembedding, 1, 0, null);
    }

    /// The residual stream as it is unembedded, `[batch, pos, dModel]`.
    Tensor normalized(Tensor x, Tap.InLayer tap) {
        Tensor read = transform == null ? x : transform.forward(x);
        return norm.forward(read, FINAL_SCALE, FINAL_NORMALIZED, tap);
    }

    /// Logits of all tokens, `[batch, pos, vocab]`.
    ///
    /// @param normalized the residual stream as it is unembedded
    Tensor logits(Tensor normalized) {
        Tensor products = unembedding.forward(normalized);
        return distances == null
                ? bent(products)
                : distances.logits(normalized, products, unembedding.weight().whole());
    }

    /// Logits of some tokens, `[batch, pos, tokens]`.
    ///
    /// @param tokens `[tokens]` int64
    Tensor logits(Tensor normalized, Tensor tokens) {
        Tensor rows = unembedding.weight().rows(tokens); // [tokens, dModel]
        Tensor bias = unembedding.bias();
        Tensor products = normalized.linear(rows, bias == null ? null : bias.gatherRows(0, tokens));
        return distances == null ? bent(products) : distances.logits(normalized, products, rows);
    }

    private Tensor bent(Tensor products) {
        Tensor logits = scale == 1 ? products : products.times(scale);
        return softcap == 0 ? logits : logits.softcap(softcap);
    }

    /// Whether what is written towards a row of the unembedding raises that token's logit.
    public boolean isByProducts() {
        return transform == null && distances == null;
    }
}
