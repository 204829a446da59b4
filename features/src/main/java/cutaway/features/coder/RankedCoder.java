package cutaway.features.coder;

import cutaway.tensor.Autograd;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// Coders that keep the largest codes (Gao et al. 2024, arXiv:2406.04093). By norm, latents are ranked as if their
/// decoder rows had the norm 1:
///
///     z = ((x - c) W_enc^T + b_enc) |W_dec|        f = the largest of max(0, z)
///     y_hat = (f / |W_dec|) W_dec + b_dec
///     loss = mean |y - y_hat|^2 + the auxiliary loss of dead latents
///
/// Otherwise without the norms.
abstract class RankedCoder extends LinearCoder {

    private final boolean byNorm;
    private final double auxiliary;

    RankedCoder(CoderSettings settings, Maps maps, boolean byNorm, double auxiliary) {
        super(settings, maps);
        this.byNorm = byNorm;
        this.auxiliary = auxiliary;
        addParameter(Maps.ENCODER_BIAS, 0);
    }

    /// Those codes that are kept, zeros elsewhere.
    ///
    /// @param z `[n, latent]`
    /// @return of the same shape
    abstract Tensor kept(Tensor z);

    /// One forward pass, as the terms of the loss need it.
    ///
    /// @param p parameters
    /// @param z what codes were chosen from, `[n, latent]`
    /// @param norms of decoder rows, `[latent]`
    /// @param codes `[n, latent]`
    /// @param reconstruction `[n, dOut]`
    record Forward(Map<String, Tensor> p, Tensor x, Tensor z, Tensor norms, Tensor codes, Tensor reconstruction) {}

    @Override
    public final Loss loss(Map<String, Tensor> p, Tensor x, Tensor y, double sparsity) {
        Tensor norms = maps().norms(p);
        Tensor z = byNorm ? preActivations(p, x).times(norms) : preActivations(p, x);
        Tensor codes = kept(z);
        Tensor reconstruction = maps().decode(p, written(codes, norms), x);
        Tensor errors = errors(reconstruction, y);
        LinkedHashMap<String, Tensor> parts = Loss.parts(errors);
        addParts(parts, new Forward(p, x, z, norms, codes, reconstruction), y);
        return Loss.of(parts, errors, Activity.of(codes));
    }

    /// Adds what else this kind's loss has.
    abstract void addParts(LinkedHashMap<String, Tensor> parts, Forward forward, Tensor y);

    /// What dead latents cost: they are to explain what all others leave.
    final Tensor auxiliary(Forward forward, Tensor y) {
        boolean[] dead = deadMask();
        if (auxiliary == 0) {
            return Tensor.full(0, y.dtype());
        }
        Tensor residual = Autograd.untracked(y.minus(forward.reconstruction));
        return AuxiliaryLoss.of(
                        residual,
                        forward.z,
                        dead,
                        most(forward),
                        codes -> maps().write(forward.p, written(codes, forward.norms)))
                .times(auxiliary);
    }

    /// How many dead latents try at most: half as many as there are inputs (arXiv:2406.04093, appendix B.1).
    static int most(Forward forward) {
        return Math.max(1, (int) forward.x.dim(1) / 2);
    }

    final double auxiliaryCoefficient() {
        return auxiliary;
    }

    final boolean byNorm() {
        return byNorm;
    }

    /// Codes as they meet the decoder.
    final Tensor written(Tensor codes, Tensor norms) {
        return byNorm ? codes.times(norms.pow(-1)) : codes;
    }
}
