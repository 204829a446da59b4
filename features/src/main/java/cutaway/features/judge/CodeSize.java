package cutaway.features.judge;

/// L1 of the codes, each weighted by the norm of its decoder row, on average over tokens:
///
///     L1 = mean_t sum_i |f_i(t)| |d_i|
///
/// Of unit decoder rows that is SAELens' `l1`. The weight makes it the same however a dictionary shares the size of
/// a feature between code and decoder.
record CodeSize() implements Metric<Reconstructed> {

    @Override
    public String label() {
        return "L1";
    }

    @Override
    public String unit() {
        return "of the activations";
    }

    @Override
    public double[] terms(Reconstructed context) {
        return new double[] {context.l1(), context.tokens()};
    }

    @Override
    public double value(double[] sums) {
        return sums[0] / sums[1];
    }
}
