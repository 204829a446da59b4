package cutaway.interp.check;

import java.util.Optional;

/// How far the predictions of a model are from those of a reference.
///
/// @param meanKl of `KL(reference || model)` over positions, nats
/// @param worstKl the largest of a position, nats
/// @param at where it was met
/// @param top1 the share of positions at which both put the same token first, 0 to 1
/// @param positions how many were compared
/// @param perplexity none for an encoder, which predicts no next token, nor where no sequence has two tokens
public record PredictionError(
        double meanKl, double worstKl, Place at, double top1, int positions, Optional<Perplexity> perplexity) {

    /// `exp` of the mean next-token cross-entropy over the sequences.
    ///
    /// @param tokens how many were predicted
    public record Perplexity(double model, double reference, int tokens) {}
}
