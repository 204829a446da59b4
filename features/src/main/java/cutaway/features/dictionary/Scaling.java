package cutaway.features.dictionary;

/// What is done to a token's activation before it is encoded, and undone after it is decoded.
public enum Scaling {
    /// Nothing. A factor that was the same for all tokens is folded into the weights.
    NONE,
    /// Scaled to the norm `sqrt(dIn)`.
    CONSTANT_NORM,
    /// Its mean taken away, then divided by its standard deviation (of n - 1, as SAELens has it) plus 1e-5; undone
    /// without the 1e-5.
    LAYER_NORM
}
