package cutaway.model.parts;

import static cutaway.model.parts.Point.Kind.ATTN_OUT;
import static cutaway.model.parts.Point.Kind.MLP_OUT;
import static cutaway.model.parts.Point.Kind.NORM1_NORMALIZED;
import static cutaway.model.parts.Point.Kind.NORM1_SCALE;
import static cutaway.model.parts.Point.Kind.NORM2_NORMALIZED;
import static cutaway.model.parts.Point.Kind.NORM2_SCALE;
import static cutaway.model.parts.Point.Kind.RESID_MID;
import static cutaway.model.parts.Point.Kind.RESID_POST;
import static cutaway.model.parts.Point.Kind.RESID_PRE;

import cutaway.tensor.Tensor;

/// Pre-norm decoder block (GPT-2; Llama, arXiv:2302.13971, section 2.2):
///
///     h = x + Attention(Norm1(x))
///     y = h + MLP(Norm2(h))
public record Block(Norm norm1, Attention attention, Norm norm2, Mlp mlp) {

    /// @param x residual stream, `[batch, pos, dModel]`
    /// @return residual stream after the block, `[batch, pos, dModel]`
    Tensor forward(Tensor x, Pass pass, Tap.InLayer tap) {
        Tensor pre = tap.at(RESID_PRE, x);
        Tensor attended = attention.forward(norm1.forward(pre, NORM1_SCALE, NORM1_NORMALIZED, tap), pass, tap);
        Tensor mid = tap.at(RESID_MID, pre.plus(tap.at(ATTN_OUT, attended)));
        Tensor processed = mlp.forward(norm2.forward(mid, NORM2_SCALE, NORM2_NORMALIZED, tap), tap);
        return tap.at(RESID_POST, mid.plus(tap.at(MLP_OUT, processed)));
    }
}
