package cutaway.model.export;

import cutaway.model.parts.Activation;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Embedding;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Readout;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.Scores;
import cutaway.model.parts.Transformer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the first thing, weights apart, in which two transformers compute differently.
final class Difference {

    /// Between numbers one of which went through float32.
    private static final double CLOSE = 1e-6;

    private final int context;

    private Difference(int context) {
        this.context = context;
    }

    /// @param context that both were made for
    /// @return what it is and both values, such as "the window of layer 0 is 5, not 0"
    static Optional<String> between(Transformer model, Transformer other, int context) {
        return Optional.ofNullable(new Difference(context).of(model, other));
    }

    private @Nullable String of(Transformer a, Transformer b) {
        if (a.blocks().size() != b.blocks().size()) {
            return is("the number of layers", a.blocks().size(), b.blocks().size());
        }
        for (int layer = 0; layer < a.blocks().size(); layer++) {
            String difference = of(a.blocks().get(layer), b.blocks().get(layer));
            if (difference != null) {
                return "in layer " + layer + ", " + difference;
            }
        }
        return first(
                of(a.embedding(), b.embedding()),
                of(a.readout(), b.readout()),
                is("whether the embedding is the unembedding", Slot.isTied(a), Slot.isTied(b)),
                is("whether a position sees only those before it", a.causal(), b.causal()));
    }

    private @Nullable String of(Embedding a, Embedding b) {
        return is("the factor of the embeddings", a.scale(), b.scale());
    }

    private @Nullable String of(Readout a, Readout b) {
        return first(
                norms("the final norm", List.of(a.norm()), List.of(b.norm())),
                is("the factor of the logits", a.scale(), b.scale()),
                is("the cap of the logits", a.softcap(), b.softcap()));
    }

    private @Nullable String of(Block a, Block b) {
        return first(
                is("the arrangement of attention and MLP", kind(a), kind(b)),
                norms("the norms", a.norms(), b.norms()),
                is("the factor of what attention and MLP add", branchScale(a), branchScale(b)),
                of(a.attention(), b.attention()),
                is("the kind of MLP", kind(a.mlp()), kind(b.mlp())),
                is("the activation function", activation(a.mlp()), activation(b.mlp())));
    }

    private @Nullable String of(Attention a, Attention b) {
        return first(
                is("the number of heads", a.heads(), b.heads()),
                is("the number of key/value heads", a.kvHeads(), b.kvHeads()),
                of(a.scores(), b.scores()),
                is("whether queries and keys are normalised", a.norm() != null, b.norm() != null),
                of(a.rotary(), b.rotary()));
    }

    private @Nullable String of(Scores a, Scores b) {
        return first(
                is("the window (0: none)", Facts.window(a, context), Facts.window(b, context)),
                is("the factor of the scores", a.scale(), b.scale()),
                is("the cap of the scores", a.softcap(), b.softcap()));
    }

    private @Nullable String of(@Nullable Rotary a, @Nullable Rotary b) {
        if (a == null || b == null) {
            return is("whether positions are rotary", a != null, b != null);
        }
        String difference = first(
                is("the number of rotated coordinates", a.dRot(), b.dRot()),
                is(
                        "the factor of rotated queries and keys",
                        a.scaling().magnitude(),
                        b.scaling().magnitude()));
        for (long length : new long[] {1, context, 4L * context}) {
            double[] ours = a.frequencies(length);
            double[] theirs = b.frequencies(length);
            for (int pair = 0; difference == null && pair < ours.length; pair++) {
                difference = is(
                        "the rotary frequency of pair " + pair + " in a text of " + length + " tokens ("
                                + a.scaling().getClass().getSimpleName() + " scaling)",
                        ours[pair],
                        theirs[pair]);
            }
        }
        return difference;
    }

    private @Nullable String norms(String what, List<Norm> a, List<Norm> b) {
        String difference = is("the number of norms", a.size(), b.size());
        for (int i = 0; difference == null && i < a.size(); i++) {
            difference = first(
                    is("the kind of " + what, kind(a.get(i)), kind(b.get(i))),
                    is("the epsilon of " + what, a.get(i).epsilon(), b.get(i).epsilon()));
        }
        return difference;
    }

    private static double branchScale(Block block) {
        return block instanceof Block.Sequential sequential ? sequential.branchScale() : 1;
    }

    private static Activation activation(Mlp mlp) {
        return switch (mlp) {
            case Mlp.PlainMlp plain -> plain.activation();
            case Mlp.GatedMlp gated -> gated.activation();
        };
    }

    private static String kind(Object part) {
        return part.getClass().getSimpleName();
    }

    private static @Nullable String is(String what, Object a, Object b) {
        boolean same = (a instanceof Double x && b instanceof Double y)
                ? Math.abs(x - y) <= CLOSE * Math.abs(x)
                : Objects.equals(a, b);
        return same ? null : what + " is " + a + ", not " + b;
    }

    private static @Nullable String first(@Nullable String... differences) {
        for (String difference : differences) {
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }
}
