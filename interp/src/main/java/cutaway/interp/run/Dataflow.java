package cutaway.interp.run;

import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Wiring;
import cutaway.model.parts.Wiring.Layout;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which value of a model is computed from which: the arrows of a block, from each value to those that read it.
///
/// Values that a model does not compute are passed over: their readers read what they would have been made from.
final class Dataflow {

    private final Wiring wiring;
    private final Map<Kind, Set<Kind>> next = new EnumMap<>(Kind.class);

    Dataflow(Wiring wiring) {
        this.wiring = wiring;
        chain(Kind.EMBED, Kind.EMBED_SCALE, Kind.EMBED_NORMALIZED);
        for (Kind added : List.of(Kind.EMBED, Kind.POS_EMBED, Kind.TYPE_EMBED)) {
            arrow(added, Kind.EMBED_SCALE);
            arrow(added, Kind.EMBED_NORMALIZED);
        }
        attention(wiring.layout() == Layout.POST_NORM ? Kind.RESID_PRE : normed(Kind.RESID_PRE, Kind.NORM1_SCALE));
        switch (wiring.layout()) {
            case SEQUENTIAL -> {
                arrow(Kind.RESID_PRE, Kind.RESID_MID);
                arrow(Kind.ATTN_OUT, Kind.RESID_MID);
                mlp(normed(Kind.RESID_MID, Kind.NORM2_SCALE));
                arrow(Kind.RESID_MID, Kind.RESID_POST);
            }
            case PARALLEL -> {
                boolean shared = !wiring.has(Kind.NORM2_SCALE);
                mlp(shared ? Kind.NORM1_NORMALIZED : normed(Kind.RESID_PRE, Kind.NORM2_SCALE));
                arrow(Kind.RESID_PRE, Kind.RESID_POST);
                arrow(Kind.ATTN_OUT, Kind.RESID_POST);
            }
            case POST_NORM -> {
                arrow(Kind.RESID_PRE, Kind.RESID_MID);
                arrow(Kind.ATTN_OUT, Kind.RESID_MID);
                mlp(normed(Kind.RESID_MID, Kind.NORM1_SCALE));
                arrow(Kind.NORM1_NORMALIZED, Kind.RESID_POST);
                arrow(normed(Kind.RESID_POST, Kind.NORM2_SCALE), Kind.NORMALIZED_RESID_POST);
            }
        }
        arrow(normed(Kind.FINAL_SCALE, Kind.FINAL_SCALE), Kind.LOGITS);
    }

    private void attention(Kind read) {
        for (Kind made : List.of(Kind.Q, Kind.K, Kind.V)) {
            arrow(read, made);
        }
        arrow(turned(normed(Kind.Q, Kind.Q_NORM_SCALE), Kind.ROT_Q), Kind.SCORES);
        arrow(turned(normed(Kind.K, Kind.K_NORM_SCALE), Kind.ROT_K), Kind.SCORES);
        arrow(Kind.SCORES, Kind.PATTERN);
        arrow(Kind.PATTERN, Kind.Z);
        arrow(Kind.V, Kind.Z);
        arrow(Kind.Z, Kind.RESULT);
        arrow(normed(Kind.RESULT, Kind.NORM1_POST_SCALE), Kind.ATTN_OUT);
    }

    private void mlp(Kind read) {
        arrow(read, Kind.MLP_PRE);
        arrow(Kind.MLP_PRE, Kind.MLP_POST);
        if (wiring.has(Kind.MLP_PRE_LINEAR)) {
            arrow(read, Kind.MLP_PRE_LINEAR);
            arrow(Kind.MLP_PRE_LINEAR, Kind.MLP_POST);
        }
        arrow(normed(Kind.MLP_POST, Kind.NORM2_POST_SCALE), Kind.MLP_OUT);
        arrow(Kind.MLP_OUT, Kind.RESID_POST);
    }

    /// What a norm makes of a value, or the value itself where the model has no such norm.
    private Kind normed(Kind read, Kind scale) {
        if (!wiring.has(scale)) {
            return read;
        }
        Kind normalized = Kind.values()[scale.ordinal() + 1]; // stands behind its scale
        chain(read, scale, normalized);
        return normalized;
    }

    private void chain(Kind read, Kind scale, Kind normalized) {
        arrow(read, scale);
        arrow(read, normalized);
        arrow(scale, normalized);
    }

    private Kind turned(Kind read, Kind rotated) {
        if (!wiring.has(rotated)) {
            return read;
        }
        arrow(read, rotated);
        return rotated;
    }

    private void arrow(Kind from, Kind to) {
        if (from != to && wiring.has(from) && wiring.has(to)) {
            next.computeIfAbsent(from, kind -> EnumSet.noneOf(Kind.class)).add(to);
        }
    }

    /// The values of the same block, or around the blocks, that read this one.
    Set<Kind> next(Kind kind) {
        return next.getOrDefault(kind, Set.of());
    }

    /// Whether a value at one position is read at others along this arrow: keys by scores, values by what heads gather.
    boolean crosses(Kind from, Kind to) {
        return (to == Kind.SCORES && isOfKeys(from)) || (from == Kind.V && to == Kind.Z);
    }

    /// Whether a value of a block, at one position, is read at others of the same block: keys and values, and what they
    /// are made from.
    boolean isSeenFromOtherPositions(Kind kind) {
        return next(kind).stream().anyMatch(reader -> crosses(kind, reader) || isSeenFromOtherPositions(reader));
    }

    private static boolean isOfKeys(Kind kind) {
        return kind == Kind.K || kind == Kind.K_NORM_NORMALIZED || kind == Kind.ROT_K;
    }

    /// What a block leaves in the residual stream.
    Kind blockEnd() {
        return wiring.block().getLast();
    }

    /// What the readout computes from that.
    Set<Kind> readoutStart() {
        return EnumSet.of(Kind.FINAL_SCALE, Kind.FINAL_NORMALIZED);
    }

    /// What the embedding leaves in the residual stream.
    Set<Kind> embeddingEnds() {
        return wiring.has(Kind.EMBED_NORMALIZED)
                ? EnumSet.of(Kind.EMBED_NORMALIZED)
                : EnumSet.copyOf(wiring.embedding());
    }
}
