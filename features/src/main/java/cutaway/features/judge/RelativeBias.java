package cutaway.features.judge;

/// Relative reconstruction bias: the factor by which reconstructions are too long, above 1, or shrunk, below 1
/// (Gated dictionaries, arXiv:2404.16014, equation 10).
///
///     g = mean_t |y^(t)|^2 / mean_t y(t) . y^(t)
///
/// `y^ / g` has the least squared error of all rescaled reconstructions.
record RelativeBias() implements Metric<Reconstructed> {

    @Override
    public String label() {
        return "relative bias";
    }

    @Override
    public String unit() {
        return "1 is none";
    }

    @Override
    public double[] terms(Reconstructed context) {
        return new double[] {
            context.made().square().sum().item(),
            context.y().times(context.made()).sum().item()
        };
    }

    @Override
    public double value(double[] sums) {
        return sums[0] / sums[1];
    }
}
