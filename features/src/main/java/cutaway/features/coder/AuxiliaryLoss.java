package cutaway.features.coder;

import cutaway.tensor.Tensor;
import java.util.function.UnaryOperator;

/// Keeps latents from staying dead (Gao et al. 2024, arXiv:2406.04093, appendix A.2): the largest of the dead ones are
/// to reconstruct the error that the others leave,
///
///     min(1, dead / most) mean |e - f_dead W_dec|^2
///
/// where e is the error, held fixed, and `f_dead` the `most` largest pre-activations of dead latents, of either sign.
/// As SAELens has it: scaled down where few are dead, and not divided by the error's variance.
final class AuxiliaryLoss {

    private AuxiliaryLoss() {}

    /// @param residual `[n, dOut]`, outside of the graph
    /// @param z pre-activations, `[n, latent]`
    /// @param dead which latents are dead
    /// @param most of them try at a token
    /// @param write from codes, `[n, latent]`, to outputs without the bias
    /// @return a scalar: 0 where none is dead
    static Tensor of(Tensor residual, Tensor z, boolean[] dead, int most, UnaryOperator<Tensor> write) {
        int count = 0;
        for (boolean isDead : dead) {
            count += isDead ? 1 : 0;
        }
        if (count == 0) {
            return Tensor.full(0, residual.dtype());
        }
        Tensor alive = Tensor.of(dead).not();
        Tensor.Top top = z.maskedFill(alive, Double.NEGATIVE_INFINITY).top(Math.min(most, count));
        Tensor codes = z.times(0).scatter(1, top.indices(), top.values());
        return LinearCoder.errors(write.apply(codes), residual).mean().times(Math.min(1, (double) count / most));
    }
}
