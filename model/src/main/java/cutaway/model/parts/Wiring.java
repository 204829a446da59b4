package cutaway.model.parts;

import cutaway.model.parts.Point.Kind;
import java.util.ArrayList;
import java.util.List;

/// Which values a model computes, in the order of its forward pass, and how far a position sees.
///
/// @param embedding values before the first block
/// @param block values of each block
/// @param readout values after the last block; none without a head that predicts tokens
/// @param layout how attention and MLP of a block stand to each other
/// @param causal whether a position sees only itself and those before it
/// @param normAcrossHeads whether one norm serves the queries, or the keys, of all heads
/// @param windows by layer: how many positions a query sees, its own among them; 0 for all
public record Wiring(
        List<Kind> embedding,
        List<Kind> block,
        List<Kind> readout,
        Layout layout,
        boolean causal,
        boolean normAcrossHeads,
        List<Integer> windows) {

    /// How attention and MLP of a block stand to each other.
    public enum Layout {
        /// [Block.Sequential]
        SEQUENTIAL,
        /// [Block.Parallel]
        PARALLEL,
        /// [Block.PostNorm]
        POST_NORM
    }

    public Wiring {
        embedding = List.copyOf(embedding);
        block = List.copyOf(block);
        readout = List.copyOf(readout);
        windows = List.copyOf(windows);
    }

    /// Whether the model computes such a value.
    public boolean has(Kind kind) {
        return embedding.contains(kind) || block.contains(kind) || readout.contains(kind);
    }

    /// All blocks of a model are alike but for their windows.
    public static Wiring of(Transformer transformer) {
        Block first = transformer.blocks().getFirst();
        return new Wiring(
                embedding(transformer.embedding()),
                block(first),
                transformer.hasReadout() ? List.of(Kind.FINAL_SCALE, Kind.FINAL_NORMALIZED, Kind.LOGITS) : List.of(),
                switch (first) {
                    case Block.Sequential _ -> Layout.SEQUENTIAL;
                    case Block.Parallel _ -> Layout.PARALLEL;
                    case Block.PostNorm _ -> Layout.POST_NORM;
                },
                transformer.causal(),
                first.attention().norm() != null && first.attention().norm().acrossHeads(),
                transformer.blocks().stream()
                        .map(block -> block.attention().scores().window())
                        .toList());
    }

    private static List<Kind> embedding(Embedding embedding) {
        List<Kind> kinds = new ArrayList<>(List.of(Kind.EMBED));
        addIf(embedding.positions() != null, kinds, Kind.POS_EMBED);
        addIf(embedding.types() != null, kinds, Kind.TYPE_EMBED);
        addIf(embedding.norm() != null, kinds, Kind.EMBED_SCALE, Kind.EMBED_NORMALIZED);
        return kinds;
    }

    private static List<Kind> block(Block block) {
        List<Kind> kinds = new ArrayList<>(List.of(Kind.RESID_PRE));
        switch (block) {
            case Block.Sequential sequential -> {
                addIf(sequential.norm1() != null, kinds, Kind.NORM1_SCALE, Kind.NORM1_NORMALIZED);
                attention(block.attention(), kinds);
                addIf(sequential.norm1Post() != null, kinds, Kind.NORM1_POST_SCALE, Kind.NORM1_POST_NORMALIZED);
                kinds.addAll(List.of(Kind.ATTN_OUT, Kind.RESID_MID));
                addIf(sequential.norm2() != null, kinds, Kind.NORM2_SCALE, Kind.NORM2_NORMALIZED);
                mlp(block.mlp(), kinds);
                addIf(sequential.norm2Post() != null, kinds, Kind.NORM2_POST_SCALE, Kind.NORM2_POST_NORMALIZED);
                kinds.addAll(List.of(Kind.MLP_OUT, Kind.RESID_POST));
            }
            case Block.Parallel parallel -> {
                kinds.addAll(List.of(Kind.NORM1_SCALE, Kind.NORM1_NORMALIZED));
                attention(block.attention(), kinds);
                kinds.add(Kind.ATTN_OUT);
                addIf(parallel.norm2() != null, kinds, Kind.NORM2_SCALE, Kind.NORM2_NORMALIZED);
                mlp(block.mlp(), kinds);
                kinds.addAll(List.of(Kind.MLP_OUT, Kind.RESID_POST));
            }
            case Block.PostNorm _ -> {
                attention(block.attention(), kinds);
                kinds.addAll(List.of(Kind.ATTN_OUT, Kind.RESID_MID, Kind.NORM1_SCALE, Kind.NORM1_NORMALIZED));
                mlp(block.mlp(), kinds);
                kinds.addAll(List.of(
                        Kind.MLP_OUT,
                        Kind.RESID_POST,
                        Kind.NORM2_SCALE,
                        Kind.NORM2_NORMALIZED,
                        Kind.NORMALIZED_RESID_POST));
            }
        }
        return kinds;
    }

    private static void attention(Attention attention, List<Kind> kinds) {
        kinds.addAll(List.of(Kind.Q, Kind.K, Kind.V));
        addIf(attention.norm() != null, kinds, Kind.Q_NORM_SCALE, Kind.Q_NORM_NORMALIZED);
        addIf(attention.norm() != null, kinds, Kind.K_NORM_SCALE, Kind.K_NORM_NORMALIZED);
        addIf(attention.rotary() != null, kinds, Kind.ROT_Q, Kind.ROT_K);
        kinds.addAll(List.of(Kind.SCORES, Kind.PATTERN, Kind.Z, Kind.RESULT));
    }

    /// Where there are no neurons, no value is theirs.
    private static void mlp(Mlp mlp, List<Kind> kinds) {
        if (mlp.dMlp() == 0) {
            return;
        }
        kinds.add(Kind.MLP_PRE);
        addIf(mlp instanceof Mlp.GatedMlp, kinds, Kind.MLP_PRE_LINEAR);
        kinds.add(Kind.MLP_POST);
    }

    private static void addIf(boolean there, List<Kind> kinds, Kind... more) {
        if (there) {
            kinds.addAll(List.of(more));
        }
    }
}
