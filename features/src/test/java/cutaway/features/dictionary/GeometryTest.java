package cutaway.features.dictionary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GeometryTest {

    private static Geometry of(double[] values, long... dims) {
        try (Scope _ = Scope.open()) {
            return Geometry.of(Tensor.of(values, dims));
        }
    }

    /// The paper's polytopes: alone 1, a pair of opposites 1/2, a triangle 2/3, a pentagon 2/5, a tetrahedron 3/4.
    @Test
    void polytopesHaveTheDimensionalitiesOfThePaper() {
        assertArrayEquals(
                new double[] {1, 0.5, 0.5},
                of(new double[] {2, 0, 0, 1, 0, -1}, 3, 2).dimensionality(),
                1e-12);
        for (int corners : new int[] {3, 5}) {
            double[] polygon = new double[2 * corners];
            for (int i = 0; i < corners; i++) {
                polygon[2 * i] = Math.cos(2 * Math.PI * i / corners);
                polygon[2 * i + 1] = Math.sin(2 * Math.PI * i / corners);
            }
            double[] expected = new double[corners];
            Arrays.fill(expected, 2.0 / corners);
            assertArrayEquals(expected, of(polygon, corners, 2).dimensionality(), 1e-12);
        }
        double[] tetrahedron = {1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1};
        assertArrayEquals(
                new double[] {0.75, 0.75, 0.75, 0.75}, of(tetrahedron, 4, 3).dimensionality(), 1e-12);
    }

    /// By hand: of (3, 4) and (0, 2), `w_1 . W_2 = 1.6`, `w_2 . W_1 = 4`.
    @Test
    void interferenceIsThatOfAllOthers() {
        Geometry two = of(new double[] {3, 4, 0, 2, 0, 0}, 3, 2);
        assertArrayEquals(new double[] {5, 2, 0}, two.norms(), 1e-12);
        assertArrayEquals(new double[] {2.56, 16, 0}, two.interference(), 1e-12);
        assertArrayEquals(new double[] {25 / 27.56, 4.0 / 20, 0}, two.dimensionality(), 1e-12);
        assertEquals(2 / 29.0, two.dimensionsPerFeature(2), 1e-12);
        assertEquals(1, two.longerThan(2));
    }

    @Test
    void manyRowsGoInBlocks() {
        try (Scope _ = Scope.open()) {
            Tensor rows = new Random(1).normal(1100, 7);
            Geometry all = Geometry.of(rows);
            double sum = 0;
            double[] last = rows.select(0, 1099).toDoubles();
            for (int j = 0; j < 1100; j++) {
                double[] other = rows.select(0, j).toDoubles();
                double product = 0;
                for (int i = 0; i < 7; i++) {
                    product += last[i] * other[i];
                }
                sum += product * product;
            }
            double own = Arrays.stream(last).map(value -> value * value).sum();
            assertEquals(own * own / sum, all.dimensionality()[1099], 1e-6);
        }
    }
}
