package cutaway.model.parts;

/// A value that the forward pass computes and offers to a [Tap].
///
/// @param layer the block, from 0; 0 for the values outside the blocks
public record Point(Kind kind, int layer) {

    /// What is computed there. [Wiring] says which of them a model has, and in which order.
    public enum Kind {
        /// Token embeddings, `[batch, pos, dModel]`; scaled, where the model scales them.
        EMBED(Place.BEFORE, Axes.MODEL),
        /// Learned position embeddings, `[batch, pos, dModel]`; absent in rotary models.
        POS_EMBED(Place.BEFORE, Axes.MODEL),
        /// Embeddings of token types (BERT), `[batch, pos, dModel]`.
        TYPE_EMBED(Place.BEFORE, Axes.MODEL),
        /// Scale that the norm of the embeddings (BERT) divides by, `[batch, pos, 1]`.
        EMBED_SCALE(Place.BEFORE, Axes.ONE),
        /// Normalised embeddings before that norm's weight and bias, `[batch, pos, dModel]`.
        EMBED_NORMALIZED(Place.BEFORE, Axes.MODEL),
        /// Residual stream before the block, `[batch, pos, dModel]`.
        RESID_PRE(Place.BLOCK, Axes.MODEL),
        /// Scale that the norm before attention divides by, `[batch, pos, 1]`; in BERT, of the norm after
        /// attention was added.
        NORM1_SCALE(Place.BLOCK, Axes.ONE),
        /// Normalised residual stream before that norm's weight and bias, `[batch, pos, dModel]`.
        NORM1_NORMALIZED(Place.BLOCK, Axes.MODEL),
        /// Queries before norm and rotation, `[batch, pos, head, dHead]`.
        Q(Place.BLOCK, Axes.HEAD),
        /// Keys before norm and rotation, `[batch, pos, kvHead, dHead]`.
        K(Place.BLOCK, Axes.KV_HEAD),
        /// Values, `[batch, pos, kvHead, dHead]`.
        V(Place.BLOCK, Axes.KV_HEAD),
        /// Scale that the norm of the queries divides by, `[batch, pos, head, 1]`; head is 1 where all share it.
        Q_NORM_SCALE(Place.BLOCK, Axes.HEAD_ONE),
        /// Normalised queries before that norm's weight, `[batch, pos, head, dHead]`.
        Q_NORM_NORMALIZED(Place.BLOCK, Axes.HEAD),
        /// Scale that the norm of the keys divides by, `[batch, pos, kvHead, 1]`; kvHead is 1 where all share it.
        K_NORM_SCALE(Place.BLOCK, Axes.HEAD_ONE),
        /// Normalised keys before that norm's weight, `[batch, pos, kvHead, dHead]`.
        K_NORM_NORMALIZED(Place.BLOCK, Axes.KV_HEAD),
        /// Queries after rotation, `[batch, pos, head, dHead]`; absent without rotary positions.
        ROT_Q(Place.BLOCK, Axes.HEAD),
        /// Keys after rotation, `[batch, pos, kvHead, dHead]`; absent without rotary positions.
        ROT_K(Place.BLOCK, Axes.KV_HEAD),
        /// Attention scores, scaled and masked (-inf where a query must not look), `[batch, head, qPos, kPos]`.
        SCORES(Place.BLOCK, Axes.PAIR),
        /// Attention pattern, each row sums to 1, `[batch, head, qPos, kPos]`.
        PATTERN(Place.BLOCK, Axes.PAIR),
        /// What each head gathered, before the output weights, `[batch, pos, head, dHead]`.
        Z(Place.BLOCK, Axes.HEAD),
        /// What each head writes, `[batch, pos, head, dModel]`; computed only when a tap asks.
        RESULT(Place.BLOCK, Axes.HEAD_MODEL),
        /// Scale that the norm of the attention's output divides by, `[batch, pos, 1]`.
        NORM1_POST_SCALE(Place.BLOCK, Axes.ONE),
        /// Normalised attention output before that norm's weight, `[batch, pos, dModel]`.
        NORM1_POST_NORMALIZED(Place.BLOCK, Axes.MODEL),
        /// What attention adds to the residual stream, `[batch, pos, dModel]`.
        ATTN_OUT(Place.BLOCK, Axes.MODEL),
        /// Residual stream between attention and MLP, `[batch, pos, dModel]`; absent where they stand side by side.
        RESID_MID(Place.BLOCK, Axes.MODEL),
        /// Scale that the norm before the MLP divides by, `[batch, pos, 1]`; in BERT, of the norm after the MLP
        /// was added.
        NORM2_SCALE(Place.BLOCK, Axes.ONE),
        /// Normalised residual stream before that norm's weight and bias, `[batch, pos, dModel]`.
        NORM2_NORMALIZED(Place.BLOCK, Axes.MODEL),
        /// MLP neurons before the activation function (in a gated MLP: the gate), `[batch, pos, dMlp]`.
        MLP_PRE(Place.BLOCK, Axes.MLP),
        /// The other branch of a gated MLP, `[batch, pos, dMlp]`.
        MLP_PRE_LINEAR(Place.BLOCK, Axes.MLP),
        /// MLP neurons as they enter the output weights, `[batch, pos, dMlp]`.
        MLP_POST(Place.BLOCK, Axes.MLP),
        /// Scale that the norm of the MLP's output divides by, `[batch, pos, 1]`.
        NORM2_POST_SCALE(Place.BLOCK, Axes.ONE),
        /// Normalised MLP output before that norm's weight, `[batch, pos, dModel]`.
        NORM2_POST_NORMALIZED(Place.BLOCK, Axes.MODEL),
        /// What the MLP adds to the residual stream, `[batch, pos, dModel]`.
        MLP_OUT(Place.BLOCK, Axes.MODEL),
        /// Residual stream after the block, `[batch, pos, dModel]`; in BERT, before the block's last norm.
        RESID_POST(Place.BLOCK, Axes.MODEL),
        /// Residual stream after the block's last norm (BERT), `[batch, pos, dModel]`.
        NORMALIZED_RESID_POST(Place.BLOCK, Axes.MODEL),
        /// Scale that the final norm divides by, `[batch, pos, 1]`.
        FINAL_SCALE(Place.AFTER, Axes.ONE),
        /// Normalised residual stream before the final norm's weight and bias, `[batch, pos, dModel]`.
        FINAL_NORMALIZED(Place.AFTER, Axes.MODEL),
        /// Logits in nats, `[batch, pos, vocab]`.
        LOGITS(Place.AFTER, Axes.VOCAB);

        private final Place place;
        private final Axes axes;

        Kind(Place place, Axes axes) {
            this.place = place;
            this.axes = axes;
        }

        /// Where in the model it is computed.
        public Place place() {
            return place;
        }

        public Axes axes() {
            return axes;
        }

        /// Whether each block has one of its own.
        public boolean inBlock() {
            return place == Place.BLOCK;
        }
    }

    /// The parts of a model that compute values.
    public enum Place {
        /// Before the first block.
        BEFORE,
        /// In each block.
        BLOCK,
        /// After the last block.
        AFTER
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
        /// `pos, head, 1`
        HEAD_ONE,
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
