package cutaway.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import cutaway.model.family.Family;
import cutaway.model.parts.Block;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Transformer;
import cutaway.model.parts.Wiring;

/// The sizes of a model's axes, and which optional parts it has.
///
/// @param context most positions it was made for
/// @param wiring which values it computes, and how they hang together
public record Sizes(
        int layers, int dModel, int heads, int kvHeads, int dHead, int dMlp, int vocab, int context, Wiring wiring) {

    /// Whether its MLPs are gated.
    @JsonIgnore
    public boolean isGated() {
        return wiring.has(Kind.MLP_PRE_LINEAR);
    }

    /// Whether a position sees only itself and those before it: a decoder, not an encoder.
    @JsonIgnore
    public boolean isCausal() {
        return wiring.causal();
    }

    static Sizes of(Family.Built built) {
        Transformer transformer = built.transformer();
        Block first = transformer.blocks().getFirst();
        return new Sizes(
                transformer.blocks().size(),
                (int) transformer.embedding().tokens().in(),
                first.attention().heads(),
                first.attention().kvHeads(),
                (int) first.attention().dHead(),
                (int) first.mlp().dMlp(),
                (int) transformer.embedding().tokens().out(),
                built.context(),
                Wiring.of(transformer));
    }
}
