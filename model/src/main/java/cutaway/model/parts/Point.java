package cutaway.model.parts;

/// A value that the forward pass computes and offers to a [Tap].
///
/// @param layer the block, from 0; 0 for the values outside the blocks
public record Point(Kind kind, int layer) {

    /// What is computed there, in the order of the forward pass.
    public enum Kind {
        /// Token embeddings, `[batch, pos, dModel]`.
        EMBED(Axes.MODEL),
        /// Learned position embeddings, `[batch, pos, dModel]`; absent in rotary models.
        POS_EMBED(Axes.MODEL),
        /// Residual stream before the block, `[batch, pos, dModel]`.
        RESID_PRE(Axes.MODEL),
        /// Scale that the norm before attention divides by, `[batch, pos, 1]`.
        NORM1_SCALE(Axes.ONE),
        /// Normalised residual stream before that norm's weight and bias, `[batch, pos, dModel]`.
        NORM1_NORMALIZED(Axes.MODEL),
        /// Queries before rotation, `[batch, pos, head, dHead]`.
        Q(Axes.HEAD),
        /// Keys before rotation, `[batch, pos, kvHead, dHead]`.
        K(Axes.KV_HEAD),
        /// Values, `[batch, pos, kvHead, dHead]`.
        V(Axes.KV_HEAD),
        /// Queries after rotation, `[batch, pos, head, dHead]`; absent without rotary positions.
        ROT_Q(Axes.HEAD),
        /// Keys after rotation, `[batch, pos, kvHead, dHead]`; absent without rotary positions.
        ROT_K(Axes.KV_HEAD),
        /// Attention scores, scaled and masked (-inf where a query must not look), `[batch, head, qPos, kPos]`.
        SCORES(Axes.PAIR),
        /// Attention pattern, each row sums to 1, `[batch, head, qPos, kPos]`.
        PATTERN(Axes.PAIR),
        /// What each head gathered, before the output weights, `[batch, pos, head, dHead]`.
        Z(Axes.HEAD),
        /// What each head writes into the residual stream, `[batch, pos, head, dModel]`; computed only when a tap asks.
        RESULT(Axes.HEAD_MODEL),
        /// What attention adds to the residual stream, `[batch, pos, dModel]`.
        ATTN_OUT(Axes.MODEL),
        /// Residual stream between attention and MLP, `[batch, pos, dModel]`.
        RESID_MID(Axes.MODEL),
        /// Scale that the norm before the MLP divides by, `[batch, pos, 1]`.
        NORM2_SCALE(Axes.ONE),
        /// Normalised residual stream before that norm's weight and bias, `[batch, pos, dModel]`.
        NORM2_NORMALIZED(Axes.MODEL),
        /// MLP neurons before the activation function (in a gated MLP: the gate), `[batch, pos, dMlp]`.
        MLP_PRE(Axes.MLP),
        /// The other branch of a gated MLP, `[batch, pos, dMlp]`.
        MLP_PRE_LINEAR(Axes.MLP),
        /// MLP neurons as they enter the output weights, `[batch, pos, dMlp]`.
        MLP_POST(Axes.MLP),
        /// What the MLP adds to the residual stream, `[batch, pos, dModel]`.
        MLP_OUT(Axes.MODEL),
        /// Residual stream after the block, `[batch, pos, dModel]`.
        RESID_POST(Axes.MODEL),
        /// Scale that the final norm divides by, `[batch, pos, 1]`.
        FINAL_SCALE(Axes.ONE),
        /// Normalised residual stream before the final norm's weight and bias, `[batch, pos, dModel]`.
        FINAL_NORMALIZED(Axes.MODEL),
        /// Next-token logits in nats, `[batch, pos, vocab]`.
        LOGITS(Axes.VOCAB);

        private final Axes axes;

        Kind(Axes axes) {
            this.axes = axes;
        }

        public Axes axes() {
            return axes;
        }

        /// Whether each block has one of its own.
        public boolean inBlock() {
            return compareTo(RESID_PRE) >= 0 && compareTo(RESID_POST) <= 0;
        }
    }

    /// The axes after `batch`.
    public enum Axes {
        /// `pos, dModel`
        MODEL,
        /// `pos, head, dHead`
        HEAD,
        /// `pos, kvHead, dHead`
        KV_HEAD,
        /// `pos, head, dModel`
        HEAD_MODEL,
        /// `head, qPos, kPos`
        PAIR,
        /// `pos, dMlp`
        MLP,
        /// `pos, vocab`
        VOCAB,
        /// `pos, 1`
        ONE
    }
}
