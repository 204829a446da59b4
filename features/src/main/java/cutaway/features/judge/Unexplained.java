package cutaway.features.judge;

/// Fraction of variance unexplained, pooled over tokens and dimensions:
///
///     FVU = sum_t |y(t) - y^(t)|^2 / sum_t |y(t) - m|^2        m = mean_t y(t), one number a dimension
///
/// 0 is perfect; the mean alone has 1; more is worse than the mean. [ExplainedVariance] is `1 - FVU`.
record Unexplained() implements Metric<Reconstructed> {

    @Override
    public String label() {
        return "FVU";
    }

    @Override
    public String unit() {
        return "";
    }

    @Override
    public double[] terms(Reconstructed context) {
        return Spread.terms(context.error().square().sum().item(), context.y());
    }

    @Override
    public double[] settled(double[] terms, double[] all) {
        return Spread.settled(terms, all);
    }

    @Override
    public double value(double[] sums) {
        return sums[0] / sums[1];
    }
}
