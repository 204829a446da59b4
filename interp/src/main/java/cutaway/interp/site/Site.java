package cutaway.interp.site;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import java.util.OptionalInt;

/// The address of a value in a run that can be read or replaced.
///
/// Shapes are of one prompt; in a batch, `batch` stands before them. In JSON a site is its TransformerLens name,
/// with the head's or neuron's number in brackets: `blocks.3.attn.hook_z[5]`.
public sealed interface Site {

    /// Token embeddings, `[pos, dModel]`.
    record Embed() implements Site {}

    /// Learned position embeddings, `[pos, dModel]`.
    record PosEmbed() implements Site {}

    /// Embeddings of token types (BERT), `[pos, dModel]`.
    record TypeEmbed() implements Site {}

    /// The residual stream, `[pos, dModel]`.
    record Resid(int layer, Moment moment) implements Site {}

    /// When, within a block, the residual stream is read.
    enum Moment {
        PRE,
        MID,
        POST,
        /// After the block's last norm, where that stands on the stream itself (BERT).
        NORMALIZED
    }

    /// What the attention of a block adds to the residual stream, `[pos, dModel]`.
    record AttnOut(int layer) implements Site {}

    /// What the MLP of a block adds to the residual stream, `[pos, dModel]`.
    record MlpOut(int layer) implements Site {}

    /// A part of all heads of a block: `[pos, head, dHead]`; keys and values `[pos, kvHead, dHead]`; scores and
    /// pattern `[head, qPos, kPos]`; result `[pos, head, dModel]`.
    record Heads(int layer, HeadPart part) implements Site {}

    /// A part of one head: `[pos, dHead]`; scores and pattern `[qPos, kPos]`; result `[pos, dModel]`. For keys and
    /// values the number counts key/value heads.
    record Head(int layer, int head, HeadPart part) implements Site {}

    /// Values inside attention, in the order they are computed.
    enum HeadPart {
        Q(Kind.Q),
        K(Kind.K),
        V(Kind.V),
        ROT_Q(Kind.ROT_Q),
        ROT_K(Kind.ROT_K),
        SCORES(Kind.SCORES),
        PATTERN(Kind.PATTERN),
        Z(Kind.Z),
        RESULT(Kind.RESULT);

        private final Kind kind;

        HeadPart(Kind kind) {
            this.kind = kind;
        }
    }

    /// All neurons of an MLP, `[pos, dMlp]`.
    record Neurons(int layer, NeuronPart part) implements Site {}

    /// One neuron, `[pos]`.
    record Neuron(int layer, int index, NeuronPart part) implements Site {}

    /// Values inside an MLP.
    enum NeuronPart {
        PRE(Kind.MLP_PRE),
        PRE_LINEAR(Kind.MLP_PRE_LINEAR),
        POST(Kind.MLP_POST);

        private final Kind kind;

        NeuronPart(Kind kind) {
            this.kind = kind;
        }
    }

    /// What a norm divides by, `[pos, 1]`; of queries and keys `[pos, head, 1]`.
    record NormScale(int layer, Norm norm) implements Site {}

    /// What a norm makes, before its weight and bias, `[pos, dModel]`; of queries and keys `[pos, head, dHead]`.
    record Normalized(int layer, Norm norm) implements Site {}

    /// The norms of a model; EMBEDDINGS and FINAL stand outside the blocks, their layer is 0. In BERT the norms before
    /// attention and MLP stand after them, on the residual stream.
    enum Norm {
        EMBEDDINGS(Kind.EMBED_SCALE, Kind.EMBED_NORMALIZED),
        BEFORE_ATTENTION(Kind.NORM1_SCALE, Kind.NORM1_NORMALIZED),
        QUERIES(Kind.Q_NORM_SCALE, Kind.Q_NORM_NORMALIZED),
        KEYS(Kind.K_NORM_SCALE, Kind.K_NORM_NORMALIZED),
        AFTER_ATTENTION(Kind.NORM1_POST_SCALE, Kind.NORM1_POST_NORMALIZED),
        BEFORE_MLP(Kind.NORM2_SCALE, Kind.NORM2_NORMALIZED),
        AFTER_MLP(Kind.NORM2_POST_SCALE, Kind.NORM2_POST_NORMALIZED),
        FINAL(Kind.FINAL_SCALE, Kind.FINAL_NORMALIZED);

        private final Kind scale;
        private final Kind normalized;

        Norm(Kind scale, Kind normalized) {
            this.scale = scale;
            this.normalized = normalized;
        }
    }

    /// Logits, `[pos, vocab]`, nats: of the next token in a decoder, of the token itself in an encoder.
    record Logits() implements Site {}

    /// The value of the forward pass that holds this site.
    default Point point() {
        return switch (this) {
            case Embed() -> new Point(Kind.EMBED, 0);
            case PosEmbed() -> new Point(Kind.POS_EMBED, 0);
            case TypeEmbed() -> new Point(Kind.TYPE_EMBED, 0);
            case Resid(int layer, Moment moment) ->
                new Point(
                        switch (moment) {
                            case PRE -> Kind.RESID_PRE;
                            case MID -> Kind.RESID_MID;
                            case POST -> Kind.RESID_POST;
                            case NORMALIZED -> Kind.NORMALIZED_RESID_POST;
                        },
                        layer);
            case AttnOut(int layer) -> new Point(Kind.ATTN_OUT, layer);
            case MlpOut(int layer) -> new Point(Kind.MLP_OUT, layer);
            case Heads(int layer, HeadPart part) -> new Point(part.kind, layer);
            case Head(int layer, int _, HeadPart part) -> new Point(part.kind, layer);
            case Neurons(int layer, NeuronPart part) -> new Point(part.kind, layer);
            case Neuron(int layer, int _, NeuronPart part) -> new Point(part.kind, layer);
            case NormScale(int layer, Norm norm) -> new Point(norm.scale, layer);
            case Normalized(int layer, Norm norm) -> new Point(norm.normalized, layer);
            case Logits() -> new Point(Kind.LOGITS, 0);
        };
    }

    /// The head that it is narrowed to, if any.
    default OptionalInt onlyHead() {
        return this instanceof Head(int _, int head, HeadPart _) ? OptionalInt.of(head) : OptionalInt.empty();
    }

    /// The neuron that it is narrowed to, if any.
    default OptionalInt onlyNeuron() {
        return this instanceof Neuron(int _, int index, NeuronPart _) ? OptionalInt.of(index) : OptionalInt.empty();
    }

    /// The whole value at a point.
    static Site of(Point point) {
        return SiteNames.whole(point);
    }

    /// Reads a TransformerLens name (legacy, bridge) as a model with gated MLPs uses it.
    @JsonCreator
    static Site parse(String name) {
        return SiteNames.parse(name, true);
    }

    /// Its legacy TransformerLens name.
    @JsonValue
    default String text() {
        return SiteNames.legacy(this);
    }
}
