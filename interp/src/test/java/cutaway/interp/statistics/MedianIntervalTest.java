package cutaway.interp.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MedianIntervalTest {

    /// Each of the `n ^ n` resamples, once.
    private static double[] medians(double[] values) {
        int count = values.length;
        int all = (int) Math.round(Math.pow(count, count));
        double[] medians = new double[all];
        for (int resample = 0; resample < all; resample++) {
            double[] drawn = new double[count];
            for (int i = 0, rest = resample; i < count; i++, rest /= count) {
                drawn[i] = values[rest % count];
            }
            Arrays.sort(drawn);
            medians[resample] = (drawn[(count - 1) / 2] + drawn[count / 2]) / 2;
        }
        Arrays.sort(medians);
        return medians;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7})
    void isThatOfAllResamples(int count) {
        double[] values = new Random(count).doubles(count).toArray();
        double[] medians = medians(values);
        for (double confidence : new double[] {0.3, 0.5, 0.8, 0.95, 0.99}) {
            double tail = (1 - confidence) / 2;
            Interval interval = MedianInterval.of(values, confidence).orElseThrow();
            assertEquals(medians[(int) Math.ceil(tail * medians.length) - 1], interval.low(), 1e-12);
            assertEquals(medians[(int) Math.ceil((1 - tail) * medians.length) - 1], interval.high(), 1e-12);
        }
    }

    @Test
    void ofFiveOrFewerIsFromTheLeastToTheMostAndOfMoreIsNot() {
        Interval ofFive = MedianInterval.of(new double[] {4, 2, 16, 1, 8}, 0.95).orElseThrow();
        assertEquals(1, ofFive.low());
        assertEquals(16, ofFive.high());
        Interval ofSix =
                MedianInterval.of(new double[] {4, 2, 16, 1, 8, 32}, 0.95).orElseThrow();
        assertEquals(1.5, ofSix.low());
        assertEquals(24, ofSix.high());
        double[] many = new Random(1).doubles(2001).toArray();
        Interval ofMany = MedianInterval.of(many, 0.95).orElseThrow();
        assertTrue(ofMany.high() - ofMany.low() < 0.1 && ofMany.holds(0.5), ofMany.toString());
        Interval ofEven = MedianInterval.of(Arrays.copyOf(many, 400), 0.95).orElseThrow();
        assertTrue(ofEven.high() - ofEven.low() < 0.2 && ofEven.holds(0.5), ofEven.toString());
    }

    @Test
    void thereIsNoneWhereTheValuesCannotSay() {
        assertTrue(MedianInterval.of(new double[] {1}, 0.95).isEmpty());
        assertTrue(MedianInterval.of(new double[] {1, 1, 1}, 0.95).isEmpty());
        assertTrue(MedianInterval.of(new double[] {1, Double.NaN, 2}, 0.95).isEmpty());
    }
}
