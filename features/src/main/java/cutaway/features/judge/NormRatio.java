package cutaway.features.judge;

import cutaway.tensor.Dtype;
import cutaway.tensor.Tensor;

/// L2 ratio: how long reconstructions are, of the activation's norm, on average over tokens that are not zero.
///
///     mean_t |y^(t)| / |y(t)|
record NormRatio() implements Metric<Reconstructed> {

    @Override
    public String label() {
        return "L2 ratio";
    }

    @Override
    public String unit() {
        return "";
    }

    @Override
    public double[] terms(Reconstructed context) {
        Tensor norms = context.y().square().sum(1, false).sqrt(); // [n]
        Tensor zero = norms.equalTo(0);
        Tensor ratios = context.made().square().sum(1, false).sqrt().over(norms).maskedFill(zero, 0);
        double zeros = zero.to(Dtype.F64).sum().item();
        return new double[] {ratios.sum().item(), context.tokens() - zeros};
    }

    @Override
    public double value(double[] sums) {
        return sums[0] / sums[1];
    }
}
