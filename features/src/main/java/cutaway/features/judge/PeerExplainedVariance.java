package cutaway.features.judge;

import cutaway.tensor.Tensor;

/// "Explained variance" as others print it where it is not `1 - FVU`: to compare with their tables, not to believe.
enum PeerExplainedVariance implements Metric<Reconstructed> {

    /// SAELens 6.18 and SAEBench 0.6 (`evals.py`; SAELens 6.54 is right): in place of the squared mean of each
    /// dimension they take away the squared mean *square* of all numbers, q.
    ///
    ///     1 - mean_t |y - y^|^2 / (mean_t |y|^2 - q^2)        q = mean_{t,d} y_d^2
    ///
    /// Of d numbers of variance 1 and mean 2, explained to three quarters, it has `1 - 0.25 d / (5 d - 25)`: 0.95
    /// for large d. Where q is above d it can leave 0 to 1.
    SQUARED_SQUARE("explained, as SAELens 6.18") {
        @Override
        double below(double[] sums) {
            double square = sums[2] / sums[1];
            double q = square / sums[4];
            return sums[1] * (square - q * q);
        }
    },

    /// overcomplete's R2: one mean for all dimensions, so that the spread of the dimensions' means counts as
    /// variance that every reconstruction explains.
    ONE_MEAN("explained, as overcomplete") {
        @Override
        double below(double[] sums) {
            double mean = sums[3] / (sums[1] * sums[4]);
            return sums[2] - sums[1] * sums[4] * mean * mean;
        }
    };

    private final String label;

    PeerExplainedVariance(String label) {
        this.label = label;
    }

    /// What they divide by, summed over tokens.
    ///
    /// @param sums as terms, but for the last, which is the number of dimensions
    abstract double below(double[] sums);

    @Override
    public String label() {
        return label;
    }

    @Override
    public String unit() {
        return "";
    }

    @Override
    public double[] terms(Reconstructed context) {
        Tensor y = context.y();
        long n = y.dim(0);
        return new double[] {
            context.error().square().sum().item(),
            n,
            y.square().sum().item(),
            y.sum().item(),
            (double) n * y.dim(1)
        };
    }

    @Override
    public double value(double[] sums) {
        double[] own = sums.clone();
        own[4] = sums[4] / sums[1];
        return 1 - sums[0] / below(own);
    }
}
