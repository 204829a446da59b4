package cutaway.interp.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {

    /// The curves of "A comparison of group testing architectures for COVID-19 testing" (2020): how many
    /// times fewer runs Dorfman's best pools take.
    @ParameterizedTest
    @CsvSource({"0.02, 8, 3.65", "0.004, 16, 8.02", "0.30, 3, 1.01"})
    void dorfmanGainsWhatThePaperPlots(double rate, int size, double gain) {
        assertEquals(size, Rate.dorfmanSize(rate));
        assertEquals(gain, 1 / Rate.dorfmanCost(rate), 0.005);
    }

    @Test
    void dorfmanGainsNothingAboveThirtyPercent() {
        assertEquals(1, Rate.dorfmanCost(0.31), 0);
    }

    /// Gibbs' and Gower's estimate in closed form, where all pools have one size.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7})
    void estimateIsGibbsAndGowers(int positive) {
        double expected = 1 - Math.pow((8 - positive) / 8.0, 1.0 / 20);
        assertEquals(expected, Rate.estimate(20 * (8 - positive), Collections.nCopies(positive, 20)), 1e-9);
        assertEquals(0, Rate.estimate(160, List.of()));
    }

    /// Drawn pools of mixed sizes: the estimate is near the rate they were drawn with (4 standard errors of
    /// 400 draws).
    @Test
    void estimateOfMixedSizesIsNearTheRate() {
        Random random = new Random(3);
        double sum = 0;
        for (int draw = 0; draw < 400; draw++) {
            int nulls = 0;
            List<Integer> positive = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                int size = 1 << (i % 6);
                boolean hit = random.doubles(size).anyMatch(u -> u < 0.03);
                nulls += hit ? 0 : size;
                if (hit) {
                    positive.add(size);
                }
            }
            sum += Rate.estimate(nulls, positive);
        }
        assertEquals(0.03, sum / 400, 0.002);
    }

    /// Monte Carlo: runs counted while pools of 2^a items are halved, against the best expected cost.
    @Test
    void halvingCostsWhatHalvingTakes() {
        Random random = new Random(4);
        double best = 1;
        for (int power = 1; power <= 7; power++) {
            int size = 1 << power;
            long runs = 0;
            for (int draw = 0; draw < 4000; draw++) {
                boolean[] cause = new boolean[size];
                for (int i = 0; i < size; i++) {
                    cause[i] = random.nextDouble() < 0.05;
                }
                runs += 1 + below(cause, 0, size);
            }
            best = Math.min(best, runs / 4000.0 / size);
        }
        assertEquals(best, Rate.halvingCost(0.05), 0.01);
    }

    private static long below(boolean[] cause, int from, int to) {
        boolean any = false;
        for (int i = from; i < to; i++) {
            any |= cause[i];
        }
        return !any || to - from == 1 ? 0 : 2 + below(cause, from, (from + to) / 2) + below(cause, (from + to) / 2, to);
    }

    /// By exact sums of the binomial, in Python; 0 of 20 is `1 - 0.05^(1/20)`, near the rule of three.
    @ParameterizedTest
    @CsvSource({"0, 20, 0.139108", "3, 20, 0.343664", "1, 59, 0.077907", "20, 20, 1"})
    void atMostIsClopperAndPearsons(int hits, int drawn, double expected) {
        assertEquals(expected, Rate.atMost(hits, drawn), 1e-5);
    }

    /// 1000 choose 5 is 8,250,291,250,200.
    @Test
    void leastRunsAreTheBitsOfTheChoice() {
        assertEquals(Math.log(8250291250200.0) / Math.log(2), Rate.leastRuns(1000, 5), 1e-9);
        assertEquals(0, Rate.leastRuns(1000, 0));
    }

    /// Hwang 1972, by hand: 996 / 5 = 199, so 128; 101 / 900 is below 1.
    @Test
    void groupsOfBinarySplittingAreHwangs() {
        assertEquals(128, BinarySplitting.groupSize(1000, 5));
        assertEquals(512, BinarySplitting.groupSize(1000, 1));
        assertEquals(1, BinarySplitting.groupSize(1000, 900));
    }

    /// Of 500 searches over noise alone, with 1,000 questions each, at most level passes: 5 % and 4
    /// standard errors.
    @Test
    void noiseSeldomPassesAThresholdOfPlacebos() {
        Random random = new Random(5);
        int passed = 0;
        for (int search = 0; search < 500; search++) {
            double[] placebos =
                    random.doubles(200).map(u -> 0.1 * random.nextGaussian()).toArray();
            Threshold threshold = Threshold.ofPlacebos(placebos, 1000, 0.05);
            assertTrue(threshold.effect() < 0.1 * 6, "and it is not far above the noise");
            passed += random.doubles(1000).anyMatch(u -> threshold.passes(0.1 * random.nextGaussian())) ? 1 : 0;
        }
        assertTrue(passed <= 500 * 0.05 + 4 * Math.sqrt(500 * 0.05 * 0.95), passed + " of 500");
    }

    @Test
    void aThresholdIsAboveZero() {
        assertThrows(BadInputException.class, () -> new Threshold(0));
        assertThrows(BadInputException.class, () -> new Threshold(Double.NaN));
        assertThrows(BadInputException.class, () -> Threshold.ofPlacebos(new double[] {0, 0}, 10, 0.05));
    }
}
