package cutaway.interp.heads;

import cutaway.model.Model;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Past;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Tap;
import cutaway.model.parts.Transformer;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// What each head writes towards the logit of the token that it reads, by its weights alone (Wang et al. 2022,
/// arXiv:2211.00593, section 3.1; McDougall et al. 2023, arXiv:2310.04625, section 3):
///
///     e      = E + MLP0(E)                    a token as the first block's MLP leaves it; E itself in the first block
///     logits = U (w * W_O W_V Norm1(e))       [read, token]
///
/// with all that stands on a head's way to the logits: a norm behind attention, the weight w of the final norm, and
/// centring where a norm centres. The scales of norms behind the head are left out: they are positive, and the order of
/// one token's logits is the same without them. From each logit its mean over the tokens that are read is taken,
/// which is what the head writes whatever it reads; with it go all biases.
///
/// A head copies a token when, of all sampled tokens, that token is among the few that it raises most; it
/// suppresses it when
/// it is among the few that it lowers most. Departure: both papers rank among the vocabulary or a list of names, this
/// among sampled tokens.
///
/// @param copied for how many of the tokens
/// @param suppressed for how many of the tokens
record CopyScores(Shares copied, Shares suppressed) {

    static final int SAMPLE = 256;
    static final int FEWEST = 32;

    /// How many of the sampled tokens are few: one in fifty.
    static int few(int tokens) {
        return Math.max(1, tokens / 50);
    }

    /// @param tokens different ids, at least [#FEWEST]
    /// @param seed of the control's draws
    /// @param progress told how many layers are done
    static CopyScores measure(Model model, int[] tokens, long seed, IntConsumer progress) {
        Transformer transformer = model.transformer();
        int layers = transformer.blocks().size();
        CopyScores scores =
                new CopyScores(new Shares(layers, tokens.length, seed), new Shares(layers, tokens.length, seed));
        try (Scope scope = Scope.open()) {
            Tensor ids = Tensor.of(Arrays.stream(tokens).asLongStream().toArray(), tokens.length);
            Tensor embedded = embedded(transformer, ids); // [read, 1, dModel]
            Tensor processed = afterMlp0(transformer, embedded).squeeze(1); // [read, dModel]
            Tensor rows = transformer.unembedding().weight().rows(ids); // [token, dModel]
            for (int layer = 0; layer < layers; layer++) {
                Block block = transformer.blocks().get(layer);
                Tensor read = layer == 0 ? embedded.squeeze(1) : processed;
                try (Scope here = Scope.open()) {
                    Tensor logits = logits(transformer, block, read, rows); // [head, read, token]
                    Tensor own = logits.minus(logits.mean(1, true));
                    scores.copied.add(layer, highest(own, few(tokens.length)));
                    scores.suppressed.add(layer, highest(own.negate(), few(tokens.length)));
                }
                progress.accept(layer + 1);
            }
        }
        return scores;
    }

    /// Each token alone, without a position, `[read, 1, dModel]`.
    private static Tensor embedded(Transformer transformer, Tensor ids) {
        Tensor first = Tensor.of(new long[1], 1, 1);
        return transformer.embed(ids.unsqueeze(1), first, without(Kind.POS_EMBED));
    }

    private static Tensor afterMlp0(Transformer transformer, Tensor embedded) {
        Tensor first = Tensor.of(new long[1], 1, 1);
        return transformer.blocks(embedded, 0, 1, transformer.pass(first, null, Past.NONE), without(Kind.ATTN_OUT));
    }

    private static Tap without(Kind kind) {
        return (point, value) -> point.kind() == kind ? value.times(0) : value;
    }

    /// @param read residual stream, `[read, dModel]`
    /// @param rows of the unembedding, `[token, dModel]`
    /// @return `[head, read, token]`, each token's up to a positive factor
    private static Tensor logits(Transformer transformer, Block block, Tensor read, Tensor rows) {
        Attention attention = block.attention();
        int heads = attention.heads();
        int kvHeads = attention.kvHeads();
        long dHead = attention.dHead();
        Tensor values = attention.v().forward(Norm.of(block.beforeAttention(), read)); // [read, kvHead * dHead]
        Tensor z = values.reshape(-1, kvHeads, 1, dHead)
                .expand(-1, kvHeads, heads / kvHeads, dHead)
                .reshape(-1, heads, dHead)
                .transpose(0, 1); // [head, read, dHead]
        Tensor out =
                attention.out().weight().whole().reshape(-1, heads, dHead).permute(1, 2, 0); // [head, dHead, dModel]
        Tensor written = unscaled(block.afterAttention(), z.matmul(out)); // [head, read, dModel]
        return unscaled(transformer.finalNorm(), written).matmul(rows.transpose(0, 1));
    }

    /// What a norm makes of a part of what it reads, but for its scale and bias.
    private static Tensor unscaled(@Nullable Norm norm, Tensor part) {
        return norm == null ? part : norm.centred(part).times(norm.weight());
    }

    /// 1 where a value is larger than all but fewer than `few` others of its row; ties count for none.
    private static float[] highest(Tensor values, int few) {
        Tensor next = values.top(few + 1).values().slice(-1, few, few + 1); // [head, read, 1]
        return values.greater(next).to(Dtype.F32).toFloats();
    }
}
