package cutaway.features.judge;

import cutaway.tensor.Tensor;

/// Cosine between activation and reconstruction, averaged over tokens; 0 where one of them is zero.
///
///     mean_t y(t) . y^(t) / (|y(t)| |y^(t)|)
record Cosine() implements Metric<Reconstructed> {

    @Override
    public String label() {
        return "cosine";
    }

    @Override
    public String unit() {
        return "";
    }

    @Override
    public double[] terms(Reconstructed context) {
        Tensor norms = context.y()
                .square()
                .sum(1, false)
                .times(context.made().square().sum(1, false))
                .sqrt(); // [n]
        Tensor products = context.y().times(context.made()).sum(1, false); // [n]
        Tensor cosines = products.over(norms).maskedFill(norms.equalTo(0), 0);
        return new double[] {cosines.sum().item(), context.tokens()};
    }

    @Override
    public double value(double[] sums) {
        return sums[0] / sums[1];
    }
}
