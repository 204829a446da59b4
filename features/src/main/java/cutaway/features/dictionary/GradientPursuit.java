package cutaway.features.dictionary;

import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;

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

    /// Steps for each latent of a token: some are taken by latents that are chosen again.
    private static final int AGAIN = 4;

    public GradientPursuit {
        Pursuit.check(steps, residual);
    }

    /// @param y what is to be reconstructed, `[n, dOut]`: of an autoencoder its inputs
    /// @throws cutaway.tensor.BadInputException for a skip transcoder
    public SparseRows encode(Dictionary dictionary, Tensor y) {
        return encode(dictionary, y, Pursuit.most(y, steps), steps);
    }

    /// Codes of as many latents as another encoder has active on each token, so that the two are compared at the
    /// same L0. A token has fewer where no other latent explains anything of what is left, or one that was chosen
    /// came to 0, which is rare.
    ///
    /// @param y as for [#encode(Dictionary, Tensor)]
    /// @param active latents of each token, `[n]`, 0 or more
    public static SparseRows encode(Dictionary dictionary, Tensor y, int[] active) {
        int most = Arrays.stream(active).max().orElse(0);
        return new GradientPursuit(1, 0).encode(dictionary, y, active, AGAIN * most);
    }

    private SparseRows encode(Dictionary dictionary, Tensor y, int[] most, int atMost) {
        return Scope.free(() -> {
            Pursuit pursuit = new Pursuit(dictionary, y, residual, most);
            for (int step = 0; step < atMost && pursuit.choose(); step++) {
                pursuit.descend();
            }
            return pursuit.codes();
        });
    }
}
