package cutaway.features.judge;

/// A number that says how good a dictionary is: a function of sums over tokens, so that it can be taken of any draw
/// of contexts.
///
/// @param <M> what is measured on the tokens of one context
interface Metric<M> {

    String label();

    /// Its unit, empty for a pure number.
    String unit();

    /// What is summed: of the tokens of one context.
    double[] terms(M measured);

    /// The terms of one context once those of all are known; for what depends on a mean over all tokens. That mean
    /// counts as known when contexts are drawn anew.
    ///
    /// @param all the sum of the terms over all contexts
    default double[] settled(double[] terms, double[] all) {
        return terms;
    }

    /// The number.
    ///
    /// @param sums of the settled terms over contexts
    double value(double[] sums);
}
