package cutaway.features.dictionary;

import cutaway.tensor.Tensor;

/// What makes codes sparse: the function from pre-activations `z = (x - c) W_enc^T + b_enc`, `[n, latent]`, to codes.
public sealed interface Activation {

    /// `f = max(0, z)`.
    record Relu() implements Activation {}

    /// The k largest pre-activations of a token, where they are above 0 (arXiv:2406.04093).
    ///
    /// @param byNorm whether they are ranked, and given, times the norm of their decoder row, by which decoding
    ///     divides
    record TopK(int k, boolean byNorm) implements Activation {
        public TopK {
            if (k < 1) {
                throw new IllegalArgumentException("a TopK dictionary with k = " + k + "; expected at least 1");
            }
        }
    }

    /// `f = z` where `z > threshold`, else 0 (arXiv:2407.14435). BatchTopK and Matryoshka dictionaries end as this too.
    ///
    /// @param threshold `[latent]`
    record JumpRelu(Tensor threshold) implements Activation {}

    /// Whether and how much apart (arXiv:2404.16014), over `p = (x - c) W_enc^T`: `f = max(0, exp(r) p + b_mag)` where
    /// `p + b_gate > 0`, else 0. The dictionary's own encoder bias is zero then.
    ///
    /// @param gateBias `b_gate`, `[latent]`
    /// @param magnitudeBias `b_mag`, `[latent]`
    /// @param logMagnitude `r`, `[latent]`
    record Gated(Tensor gateBias, Tensor magnitudeBias, Tensor logMagnitude) implements Activation {}
}
