package cutaway.model.parts;

import static cutaway.model.parts.Point.Kind.EMBED;
import static cutaway.model.parts.Point.Kind.EMBED_NORMALIZED;
import static cutaway.model.parts.Point.Kind.EMBED_SCALE;
import static cutaway.model.parts.Point.Kind.POS_EMBED;
import static cutaway.model.parts.Point.Kind.TYPE_EMBED;

import cutaway.model.weights.Matrix;
import cutaway.tensor.Autograd;
import cutaway.tensor.Fused;
import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// From token ids to the residual stream before the first block:
///
///     Norm(scale * tokens[id] + positions[pos] + types[0])
///
/// @param tokens `[vocab, dModel]`
/// @param scale factor of the token embeddings; `sqrt(dModel)` in Gemma, 1 in most models
/// @param positions learned positions, `[context, dModel]`, or null
/// @param types embeddings of token types (BERT), `[type, dModel]`, or null; every token is of type 0 here
/// @param norm null for none
public record Embedding(
        Matrix tokens,
        double scale,
        @Nullable Tensor positions,
        @Nullable Tensor types,
        @Nullable Norm norm) {

    /// Tokens alone.
    public static Embedding of(Matrix tokens) {
        return new Embedding(tokens, 1, null, null, null);
    }

    /// @param ids `[batch, pos]` int64
    /// @param at positions, `[batch or 1, pos]` int64
    /// @return `[batch, pos, dModel]`
    Tensor forward(Tensor ids, Tensor at, Tap.InLayer tap) {
        Tensor rows = tokens.rows(ids.reshape(-1)).reshape(ids.dim(0), ids.dim(1), -1);
        Tensor sum = tap.at(EMBED, scale == 1 ? rows : rows.times(scale));
        if (positions != null) {
            sum = sum.plus(tap.at(POS_EMBED, rows(positions, at).expand(ids.dim(0), -1, -1)));
        }
        if (types != null) {
            sum = sum.plus(tap.at(TYPE_EMBED, types.select(0, 0).expand(ids.dim(0), ids.dim(1), -1)));
        }
        return norm == null ? sum : norm.forward(sum, EMBED_SCALE, EMBED_NORMALIZED, tap);
    }

    private static Tensor rows(Tensor table, Tensor ids) {
        return (Autograd.isTracked(table) ? Fused.rows(table, ids) : table.gatherRows(0, ids.reshape(-1)))
                .reshape(ids.dim(0), ids.dim(1), -1);
    }
}
