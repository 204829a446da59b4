package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AdamTest {

    /// The paper's algorithm 1 with its two bias corrections written out, for one number.
    private static double[] byThePaper(double value, double[] gradients, double rate) {
        double m = 0;
        double v = 0;
        double[] values = new double[gradients.length];
        for (int t = 1; t <= gradients.length; t++) {
            double g = gradients[t - 1];
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            double corrected = m / (1 - Math.pow(0.9, t));
            double spread = v / (1 - Math.pow(0.999, t));
            value -= rate * corrected / (Math.sqrt(spread) + 1e-8);
            values[t - 1] = value;
        }
        return values;
    }

    @Test
    void movesAsThePaperSays() {
        try (Scope _ = Scope.open()) {
            int size = 20_000; // more than two chunks
            Tensor exact = new Random(1).normal(size).to(Dtype.F64);
            Tensor single = exact.to(Dtype.F32);
            double first = exact.slice(0, size - 1L, size).item();
            double[] slopes = {0.5, -2, 1e-3, 0, 7};
            double[] expected = byThePaper(first, slopes, 0.01);
            try (Adam doubles = new Adam(Map.of("w", exact), Adam.Settings.USUAL);
                    Adam floats = new Adam(Map.of("w", single), Adam.Settings.USUAL)) {
                for (int t = 0; t < slopes.length; t++) {
                    doubles.step(Map.of("w", Tensor.full(slopes[t], Dtype.F64, size)), 0.01, 1, null);
                    floats.step(Map.of("w", Tensor.full(slopes[t] * 4, Dtype.F32, size)), 0.01, 0.25, null);
                    assertEquals(expected[t], exact.slice(0, size - 1L, size).item(), 1e-13);
                    assertEquals(expected[t], single.slice(0, size - 1L, size).item(), 1e-6);
                }
            }
        }
    }

    @Test
    void untouchedRowsWait() {
        try (Scope _ = Scope.open()) {
            Tensor matrix = new Random(2).normal(3, 5).copy();
            Tensor bias = new Random(3).normal(3).copy();
            double[] before = matrix.toDoubles();
            double[] biasBefore = bias.toDoubles();
            try (Adam adam = new Adam(Map.of("matrix", matrix, "bias", bias), Adam.Settings.USUAL)) {
                adam.step(Map.of("matrix", Tensor.ones(3, 5), "bias", Tensor.ones(3)), 0.1, 1, new boolean[] {
                    true, false, true
                });
                double[] after = matrix.toDoubles();
                for (int i = 0; i < 15; i++) {
                    assertEquals(i / 5 == 1 ? before[i] : before[i] - 0.1, after[i], 1e-6);
                }
                assertEquals(biasBefore[1], bias.toDoubles()[1]);
                assertNotEquals(biasBefore[0], bias.toDoubles()[0]);
            }
        }
    }

    @Test
    void goesOnFromItsStateBitForBit() {
        try (Scope _ = Scope.open()) {
            Tensor unbroken = new Random(4).normal(7, 3).copy();
            Tensor stopped = unbroken.copy();
            try (Adam one = new Adam(Map.of("w", unbroken), Adam.Settings.USUAL);
                    Adam two = new Adam(Map.of("w", stopped), Adam.Settings.USUAL);
                    Adam three = new Adam(Map.of("w", stopped), Adam.Settings.USUAL)) {
                for (int t = 0; t < 4; t++) {
                    Map<String, Tensor> gradient = Map.of("w", new Random(t).normal(7, 3));
                    one.step(gradient, 0.01, 1, null);
                    if (t == 2) {
                        three.restore(two.state(), two.steps());
                    }
                    (t < 2 ? two : three).step(gradient, 0.01, 1, null);
                }
                assertTrue(unbroken.bitsEqual(stopped));
            }
        }
    }

    @Test
    void forgetsTheMeansOfSomeRows() {
        try (Scope _ = Scope.open()) {
            Tensor matrix = Tensor.zeros(2, 2);
            try (Adam adam = new Adam(Map.of("w", matrix), Adam.Settings.USUAL)) {
                adam.step(Map.of("w", Tensor.ones(2, 2)), 0.1, 1, null);
                adam.forget("w", Tensor.of(new long[] {1}, 1));
                Tensor mean = adam.state().get("w.mean");
                assertArrayEquals(new float[] {0.1f, 0.1f, 0, 0}, mean == null ? null : mean.toFloats(), 1e-7f);
            }
        }
    }

    @Test
    void refusesAGradientOfAnotherShape() {
        try (Scope _ = Scope.open();
                Adam adam = new Adam(Map.of("w", Tensor.zeros(2, 2)), Adam.Settings.USUAL)) {
            assertThrows(IllegalArgumentException.class, () -> adam.step(Map.of("w", Tensor.zeros(4)), 0.1, 1, null));
        }
    }
}
