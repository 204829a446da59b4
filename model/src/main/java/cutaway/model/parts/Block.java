package cutaway.model.parts;

import static cutaway.model.parts.Point.Kind.ATTN_OUT;
import static cutaway.model.parts.Point.Kind.MLP_OUT;
import static cutaway.model.parts.Point.Kind.NORM1_NORMALIZED;
import static cutaway.model.parts.Point.Kind.NORM1_POST_NORMALIZED;
import static cutaway.model.parts.Point.Kind.NORM1_POST_SCALE;
import static cutaway.model.parts.Point.Kind.NORM1_SCALE;
import static cutaway.model.parts.Point.Kind.NORM2_NORMALIZED;
import static cutaway.model.parts.Point.Kind.NORM2_POST_NORMALIZED;
import static cutaway.model.parts.Point.Kind.NORM2_POST_SCALE;
import static cutaway.model.parts.Point.Kind.NORM2_SCALE;
import static cutaway.model.parts.Point.Kind.NORMALIZED_RESID_POST;
import static cutaway.model.parts.Point.Kind.RESID_MID;
import static cutaway.model.parts.Point.Kind.RESID_POST;
import static cutaway.model.parts.Point.Kind.RESID_PRE;

import cutaway.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A block of a transformer: attention and MLP, each of which adds to the residual stream.
public sealed interface Block {

    Attention attention();

    Mlp mlp();

    /// The norms on the way of the residual stream, each once.
    List<Norm> norms();

    /// The norm through which attention reads the residual stream, or null.
    default @Nullable Norm beforeAttention() {
        return switch (this) {
            case Sequential sequential -> sequential.norm1();
            case Parallel parallel -> parallel.norm1();
            case PostNorm _ -> null;
        };
    }

    /// The norm through which the MLP reads the residual stream, or null.
    default @Nullable Norm beforeMlp() {
        return switch (this) {
            case Sequential sequential -> sequential.norm2();
            case Parallel parallel -> parallel.norm2() == null ? parallel.norm1() : parallel.norm2();
            case PostNorm _ -> null;
        };
    }

    /// The norm through which attention writes to the residual stream, or null.
    default @Nullable Norm afterAttention() {
        return this instanceof Sequential sequential ? sequential.norm1Post() : null;
    }

    /// @param x residual stream, `[batch, pos, dModel]`
    /// @return residual stream after the block at the positions that the pass leaves, `[batch, pos, dModel]`
    Tensor forward(Tensor x, Pass pass, Tap.InLayer tap);

    /// Attention, then the MLP (GPT-2; Llama, arXiv:2302.13971, section 2.2; Gemma 2, arXiv:2408.00118, section 2;
    /// OLMo 2, arXiv:2501.00656, section 3.1):
    ///
    ///     h = x + Norm1Post(Attention(Norm1(x)))
    ///     y = h + Norm2Post(MLP(Norm2(h)))
    ///
    /// A norm that is null leaves values as they are: most models have the two in front, OLMo 2 the two behind,
    /// Gemma
    /// 2 and 3 all four.
    ///
    /// @param branchScale factor of what attention and MLP add; 1 in most models
    record Sequential(
            @Nullable Norm norm1,
            Attention attention,
            @Nullable Norm norm1Post,
            @Nullable Norm norm2,
            Mlp mlp,
            @Nullable Norm norm2Post,
            double branchScale)
            implements Block {

        /// With norms in front of attention and MLP alone.
        public static Sequential preNorm(Norm norm1, Attention attention, Norm norm2, Mlp mlp) {
            return new Sequential(norm1, attention, null, norm2, mlp, null, 1);
        }

        @Override
        public Tensor forward(Tensor x, Pass pass, Tap.InLayer tap) {
            Tensor pre = tap.at(RESID_PRE, x);
            Tensor attended = tap.at(ATTN_OUT, () -> {
                Tensor read = normed(norm1, pre, NORM1_SCALE, NORM1_NORMALIZED, tap);
                Tensor out = attention.forward(read, pass, tap);
                return scaled(normed(norm1Post, out, NORM1_POST_SCALE, NORM1_POST_NORMALIZED, tap));
            });
            Tensor mid = tap.at(RESID_MID, pass.left(pre).plus(attended));
            Tensor processed = tap.at(MLP_OUT, () -> {
                Tensor read = normed(norm2, mid, NORM2_SCALE, NORM2_NORMALIZED, tap);
                Tensor out = mlp.forward(read, tap);
                return scaled(normed(norm2Post, out, NORM2_POST_SCALE, NORM2_POST_NORMALIZED, tap));
            });
            return tap.at(RESID_POST, mid.plus(processed));
        }

        private Tensor scaled(Tensor branch) {
            return branchScale == 1 ? branch : branch.times(branchScale);
        }

        private static Tensor normed(
                @Nullable Norm norm, Tensor x, Point.Kind scale, Point.Kind normalized, Tap.InLayer tap) {
            return norm == null ? x : norm.forward(x, scale, normalized, tap);
        }

        @Override
        public List<Norm> norms() {
            return Stream.of(norm1, norm1Post, norm2, norm2Post)
                    .flatMap(norm -> Stream.ofNullable(norm))
                    .toList();
        }
    }

    /// Attention and MLP side by side (GPT-J; GPT-NeoX, arXiv:2204.06745, section 2.1; Phi):
    ///
    ///     y = x + Attention(Norm1(x)) + MLP(Norm2(x))
    ///
    /// @param norm2 null where the MLP reads what attention reads
    record Parallel(
            Norm norm1, Attention attention, @Nullable Norm norm2, Mlp mlp) implements Block {
        @Override
        public Tensor forward(Tensor x, Pass pass, Tap.InLayer tap) {
            Tensor pre = tap.at(RESID_PRE, x);
            Tensor read = norm1.forward(pre, NORM1_SCALE, NORM1_NORMALIZED, tap);
            Tensor attended = tap.at(ATTN_OUT, () -> attention.forward(read, pass, tap));
            Tensor left = pass.left(pre);
            Tensor processed = tap.at(MLP_OUT, () -> {
                Tensor mlpRead =
                        norm2 == null ? pass.left(read) : norm2.forward(left, NORM2_SCALE, NORM2_NORMALIZED, tap);
                return mlp.forward(mlpRead, tap);
            });
            return tap.at(RESID_POST, left.plus(attended).plus(processed));
        }

        @Override
        public List<Norm> norms() {
            return norm2 == null ? List.of(norm1) : List.of(norm1, norm2);
        }
    }

    /// Norms on the residual stream itself, after each addition (BERT, arXiv:1810.04805):
    ///
    ///     h = Norm1(x + Attention(x))
    ///     y = Norm2(h + MLP(h))
    record PostNorm(Attention attention, Norm norm1, Mlp mlp, Norm norm2) implements Block {
        @Override
        public Tensor forward(Tensor x, Pass pass, Tap.InLayer tap) {
            Tensor pre = tap.at(RESID_PRE, x);
            Tensor attended = tap.at(ATTN_OUT, () -> attention.forward(pre, pass, tap));
            Tensor mid = tap.at(RESID_MID, pass.left(pre).plus(attended));
            Tensor normed = norm1.forward(mid, NORM1_SCALE, NORM1_NORMALIZED, tap);
            Tensor processed = tap.at(MLP_OUT, () -> mlp.forward(normed, tap));
            Tensor post = tap.at(RESID_POST, normed.plus(processed));
            return tap.at(NORMALIZED_RESID_POST, norm2.forward(post, NORM2_SCALE, NORM2_NORMALIZED, tap));
        }

        @Override
        public List<Norm> norms() {
            return List.of(norm1, norm2);
        }
    }
}
