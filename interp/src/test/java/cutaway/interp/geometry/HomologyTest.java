package cutaway.interp.geometry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class HomologyTest {

    /// A square of side 1: its loop opens at the sides' length and is filled at the diagonal's.
    @Test
    void aSquareHasOneLoop() {
        try (Scope _ = Scope.open()) {
            Homology found = Homology.of(Tensor.of(new double[] {0, 0, 1, 0, 1, 1, 0, 1}, 4, 2));
            assertEquals(List.of(1.0, 1.0, 1.0), found.parts());
            assertEquals(1, found.loops().size());
            assertEquals(1, found.loops().getFirst().birth(), 1e-12);
            assertEquals(Math.sqrt(2), found.loops().getFirst().death(), 1e-12);
        }
    }

    /// Of n points on a circle of radius 1, neighbours are 2 sin(pi / n) apart, and the loop is filled by the first
    /// triangle that holds the middle: its longest side spans a third of the points, rounded up.
    @Test
    void aCircleHasOneLoopOfKnownLife() {
        try (Scope _ = Scope.open()) {
            int n = 40;
            Homology found = Homology.of(circle(n, 0, 0));
            assertEquals(1, found.loops().size());
            assertEquals(2 * Math.sin(Math.PI / n), found.loops().getFirst().birth(), 1e-9);
            assertEquals(
                    2 * Math.sin(Math.PI * 14 / n), found.loops().getFirst().death(), 1e-9);
        }
    }

    @Test
    void twoCirclesApartHaveTwoLoopsAndTwoParts() {
        try (Scope _ = Scope.open()) {
            Homology found = Homology.of(Tensor.cat(List.of(circle(24, 0, 0), circle(24, 10, 1)), 0));
            double[] lives =
                    found.loops().stream().mapToDouble(Homology.Loop::life).toArray();
            assertTrue(lives[0] > 1 && lives[1] > 1, found.toString());
            assertTrue(lives.length == 2 || lives[2] < 0.7, found.toString());
            assertTrue(found.parts().getLast() > 7, found.toString());
            assertTrue(found.parts().get(found.parts().size() - 2) < 0.4, found.toString());
        }
    }

    @Test
    void aCircleStandsOutFromShuffledCloudsAndACloudDoesNot() {
        try (Scope _ = Scope.open()) {
            Tensor noisy =
                    circle(40, 0, 0).plus(new Random(3).normal(40, 2).times(0.1).to(Dtype.F64));
            assertEquals(0.05, Homology.against(noisy, 19, 1).p(), 1e-9);
            int low = 0;
            for (long seed = 0; seed < 10; seed++) {
                low += Homology.against(new Random(seed + 50).normal(40, 3), 19, seed)
                                        .p()
                                <= 0.05
                        ? 1
                        : 0;
            }
            assertTrue(low <= 2, low + " of 10 clouds");
        }
    }

    @Test
    void landmarksAreFarApart() {
        try (Scope _ = Scope.open()) {
            Tensor line = Tensor.of(new double[] {0, 0.1, 0.2, 5, 9.9, 10}, 6, 1);
            int[] chosen = Homology.landmarks(line, 3, 0);
            double[] sorted = LabelSplit.rows(line, chosen).to(Dtype.F64).toDoubles();
            java.util.Arrays.sort(sorted);
            assertArrayEquals(new double[] {0, 5, 10}, sorted, 0.25);
        }
    }

    @Test
    void tooManyPointsAreRefused() {
        try (Scope _ = Scope.open()) {
            assertThrows(BadInputException.class, () -> Homology.of(Tensor.zeros(2, 2)));
            assertThrows(BadInputException.class, () -> Homology.of(Tensor.zeros(161, 2)));
        }
    }

    private static Tensor circle(int n, double x, double turn) {
        double[] points = new double[2 * n];
        for (int i = 0; i < n; i++) {
            points[2 * i] = x + Math.cos(2 * Math.PI * i / n + turn);
            points[2 * i + 1] = Math.sin(2 * Math.PI * i / n + turn);
        }
        return Tensor.of(points, n, 2);
    }
}
