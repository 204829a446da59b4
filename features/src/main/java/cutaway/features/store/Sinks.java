package cutaway.features.store;

import java.util.Arrays;

/// Attention sinks: tokens whose vector at a site is so long that it says more than all others together.
public final class Sinks {

    /// A sink is longer than the median token times this.
    private static final double SINK = 5;

    private Sinks() {}

    /// Up to which norm a token is no sink.
    ///
    /// @param norms of the tokens of some texts at one site; of none there is no limit
    public static double limit(double[] norms) {
        if (norms.length == 0) {
            return Double.MAX_VALUE;
        }
        double[] sorted = norms.clone();
        Arrays.sort(sorted);
        return SINK * (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
