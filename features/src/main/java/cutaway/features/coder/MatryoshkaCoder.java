package cutaway.features.coder;

import cutaway.tensor.Autograd;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// A [BatchTopKCoder] whose first latents must do alone, too (Bussmann et al. 2025, arXiv:2503.17547), so that they
/// stay general:
///
///     loss = sum over widths w of mean |y - f_(< w) W_dec_(< w) - b_dec|^2 + the auxiliary loss
///
/// As in SAELens the levels count alike. With `ownResidual` the dead latents that a level adds are to explain what that
/// level leaves, not what the whole does.
final class MatryoshkaCoder extends BatchTopKCoder {

    private final Sparsity.Matryoshka kind;
    private final List<Integer> widths;

    MatryoshkaCoder(CoderSettings settings, Sparsity.Matryoshka kind, Maps maps) {
        CoderSettings.require(
                kind.widths().getLast() <= maps.width(),
                "widths " + kind.widths() + " of a dictionary of " + maps.width()
                        + " latents; expected at most as many.");
        super(settings, kind.batchTopK(), maps);
        this.kind = kind;
        widths = new ArrayList<>(kind.widths());
        if (widths.getLast() != maps.width()) {
            widths.add(maps.width());
        }
    }

    @Override
    boolean isPlain() {
        return !kind.ownResidual();
    }

    @Override
    List<Integer> prefixes() {
        return widths;
    }

    @Override
    void addParts(LinkedHashMap<String, Tensor> parts, Forward forward, Tensor y) {
        Tensor decoder = maps().decoder(forward.p());
        Tensor codes = written(forward.codes(), forward.norms());
        Tensor partial = maps().decode(forward.p(), codes.times(0), forward.x());
        Tensor ofDead = Tensor.full(0, y.dtype());
        int from = 0;
        for (int width : widths) {
            partial = partial.plus(codes.slice(1, from, width).matmul(decoder.slice(0, from, width)));
            if (width < maps().width()) {
                parts.put(first(width), errors(partial, y).mean());
            }
            if (kind.ownResidual()) {
                ofDead = ofDead.plus(auxiliary(forward, decoder, y.minus(partial), from, width));
            }
            from = width;
        }
        parts.put(Loss.AUXILIARY, kind.ownResidual() ? ofDead : auxiliary(forward, y));
    }

    /// The auxiliary loss of the latents that a level adds.
    private Tensor auxiliary(Forward forward, Tensor decoder, Tensor residual, int from, int to) {
        boolean[] dead = java.util.Arrays.copyOfRange(deadMask(), from, to);
        Tensor norms = forward.norms().slice(0, from, to);
        Tensor rows = decoder.slice(0, from, to);
        return AuxiliaryLoss.of(
                        Autograd.untracked(residual),
                        forward.z().slice(1, from, to),
                        dead,
                        most(forward.x()),
                        codes -> written(codes, norms).matmul(rows))
                .times(auxiliaryCoefficient());
    }
}
