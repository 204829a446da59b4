package cutaway.features.judge;

/// L0: latents that are active on a token, on average.
///
///     L0 = mean_t #{i : f_i(t) != 0}
record ActiveLatents() implements Metric<Reconstructed> {

    @Override
    public String label() {
        return "L0";
    }

    @Override
    public String unit() {
        return "latents a token";
    }

    @Override
    public double[] terms(Reconstructed context) {
        return new double[] {context.active(), context.tokens()};
    }

    @Override
    public double value(double[] sums) {
        return sums[0] / sums[1];
    }
}
