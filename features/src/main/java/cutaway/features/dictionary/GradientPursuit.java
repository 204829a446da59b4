package cutaway.features.dictionary;

import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;

/// Encodes with the decoder alone: latents are chosen as in [MatchingPursuit], and after each choice the codes of all
/// that were chosen move along their gradient to where the error along it is least (Blumensath and Davies 2008; with
/// codes kept from below 0, Smith 2024, "Replacing SAE Encoders with Inference-Time Optimisation"):
///
///     g = W_S r        a = r . g W_S / |g W_S|^2        f_S = max(0, f_S + a g)        r = y - b_dec - f_S W_S
///
/// for the rows W_S of the latents chosen so far, here of norm 1.
///
/// @param steps at most; so many latents at most are active on a token
/// @param residual norm of what is left below which a token is done; 0 to take all steps
public record GradientPursuit(int steps, double residual) {

    public GradientPursuit {
        Pursuit.check(steps, residual);
    }

    /// @param y what is to be reconstructed, `[n, dOut]`: of an autoencoder its inputs
    /// @throws cutaway.tensor.BadInputException for a skip transcoder
    public SparseRows encode(Dictionary dictionary, Tensor y) {
        return Scope.free(() -> {
            Pursuit pursuit = new Pursuit(dictionary, y, residual);
            for (int step = 0; step < steps && pursuit.choose(); step++) {
                pursuit.descend();
            }
            return pursuit.codes();
        });
    }
}
