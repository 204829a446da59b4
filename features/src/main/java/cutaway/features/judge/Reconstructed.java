package cutaway.features.judge;

import cutaway.tensor.Tensor;

/// The counted tokens of one context, and what a dictionary makes of them.
///
/// @param x what was encoded, `[n, dIn]` float64
/// @param y what was to be reconstructed, `[n, dOut]` float64; for autoencoders as x
/// @param made the reconstruction, `[n, dOut]` float64
/// @param active latents that are not 0, over all tokens together
/// @param l1 sum over tokens and latents of `|f_i| |d_i|`, `d_i` the latent's decoder row
record Reconstructed(Tensor x, Tensor y, Tensor made, long active, double l1) {

    long tokens() {
        return y.dim(0);
    }

    /// `y - made`, `[n, dOut]`.
    Tensor error() {
        return y.minus(made);
    }
}
