package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShuffleTest {

    private static final double[] TWO_ROWS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

    /// Of three things there are six orders; each comes as often as 6,000 fair draws let it (5 standard deviations).
    @Test
    void everyOrderIsAsLikely() {
        var random = new Random(3).generator();
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < 6000; i++) {
            seen.merge(Arrays.toString(Shuffle.order(3, random)), 1, Integer::sum);
        }
        assertEquals(6, seen.size());
        seen.values().forEach(times -> assertEquals(1000, times, 5 * Math.sqrt(6000 * (1 / 6.) * (5 / 6.))));
    }

    /// What is kept, such as the order of a harvest, depends on these draws.
    @Test
    void theSameSeedGivesTheSameOrder() {
        assertArrayEquals(new int[] {4, 2, 3, 0, 1}, Shuffle.order(5, new Random(7).generator()));
        double[] values = {0, 1, 2, 3, 4};
        Shuffle.of(values, new Random(7).generator());
        assertArrayEquals(new double[] {4, 2, 3, 0, 1}, values);
        assertArrayEquals(new int[0], Shuffle.order(0, new Random(7).generator()));
    }

    @Test
    void withinRowsKeepsWhatEachRowHas() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(TWO_ROWS, 2, 5).to(Dtype.F32);
            Tensor shuffled = Shuffle.withinRows(x, new Random(1).generator());
            assertEquals(x.dtype(), shuffled.dtype());
            assertEquals(x.shape(), shuffled.shape());
            double[] values = shuffled.toDoubles();
            assertFalse(Arrays.equals(TWO_ROWS, values));
            Arrays.sort(values, 0, 5);
            Arrays.sort(values, 5, 10);
            assertArrayEquals(TWO_ROWS, values);
        }
    }

    @Test
    void rowsStayWhole() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(TWO_ROWS, 5, 2);
            double[] values = Shuffle.rows(x, new Random(1).generator()).toDoubles();
            assertFalse(Arrays.equals(TWO_ROWS, values));
            for (int i = 0; i < values.length; i += 2) {
                assertEquals(values[i] + 1, values[i + 1]);
                assertTrue(values[i] % 2 == 1, "a row of before");
            }
            Arrays.sort(values);
            assertArrayEquals(TWO_ROWS, values);
        }
    }
}
