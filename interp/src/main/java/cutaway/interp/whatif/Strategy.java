package cutaway.interp.whatif;

/// What thresholds are chosen for. Each chooses, among what it allows, the thresholds whose errors cost
/// least.
public enum Strategy {
    /// One threshold for all slices, whichever a row is in.
    SINGLE,
    /// A threshold for each slice, the cheapest there.
    GROUP,
    /// Slices are predicted 1 at about the same share.
    DEMOGRAPHIC_PARITY,
    /// Of the rows labelled 1, about the same share is predicted 1 in every slice.
    EQUAL_OPPORTUNITY,
    /// Predictions are right at about the same share in every slice.
    EQUAL_ACCURACY
}
