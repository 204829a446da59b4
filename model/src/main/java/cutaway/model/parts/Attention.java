package cutaway.model.parts;

import static cutaway.model.parts.Point.Kind.K;
import static cutaway.model.parts.Point.Kind.PATTERN;
import static cutaway.model.parts.Point.Kind.Q;
import static cutaway.model.parts.Point.Kind.RESULT;
import static cutaway.model.parts.Point.Kind.ROT_K;
import static cutaway.model.parts.Point.Kind.ROT_Q;
import static cutaway.model.parts.Point.Kind.SCORES;
import static cutaway.model.parts.Point.Kind.V;
import static cutaway.model.parts.Point.Kind.Z;

import cutaway.tensor.Fused;
import cutaway.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Multi-head self-attention (arXiv:1706.03762, section 3.2), with grouped keys and values (arXiv:2305.13245):
///
///     pattern = softmax(q k^T * scale + mask),   z = pattern v,   out = z W_O
///
/// Queries of head h read the keys and values of head `h / (heads / kvHeads)`.
///
/// @param q weights `[head * dHead, dModel]`
/// @param k weights `[kvHead * dHead, dModel]`
/// @param v weights `[kvHead * dHead, dModel]`
/// @param out weights `[dModel, head * dHead]`
/// @param norm norms of queries and keys, or null for none
/// @param rotary how queries and keys are turned by their positions, or null in a model with learned positions
public record Attention(
        Linear q,
        Linear k,
        Linear v,
        Linear out,
        int heads,
        int kvHeads,
        Scores scores,
        @Nullable QkNorm norm,
        @Nullable Rotary rotary) {

    /// @param x normalised residual stream, `[batch, pos, dModel]`
    /// @return what attention adds to the residual stream at the positions that the pass leaves, `[batch, pos,
    ///     dModel]`
    Tensor forward(Tensor x, Pass pass, Tap.InLayer tap) {
        return write(tap.at(Z, () -> gathered(x, pass, tap)), tap);
    }

    /// What each head gathers from the positions it looks at, `[batch, pos, head, dHead]`.
    private Tensor gathered(Tensor x, Pass pass, Tap.InLayer tap) {
        List<Tensor> qkv = products(x, pass.left(x));
        Tensor queries = tap.at(Q, split(qkv.get(0), heads)); // [batch, pos, head, dHead]
        Tensor keys = tap.at(K, split(qkv.get(1), kvHeads)); // [batch, pos, kvHead, dHead]
        Tensor values = tap.at(V, split(qkv.get(2), kvHeads)); // [batch, pos, kvHead, dHead]
        if (norm != null) {
            queries = norm.queries(queries, tap);
            keys = norm.keys(keys, tap);
        }
        if (rotary != null) {
            queries = tap.at(ROT_Q, Rotary.rotate(queries, pass.queryAngles(rotary)));
            keys = tap.at(ROT_K, Rotary.rotate(keys, pass.angles(rotary)));
        }
        return pass.gather(tap.layer(), queries, keys, values, (rows, seen) -> gathered(rows, seen, pass, tap));
    }

    /// Queries, keys and values.
    ///
    /// @param asking the positions that have queries: `x` itself where all have
    private List<Tensor> products(Tensor x, Tensor asking) {
        if (asking == x) {
            return Linear.forwardAll(x, q, k, v);
        }
        List<Tensor> keysValues = Linear.forwardAll(x, k, v);
        return List.of(q.forward(asking), keysValues.getFirst(), keysValues.getLast());
    }

    private Tensor gathered(Tensor queries, Seen seen, Pass pass, Tap.InLayer tap) {
        if (tap.isNone() && isFused() && seen.shared() == null) {
            return fused(queries, seen.own(), pass);
        }
        long length = queries.dim(1);
        Tensor products = seen.products(grouped(queries.transpose(1, 2))); // [batch, kvHead, group * qPos, kPos]
        Tensor masked = pass.masked(ungrouped(scores.of(products), length), scores.window());
        Tensor pattern = tap.at(PATTERN, tap.at(SCORES, masked).softmax(-1)); // [batch, head, qPos, kPos]
        Tensor gathered = seen.sums(grouped(pattern)); // [batch, kvHead, group * qPos, dHead]
        return ungrouped(gathered, length).transpose(1, 2);
    }

    /// Whether scores and pattern need not be there: in training, where nobody looks at them.
    private boolean isFused() {
        return q.weight().isLearned() && scores.softcap() == 0 && kvHeads == heads;
    }

    private Tensor fused(Tensor queries, Past.KeysValues seen, Pass pass) {
        Tensor rows = queries.transpose(1, 2); // [batch, head, pos, dHead]
        return Fused.attention(rows, seen.keys(), seen.values(), pass.hidden(scores.window()), scores.scale())
                .transpose(1, 2);
    }

    /// @param z `[batch, pos, head, dHead]`
    /// @return the heads' writes into the residual stream together, `[batch, pos, dModel]`
    private Tensor write(Tensor z, Tap.InLayer tap) {
        if (!tap.wantsResult()) {
            return out.forward(z.reshape(z.dim(0), z.dim(1), -1));
        }
        Tensor total = tap.at(RESULT, result(z)).sum(2, false);
        return out.bias() == null ? total : total.plus(out.bias());
    }

    /// What each head writes alone, `[batch, pos, head, dModel]`: `z_h W_O_h`.
    ///
    /// @param z `[batch, pos, head, dHead]`
    public Tensor result(Tensor z) {
        Tensor perHead =
                out.weight().whole().reshape(out.out(), heads, dHead()).permute(1, 2, 0); // [head, dHead, dModel]
        return z.unsqueeze(3).matmul(perHead).squeeze(3); // [batch, pos, head, dModel]
    }

    public long dHead() {
        return q.out() / heads;
    }

    private static Tensor split(Tensor x, int heads) {
        return x.reshape(x.dim(0), x.dim(1), heads, -1);
    }

    /// `[batch, head, pos, n]` to `[batch, kvHead, group * pos, n]`: the heads of a group become rows that share a key.
    private Tensor grouped(Tensor x) {
        return x.reshape(x.dim(0), kvHeads, heads / kvHeads * x.dim(2), x.dim(3));
    }

    /// The inverse of [#grouped].
    private Tensor ungrouped(Tensor x, long pos) {
        return x.reshape(x.dim(0), heads, pos, x.dim(3));
    }
}
