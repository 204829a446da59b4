package cutaway.features.dictionary;

import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;

/// Encodes with the decoder alone (Mallat and Zhang 1993): the latent whose decoder row explains most of what is left
/// gets that much more, again and again,
///
///     i = argmax r . w_i / |w_i|        f_i += r . w_i / |w_i|^2        r -= (r . w_i / |w_i|^2) w_i
///
/// from `r = y - b_dec` until there is no positive product, the residual is shorter than asked, or the steps end. Codes
/// are never below 0, and a latent may be chosen more than once. With rows of norm 1 this is SAELens'
/// `matching_pursuit` but for its second stop, at a support that did not grow.
///
/// @param steps at most; so many latents at most are active on a token
/// @param residual norm of what is left below which a token is done; 0 to take all steps
public record MatchingPursuit(int steps, double residual) {

    public MatchingPursuit {
        Pursuit.check(steps, residual);
    }

    /// @param y what is to be reconstructed, `[n, dOut]`: of an autoencoder its inputs
    /// @throws cutaway.tensor.BadInputException for a skip transcoder
    public SparseRows encode(Dictionary dictionary, Tensor y) {
        return Scope.free(() -> {
            Pursuit pursuit = new Pursuit(dictionary, y, residual, Pursuit.most(y, steps));
            for (int step = 0; step < steps && pursuit.choose(); step++) {
                pursuit.addChosen();
            }
            return pursuit.codes();
        });
    }
}
