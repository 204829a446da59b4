package cutaway.features.coder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.judge.Bench;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ConvexNmfTest {

    private static final int N = 150;
    private static final int D = 9;
    private static final int COUNT = 4;

    /// Non-negative sums of four directions of both signs, of which each row has one or two.
    private static Tensor mixed(Tensor directions) {
        RandomGenerator random = new Random(5).generator();
        double[] codes = new double[N * COUNT];
        for (int row = 0; row < N; row++) {
            codes[row * COUNT + random.nextInt(COUNT)] += 0.5 + random.nextDouble();
            codes[row * COUNT + random.nextInt(COUNT)] += row % 3 == 0 ? 0 : random.nextDouble();
        }
        return Tensor.of(codes, N, COUNT).matmul(directions);
    }

    /// The share of squares that non-negative codes leave.
    private static double left(Tensor x, Tensor directions) {
        return Scope.free(() -> {
            Tensor codes = ConvexNmf.codes(x, directions, 400);
            assertTrue(Arrays.stream(codes.toDoubles()).allMatch(code -> code >= 0));
            return x.minus(codes.matmul(directions)).square().sum().item()
                    / x.square().sum().item();
        });
    }

    @Test
    void plantedDirectionsAreFoundAndRandomOnesExplainLess() {
        try (Scope _ = Scope.open()) {
            Tensor planted = new Random(3).normal(COUNT, D).to(Dtype.F64);
            Tensor x = mixed(planted);
            Tensor found = ConvexNmf.directions(x, COUNT, 400, new Random(1));
            assertTrue(Bench.stability(planted, found) > 0.97, "found " + Bench.stability(planted, found));
            assertTrue(left(x, found) < 0.02, "left " + left(x, found));
            assertTrue(left(x, new Random(9).normal(COUNT, D).to(Dtype.F64)) > 0.3);
        }
    }

    /// As the authors prove of both updates.
    @Test
    void noStepMakesTheErrorLarger() {
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(7).normal(N, D).to(Dtype.F64);
            double last = Double.POSITIVE_INFINITY;
            for (int steps = 0; steps < 12; steps++) {
                double now = left(x, ConvexNmf.directions(x, COUNT, steps, new Random(1)));
                assertTrue(now <= last + 1e-4, "from " + last + " to " + now + " at step " + steps);
                last = now;
            }
        }
    }

    /// By hand: of (3, -2) in the directions (1, 0) and (0, 1) a non-negative code reaches (3, 0); of (2, 3) all.
    @Test
    void codesAreTheNearestNonNegativeOnes() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new double[] {3, -2, 2, 3}, 2, 2);
            Tensor axes = Tensor.of(new double[] {1, 0, 0, 1}, 2, 2);
            double[] codes = ConvexNmf.codes(x, axes, 200).toDoubles();
            double[] expected = {3, 0, 2, 3};
            for (int i = 0; i < 4; i++) {
                assertEquals(expected[i], codes[i], 1e-3);
            }
        }
    }
}
