package cutaway.features.store;

import java.util.Arrays;

/// Attention sinks: tokens whose vector at a site is so long that it says more than all others together.
public final class Sinks {

    /// A sink is longer than the median token times this.
    public static final double TIMES = 5;

    private Sinks() {}

    /// Up to which norm a token is no sink.
    ///
    /// @param norms of the tokens of some texts at one site; of none there is no limit
    public static double limit(double[] norms) {
        return limit(norms, TIMES);
    }

    /// As [#limit(double[])], with another factor.
    public static double limit(double[] norms, double times) {
        if (norms.length == 0) {
            return Double.MAX_VALUE;
        }
        double[] sorted = norms.clone();
        Arrays.sort(sorted);
        return times * (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
