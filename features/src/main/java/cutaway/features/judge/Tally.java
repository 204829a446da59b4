package cutaway.features.judge;

import cutaway.interp.statistics.Bootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The terms of one metric, context by context, and what they come to. The contexts are what is drawn anew for the
/// interval, as neighbouring tokens are no independent draws.
final class Tally<M> {

    private final Metric<M> metric;
    private final List<double[]> contexts = new ArrayList<>();

    Tally(Metric<M> metric) {
        this.metric = metric;
    }

    Metric<M> metric() {
        return metric;
    }

    void add(M measured) {
        contexts.add(metric.terms(measured));
    }

    /// The metric of all contexts together.
    Estimate estimate(Bootstrap bootstrap) {
        if (contexts.isEmpty()) {
            return Estimate.exact(Double.NaN);
        }
        double[] all = sum(contexts);
        List<double[]> settled =
                contexts.stream().map(terms -> metric.settled(terms, all)).toList();
        double value = metric.value(sum(settled));
        return new Estimate(
                value,
                Double.isFinite(value)
                        ? bootstrap.of(settled.size(), rows -> metric.value(sum(settled, rows)))
                        : Optional.empty());
    }

    private static double[] sum(List<double[]> terms) {
        double[] sum = new double[terms.getFirst().length];
        terms.forEach(one -> add(sum, one));
        return sum;
    }

    private static double[] sum(List<double[]> terms, int[] rows) {
        double[] sum = new double[terms.getFirst().length];
        for (int row : rows) {
            add(sum, terms.get(row));
        }
        return sum;
    }

    private static void add(double[] sum, double[] terms) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += terms[i];
        }
    }
}
