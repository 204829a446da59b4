package cutaway.features.judge;

/// Mean squared error, summed over dimensions, averaged over tokens:
///
///     MSE = mean_t |y(t) - y^(t)|^2
///
/// (SAELens' `mse` divides this by the tokens of a batch once more.)
record MeanSquaredError() implements Metric<Reconstructed> {

    @Override
    public String label() {
        return "MSE";
    }

    @Override
    public String unit() {
        return "squared, a token";
    }

    @Override
    public double[] terms(Reconstructed context) {
        return new double[] {context.error().square().sum().item(), context.tokens()};
    }

    @Override
    public double value(double[] sums) {
        return sums[0] / sums[1];
    }
}
