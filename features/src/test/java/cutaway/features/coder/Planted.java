package cutaway.features.coder;

import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// Tokens made of a few of some known directions each, around a mean.
final class Planted {

    static final int DIRECTIONS = 16;

    private Planted() {}

    /// Directions of norm 1, `[16, d]`, float64.
    static Tensor directions(int d, long seed) {
        return Scope.keep(() -> {
            Tensor drawn = new Random(seed).normal(DIRECTIONS, d).to(Dtype.F64);
            return drawn.over(drawn.square().sum(1, true).sqrt());
        });
    }

    /// `[n, d]`, float64: about two directions a token.
    static Tensor tokens(int n, int d, long seed) {
        return Scope.keep(() -> {
            Random random = new Random(seed);
            Tensor active =
                    random.uniform(n, DIRECTIONS).less(Tensor.scalar(0.12)).to(Dtype.F64);
            Tensor values =
                    random.uniform(n, DIRECTIONS).to(Dtype.F64).plus(0.5).times(active);
            Tensor noise = random.normal(n, d).to(Dtype.F64).times(0.02);
            Tensor mean = new Random(99).normal(d).to(Dtype.F64).times(0.3);
            return values.matmul(directions(d, 1)).plus(noise).plus(mean);
        });
    }
}
