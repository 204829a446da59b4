package cutaway.model.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SamplerTest {

    /// Odds of 8 : 4 : 2 : 1 : 1, not in order.
    private static final float[] LOGITS = {(float) Math.log(2), (float) Math.log(8), 0, (float) Math.log(4), 0};

    private static final int DRAWS = 40_000;

    @Test
    void drawsFollowTheSoftmax() {
        fits(new double[] {2 / 16d, 8 / 16d, 1 / 16d, 4 / 16d, 1 / 16d}, new Sampling(1, 1, 3));
    }

    /// Half the temperature squares the odds: 64 : 16 : 4 : 1 : 1.
    @Test
    void temperatureSharpensThem() {
        fits(new double[] {4 / 86d, 64 / 86d, 1 / 86d, 16 / 86d, 1 / 86d}, new Sampling(0.5, 1, 4));
    }

    /// Twice the temperature takes the root of the odds.
    @Test
    void temperatureFlattensThem() {
        double total = Math.sqrt(8) + 2 + Math.sqrt(2) + 2;
        fits(
                new double[] {Math.sqrt(2) / total, Math.sqrt(8) / total, 1 / total, 2 / total, 1 / total},
                new Sampling(2, 1, 5));
    }

    /// 8/16 + 4/16 do not reach 0.8, 2/16 more do: the two last ids are never drawn, the others keep their odds.
    @Test
    void topPKeepsTheFewestThatReachIt() {
        fits(new double[] {2 / 14d, 8 / 14d, 0, 4 / 14d, 0}, new Sampling(1, 0.8, 6));
    }

    @Test
    void topPComesAfterTheTemperature() {
        // At temperature 0.5 the first two hold 80/86 = 0.93.
        fits(new double[] {0, 64 / 80d, 0, 16 / 80d, 0}, new Sampling(0.5, 0.9, 7));
    }

    @Test
    void theNucleusIsExactAtItsEdge() {
        double[] probabilities = {0.25, 0.5, 0.125, 0.125};
        assertArrayEquals(new int[] {1}, Sampler.nucleus(probabilities, 0.5));
        assertArrayEquals(new int[] {1, 0}, Sampler.nucleus(probabilities, 0.51));
        assertArrayEquals(new int[] {1, 0}, Sampler.nucleus(probabilities, 0.75));
        assertArrayEquals(new int[] {1, 0, 2}, Sampler.nucleus(probabilities, 0.76));
        assertArrayEquals(new int[] {1, 0, 2, 3}, Sampler.nucleus(probabilities, 0.9));
    }

    @Test
    void greedyTakesTheLargest() {
        assertEquals(1, new Sampler(Sampling.GREEDY).next(Tensor.of(LOGITS)));
    }

    @Test
    void whatIsNoNumberIsRefused() {
        Sampler sampler = new Sampler(new Sampling(1, 1, 0));
        assertThrows(IllegalStateException.class, () -> sampler.next(Tensor.of(new float[] {1, Float.NaN})));
    }

    /// Pearson's chi-square; 30 is above the 99.999th percentile for up to 4 degrees of freedom.
    private static void fits(double[] expected, Sampling sampling) {
        Sampler sampler = new Sampler(sampling);
        int[] counts = new int[expected.length];
        try (Scope scope = Scope.open()) {
            Tensor logits = Tensor.of(LOGITS);
            for (int i = 0; i < DRAWS; i++) {
                counts[sampler.next(logits)]++;
            }
        }
        double chiSquare = 0;
        for (int id = 0; id < expected.length; id++) {
            double count = expected[id] * DRAWS;
            if (count == 0) {
                assertEquals(0, counts[id], "draws of id " + id);
            } else {
                chiSquare += (counts[id] - count) * (counts[id] - count) / count;
            }
        }
        double found = chiSquare;
        assertTrue(chiSquare < 30, () -> "chi-square " + found);
    }
}
