package cutaway.features.store;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

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

    /// Which of some tokens are one, at any of several sites.
    ///
    /// @param values of each site, `[pos, …]`
    /// @param times a sink is longer than the median token times this
    public static boolean[] among(List<Tensor> values, double times) {
        boolean[] sinks = new boolean[Math.toIntExact(values.getFirst().dim(0))];
        for (Tensor value : values) {
            double[] norms = Scope.free(() -> value.norms(1).toDoubles());
            double most = limit(norms, times);
            for (int pos = 0; pos < sinks.length; pos++) {
                sinks[pos] |= norms[pos] > most;
            }
        }
        return sinks;
    }
}
