package cutaway.model;

import cutaway.model.family.Family;
import cutaway.model.parts.Block;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Transformer;

/// The sizes of a model's axes, and which optional parts it has.
///
/// @param context most positions it was made for
/// @param gated whether its MLPs are gated
/// @param rotary whether positions enter by rotation of queries and keys
/// @param learnedPositions whether positions have embeddings of their own
public record Sizes(
        int layers,
        int dModel,
        int heads,
        int kvHeads,
        int dHead,
        int dMlp,
        int vocab,
        int context,
        boolean gated,
        boolean rotary,
        boolean learnedPositions) {

    static Sizes of(Family.Built built) {
        Transformer transformer = built.transformer();
        Block first = transformer.blocks().getFirst();
        return new Sizes(
                transformer.blocks().size(),
                (int) transformer.embedding().dim(1),
                first.attention().heads(),
                first.attention().kvHeads(),
                (int) first.attention().dHead(),
                (int) first.mlp().dMlp(),
                (int) transformer.embedding().dim(0),
                built.context(),
                first.mlp() instanceof Mlp.GatedMlp,
                transformer.rotary() != null,
                transformer.positionEmbedding() != null);
    }
}
