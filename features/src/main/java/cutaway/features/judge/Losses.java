package cutaway.features.judge;

/// What the model loses on the counted tokens of one context, each summed over them, nats.
///
/// @param tokens whose next token was predicted
/// @param whole cross-entropy of the model as it is
/// @param spliced with the reconstruction in place
/// @param zero with zero in place
/// @param mean with the mean activation in place
/// @param splicedKl `KL(model as it is || spliced)`
/// @param zeroKl the same with zero in place
/// @param meanKl the same with the mean in place
record Losses(
        long tokens,
        double whole,
        double spliced,
        double zero,
        double mean,
        double splicedKl,
        double zeroKl,
        double meanKl) {}
