package cutaway.model.parts;

import static cutaway.model.parts.Point.Kind.LOGITS;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A transformer: embed, blocks, read out.
///
/// @param head null in an encoder without one that predicts tokens: whatever needs logits is refused
/// @param causal whether a position sees only itself and those before it: a decoder, not an encoder
public record Transformer(
        Embedding embedding, List<Block> blocks, @Nullable Readout head, boolean causal) {

    public Transformer {
        blocks = List.copyOf(blocks);
    }

    /// Whether it predicts tokens.
    public boolean hasReadout() {
        return head != null;
    }

    /// @throws BadInputException when it has none
    public Readout readout() {
        if (head == null) {
            throw new BadInputException("this model has no head that predicts tokens, so it has no logits;"
                    + " read its residual stream, or give a model with a head.");
        }
        return head;
    }

    /// Logits in nats of rows of one length, from their first position on, `[batch, pos, vocab]`.
    ///
    /// @param ids `[batch, pos]` int64, none of them padding
    public Tensor forward(Tensor ids, Tap tap) {
        return Scope.keep(() -> {
            long length = ids.dim(1);
            Tensor positions = Tensor.range(0, length).unsqueeze(0);
            Pass pass = pass(positions, causal ? Pass.later(length) : null, Past.NONE);
            Tensor residual = blocks(embed(ids, positions, tap), 0, blocks.size(), pass, tap);
            return unembed(residual, tap);
        });
    }

    /// Residual stream before the first block, `[batch, pos, dModel]`.
    ///
    /// @param ids `[batch, pos]` int64
    /// @param positions `[batch or 1, pos]` int64
    public Tensor embed(Tensor ids, Tensor positions, Tap tap) {
        return Scope.keepForAll(
                () -> embedding.forward(ids, positions, tap.inLayer(0)).alias());
    }

    /// Residual stream after blocks `from` to `to` (not included), `[batch, pos, dModel]`.
    ///
    /// @param x residual stream before block `from`
    public Tensor blocks(Tensor x, int from, int to, Pass pass, Tap tap) {
        BetweenBlocks.Deed between = BetweenBlocks.ofThisThread();
        Tensor residual = x;
        for (int layer = from; layer < to; layer++) {
            between.at(layer, blocks.size());
            Tensor before = residual;
            Tap.InLayer here = tap.inLayer(layer);
            Block block = blocks.get(layer);
            residual = Scope.keepForAll(() -> block.forward(before, pass, here).alias());
            if (before != x) {
                before.close();
            }
        }
        return residual;
    }

    /// Residual stream after the last block at the last position of each row, `[row, 1, dModel]`: in that block,
    /// the others get keys and values alone. A tap is offered all positions of these and of what they are made
    /// from, and the last one of the rest.
    ///
    /// @param x residual stream before block `from`
    public Tensor toLast(Tensor x, int from, Pass pass, Tap tap) {
        int last = blocks.size() - 1;
        return Scope.keep(() -> blocks(blocks(x, from, last, pass, tap), last, last + 1, pass.toLast(), tap));
    }

    /// Logits in nats, `[batch, pos, vocab]`: of the next token in a decoder, of the token itself in an encoder.
    ///
    /// @param x residual stream after the last block, at the positions wanted
    public Tensor unembed(Tensor x, Tap tap) {
        return Scope.keepForAll(() -> {
            Tensor logits = readout().logits(normalized(x, tap));
            return tap.at(new Point(LOGITS, 0), logits).alias();
        });
    }

    /// Logits of some tokens only, `[batch, pos, tokens]`; the tap is not offered them.
    ///
    /// @param tokens `[tokens]` int64
    public Tensor unembed(Tensor x, Tensor tokens, Tap tap) {
        return Scope.keepForAll(() -> readout().logits(normalized(x, tap), tokens));
    }

    /// The residual stream as it is unembedded: after the final norm, `[batch, pos, dModel]`.
    public Tensor normalized(Tensor x, Tap tap) {
        return readout().normalized(x, tap.inLayer(0));
    }

    /// The type of activations: of the residual stream, scores and logits, and of weights that are no matrices.
    public Dtype dtype() {
        Norm norm = head == null ? blocks.getFirst().norms().getFirst() : head.norm();
        return norm.weight().dtype();
    }

    public Norm finalNorm() {
        return readout().norm();
    }

    public Linear unembedding() {
        return readout().unembedding();
    }

    /// Whether the keys of a text of one length are those of another: not so where rotary frequencies depend on it.
    public boolean keysChange(long fromLength, long toLength) {
        return blocks.stream()
                .map(block -> block.attention().rotary())
                .anyMatch(rotary -> rotary != null && rotary.scaling().changes(fromLength, toLength));
    }

    /// Bytes of matrices that a pass over one token reads: all of them, but for the embedding, of which it reads a row.
    /// (It counts where it is the unembedding too.)
    public long bytesPerToken() {
        long bytes = head == null ? 0 : head.unembedding().bytes();
        for (Block block : blocks) {
            Attention attention = block.attention();
            for (Linear linear : List.of(attention.q(), attention.k(), attention.v(), attention.out())) {
                bytes += linear.bytes();
            }
            bytes += block.mlp().linears().stream().mapToLong(Linear::bytes).sum();
        }
        return bytes;
    }

    /// What a pass over these positions needs: rotary angles and masks.
    ///
    /// @param positions `[batch or 1, pos]` int64
    /// @param blocked `[batch or 1, 1, qPos, kPos]`, or null when a query may look at every key
    public Pass pass(Tensor positions, @Nullable Tensor blocked, Past past) {
        return Pass.of(blocks, positions, blocked, past, dtype());
    }

    /// As [#pass], for variants of one run that begin at positions of their own, packed one behind another.
    ///
    /// @param positions of the packed values, `[batch or 1, pos]` int64
    /// @param first the first position of each row
    /// @param run keys and values of all positions of the run, which a row has before its first
    public Pass packed(Tensor positions, int[] first, int length, Past.Cache run) {
        return Pass.packed(blocks, positions, first, length, run, dtype(), causal);
    }
}
