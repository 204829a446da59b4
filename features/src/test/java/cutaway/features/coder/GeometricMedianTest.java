package cutaway.features.coder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Medians and centroids where the answer is known.
class GeometricMedianTest {

    /// Of the corners of a convex quadrilateral it is where the diagonals meet.
    @Test
    void liesWhereDiagonalsMeet() {
        try (Scope _ = Scope.open()) {
            Tensor corners = Tensor.of(new double[] {0, 0, 4, 4, 3, 0, 0, 6}, 4, 2);
            assertArrayEquals(new double[] {2, 2}, GeometricMedian.of(corners).toDoubles(), 1e-5);
        }
    }

    /// Less than half of the points cannot carry it away, however far they are; the mean goes with them.
    @Test
    void outliersDoNotMoveIt() {
        try (Scope _ = Scope.open()) {
            Tensor near = new Random(1).normal(207, 13).to(Dtype.F64);
            Tensor far = Tensor.full(1e6, Dtype.F64, 40, 13);
            Tensor all = Tensor.cat(java.util.List.of(near, far), 0);
            assertTrue(GeometricMedian.of(all).norm() < 2);
            assertTrue(all.mean(0, false).norm() > 1e5);
        }
    }

    /// Where it is no point of the data, the unit vectors to all points add up to nothing.
    @Test
    void pullsCancel() {
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(2).normal(101, 5).to(Dtype.F64);
            Tensor away = x.minus(GeometricMedian.of(x));
            Tensor unit = away.over(away.square().sum(1, true).sqrt());
            assertEquals(0, unit.sum(0, false).norm(), 1e-3);
        }
    }

    @Test
    void ofEqualRowsIsThatRow() {
        try (Scope _ = Scope.open()) {
            assertArrayEquals(
                    new double[] {3, 3},
                    GeometricMedian.of(Tensor.full(3, Dtype.F64, 7, 2)).toDoubles());
            assertArrayEquals(
                    new double[] {1},
                    GeometricMedian.of(Tensor.of(new double[] {1}, 1, 1)).toDoubles());
        }
    }

    /// Clusters far apart: a centroid in the middle of each that has one of the first draws.
    @Test
    void centroidsAreMeansOfTheirTokens() {
        try (Scope _ = Scope.open()) {
            Tensor x = Planted.tokens(300, 8, 5);
            Tensor centroids = Centroids.of(x, 12, new Random(1));
            double[] rows = x.toDoubles();
            double[] centres = centroids.toDoubles();
            double[] sums = new double[centres.length];
            int[] counts = new int[12];
            for (int row = 0; row < 300; row++) {
                int nearest = 0;
                double least = Double.POSITIVE_INFINITY;
                for (int c = 0; c < 12; c++) {
                    double distance = 0;
                    for (int i = 0; i < 8; i++) {
                        distance += Math.pow(rows[row * 8 + i] - centres[c * 8 + i], 2);
                    }
                    if (distance < least) {
                        least = distance;
                        nearest = c;
                    }
                }
                counts[nearest]++;
                for (int i = 0; i < 8; i++) {
                    sums[nearest * 8 + i] += rows[row * 8 + i];
                }
            }
            for (int i = 0; i < sums.length; i++) {
                sums[i] /= counts[i / 8];
            }
            assertArrayEquals(sums, centres, 1e-9);
            assertTrue(Arrays.stream(counts).allMatch(count -> count > 0));
        }
    }
}
