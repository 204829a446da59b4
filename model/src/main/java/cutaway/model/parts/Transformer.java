package cutaway.model.parts;

import static cutaway.model.parts.Point.Kind.EMBED;
import static cutaway.model.parts.Point.Kind.FINAL_NORMALIZED;
import static cutaway.model.parts.Point.Kind.FINAL_SCALE;
import static cutaway.model.parts.Point.Kind.LOGITS;
import static cutaway.model.parts.Point.Kind.POS_EMBED;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A decoder-only transformer: embed, blocks, final norm, unembed.
///
/// @param embedding token embeddings, `[vocab, dModel]`
/// @param positionEmbedding learned positions, `[context, dModel]`, or null
/// @param rotary rotary positions, or null
/// @param unembedding `[vocab, dModel]`; the embedding itself where the model ties them
public record Transformer(
        Tensor embedding,
        @Nullable Tensor positionEmbedding,
        @Nullable Rotary rotary,
        List<Block> blocks,
        Norm finalNorm,
        Linear unembedding) {

    public Transformer {
        blocks = List.copyOf(blocks);
    }

    /// Residual stream before the first block, `[batch, pos, dModel]`.
    ///
    /// @param ids `[batch, pos]` int64
    /// @param positions `[batch or 1, pos]` int64
    public Tensor embed(Tensor ids, Tensor positions, Tap tap) {
        return Scope.keep(() -> {
            Tensor tokens = tap.at(new Point(EMBED, 0), rows(embedding, ids));
            if (positionEmbedding == null) {
                return tokens.alias();
            }
            Tensor where = rows(positionEmbedding, positions).expand(ids.dim(0), -1, -1);
            return tokens.plus(tap.at(new Point(POS_EMBED, 0), where));
        });
    }

    /// Residual stream after blocks `from` to `to` (not included), `[batch, pos, dModel]`.
    ///
    /// @param x residual stream before block `from`
    public Tensor blocks(Tensor x, int from, int to, Pass pass, Tap tap) {
        Tensor residual = x;
        for (int layer = from; layer < to; layer++) {
            Tensor before = residual;
            Tap.InLayer here = tap.inLayer(layer);
            Block block = blocks.get(layer);
            residual = Scope.keep(() -> block.forward(before, pass, here).alias());
            if (before != x) {
                before.close();
            }
        }
        return residual;
    }

    /// Next-token logits in nats, `[batch, pos, vocab]`.
    ///
    /// @param x residual stream after the last block, at the positions wanted
    public Tensor unembed(Tensor x, Tap tap) {
        return Scope.keep(() -> tap.at(new Point(LOGITS, 0), unembedding.forward(normalized(x, tap)))
                .alias());
    }

    /// Logits of some tokens only, `[batch, pos, tokens]`; the tap is not offered them.
    ///
    /// @param tokens `[tokens]` int64
    public Tensor unembed(Tensor x, Tensor tokens, Tap tap) {
        return Scope.keep(() -> {
            Tensor bias = unembedding.bias();
            Tensor weight = unembedding.weight().gatherRows(0, tokens); // [tokens, dModel]
            return normalized(x, tap).linear(weight, bias == null ? null : bias.gatherRows(0, tokens));
        });
    }

    /// The residual stream as it is unembedded: after the final norm, `[batch, pos, dModel]`.
    public Tensor normalized(Tensor x, Tap tap) {
        return finalNorm.forward(x, FINAL_SCALE, FINAL_NORMALIZED, tap.inLayer(0));
    }

    /// Bytes of weights that a pass over one token reads: all of them, but one row alone of each embedding. (The
    /// embedding counts where it is the unembedding too.)
    public long bytesPerToken() {
        List<Tensor> read = new ArrayList<>();
        for (Block block : blocks) {
            read.addAll(block.norm1().weights());
            read.addAll(block.norm2().weights());
            Attention attention = block.attention();
            for (Linear linear : List.of(attention.q(), attention.k(), attention.v(), attention.out())) {
                read.addAll(linear.weights());
            }
            block.mlp().linears().forEach(linear -> read.addAll(linear.weights()));
        }
        read.addAll(finalNorm.weights());
        read.addAll(unembedding.weights());
        return read.stream()
                .mapToLong(weight -> weight.shape().count() * weight.dtype().bytes())
                .sum();
    }

    /// What a pass over these positions needs: rotary angles and mask.
    ///
    /// @param positions `[batch or 1, pos]` int64
    /// @param blocked `[batch or 1, 1, qPos, kPos]`, or null when a query may look at every key
    public Pass pass(Tensor positions, @Nullable Tensor blocked, Past past) {
        return new Pass(rotary == null ? null : rotary.at(positions), blocked, past);
    }

    private static Tensor rows(Tensor table, Tensor ids) {
        return table.gatherRows(0, ids.reshape(-1)).reshape(ids.dim(0), ids.dim(1), -1);
    }
}
