package cutaway.lab.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.task.Lattice;
import cutaway.lab.task.Parallelogram;
import cutaway.lab.train.Progress;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuresTest {

    private static Progress point(long step, List<Double> train, List<Double> test) {
        return new Progress(step, 0, Map.of("accuracy", train, "test accuracy", test));
    }

    @Test
    void theGapIsFromTheFirstStepThatIsRightToTheFirstThatIsRightHeldOut() {
        Grokking grokking = Grokking.of(
                List.of(
                        point(0, List.of(0.1, 0.0, 0.2), List.of(0.1, 0.0, 0.2)),
                        point(20, List.of(0.96, 0.3, 0.2), List.of(0.5, 0.1, 0.2)),
                        point(40, List.of(0.90, 1.0, 0.2), List.of(0.7, 0.4, 0.2)),
                        point(60, List.of(1.00, 1.0, 0.2), List.of(0.95, 0.5, 0.2))),
                Grokking.LEARNED);
        assertEquals(40, grokking.gap(0));
        assertEquals(20, grokking.gap(1)); // at least: it was never learned
        assertTrue(Double.isNaN(grokking.gap(2)));
    }

    /// Means of the classes are (2, 0, 1) and (0, 4, 2); the rows are the first mean, moved and stretched, and the
    /// opposite of the second.
    @Test
    void rowsThatAreCentresCorrelateWhateverTheirScale() {
        double[][] features = {{1, 0, 1}, {0, 4, 2}, {3, 0, 1}};
        long[] classes = {0, 1, 0};
        assertEquals(1, ClassCentres.correlation(features, classes, new double[][] {{7, 3, 5}, {0, 8, 4}}), 1e-12);
        assertEquals(0, ClassCentres.correlation(features, classes, new double[][] {{7, 3, 5}, {0, -8, -4}}), 1e-12);
    }

    /// Means are (0, 0), (6, 8) and (0, 16), 10, 16 and 10 apart, 12 on average; examples are 5, 5, 0, 2 and 2 away
    /// from theirs, 2.8 on average. Class 2 does not occur.
    @Test
    void spreadOfClassesByHand() {
        double[][] features = {{3, 4}, {-3, -4}, {6, 8}, {0, 14}, {0, 18}};
        assertEquals(2.8 / 12, ClassCentres.spread(features, new long[] {0, 0, 1, 3, 3}), 1e-12);
    }

    /// Two pairs of opposite points around (1, 1, 1): squares 2 * 9 and 2 * 1.
    @Test
    void sharesOfVarianceByHand() {
        try (Scope _ = Scope.open()) {
            Tensor rows = Tensor.of(new double[] {4, 1, 1, -2, 1, 1, 1, 2, 1, 1, 0, 1}, 4, 3);
            assertArrayEquals(new double[] {0.9, 0.1, 0}, Spectrum.shares(rows), 1e-12);
            assertEquals(1, Spectrum.top(rows, 2), 1e-12);
        }
    }

    /// Points of a lattice on a plane in 13 dimensions, and points drawn each by itself.
    @Test
    void aLatticeHasNoDeviationAndRandomPointsTheRootOfTwo() {
        Lattice task = new Lattice(4, 0.8);
        try (Scope _ = Scope.open()) {
            Random random = new Random(3);
            double[] points = new double[2 * 16];
            for (int i = 0; i < 16; i++) {
                points[2 * i] = i / 4 - 1.5;
                points[2 * i + 1] = i % 4;
            }
            Tensor plane = random.normal(2, 13).to(Dtype.F64);
            Tensor lattice = Tensor.of(points, 16, 2).matmul(plane); // [token, width]
            assertEquals(0, ParallelogramDeviation.of(lattice, task.parallelograms()), 1e-9);
            Tensor cloud = random.normal(16, 2000);
            assertEquals(Math.sqrt(2), ParallelogramDeviation.of(cloud, task.parallelograms()), 0.05);
        }
    }

    /// A square of the sides 2, of which one corner is moved by 1 along a side: open by 1, sides 2, 2, 3
    /// and the root of 5. Opposite sides of the second, which is folded onto itself, are of the length 2:
    /// it has the same sides as a square, and is open by the root of 8.
    @Test
    void deviationByHand() {
        List<Parallelogram> corners = List.of(new Parallelogram(0, 1, 2, 3));
        try (Scope _ = Scope.open()) {
            Tensor moved = Tensor.of(new double[] {0, 0, 2, 0, 0, 2, 3, 2}, 4, 2);
            assertEquals(1 / Math.sqrt((4 + 9 + 4 + 5) / 4.0), ParallelogramDeviation.of(moved, corners), 1e-12);
            Tensor crossed = Tensor.of(new double[] {0, 0, 2, 0, 0, 2, 0, 0}, 4, 2);
            assertEquals(Math.sqrt(8 / 4.0), ParallelogramDeviation.of(crossed, corners), 1e-12);
        }
    }

    /// Points at 0 and 3 of one class, at 10 of another, and one without: 3 apart within, (10 + 7) / 2 between.
    @Test
    void distancesOfClassesByHand() {
        try (Scope _ = Scope.open()) {
            ClassDistances found = ClassDistances.of(Tensor.of(new double[] {0, 3, 10, 100}, 4, 1), List.of(0, 0, 1));
            assertEquals(3, found.within(), 1e-12);
            assertEquals(8.5, found.between(), 1e-12);
            assertEquals(3 / 8.5, found.ratio(), 1e-12);
        }
    }
}
