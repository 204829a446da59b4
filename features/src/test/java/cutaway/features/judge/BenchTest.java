package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.DecoderStart;
import cutaway.features.coder.Sparsity;
import cutaway.features.coder.Wiring;
import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTest {

    /// By hand: taking the largest of each row, 9 and then 1, would be worse than 8 and 7.
    @Test
    void aMatchingIsNotGreedy() {
        assertArrayEquals(new int[] {1, 0}, Matching.best(new double[][] {{9, 8}, {7, 1}}));
        assertArrayEquals(new int[] {2}, Matching.best(new double[][] {{1, 2, 3}}));
    }

    /// The best of all pairings that there are.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aMatchingIsTheBestOfAll(long seed) {
        RandomGenerator random = new Random(seed).generator();
        double[][] gains = new double[4][6];
        for (double[] row : gains) {
            for (int i = 0; i < row.length; i++) {
                row[i] = random.nextGaussian();
            }
        }
        int[] matched = Matching.best(gains);
        double sum = 0;
        for (int row = 0; row < 4; row++) {
            sum += gains[row][matched[row]];
        }
        assertEquals(best(gains, 0, new boolean[6]), sum, 1e-12);
    }

    private static double best(double[][] gains, int row, boolean[] used) {
        if (row == gains.length) {
            return 0;
        }
        double best = Double.NEGATIVE_INFINITY;
        for (int column = 0; column < used.length; column++) {
            if (!used[column]) {
                used[column] = true;
                best = Math.max(best, gains[row][column] + best(gains, row + 1, used));
                used[column] = false;
            }
        }
        return best;
    }

    @Test
    void theSameDirectionsInAnotherOrderAreStableAndRandomOnesAreNot() {
        try (Scope _ = Scope.open()) {
            Tensor rows = new Random(1).normal(13, 20);
            Tensor order = Tensor.of(new long[] {5, 0, 12, 3, 1, 2, 4, 11, 10, 9, 8, 7, 6}, 13);
            assertEquals(1, Bench.stability(rows, rows.gatherRows(0, order).times(3)), 1e-5);
            assertTrue(Bench.stability(rows, new Random(2).normal(13, 20)) < 0.5);
            String said = assertThrows(BadInputException.class, () -> Bench.stability(rows, Tensor.ones(13, 19)))
                    .getMessage();
            assertTrue(said.contains("same site"), said);
        }
    }

    /// By hand: the first twin turns one direction to (0.8, 0.6) and has one that is new; the second is
    /// narrower, and leaves the last without a partner.
    @Test
    void aLatentHasTheMeanCosineWithItsPartners() {
        try (Scope _ = Scope.open();
                Dictionary own = writing(1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0);
                Dictionary first = writing(0, 0, 3, 0, 0.8, 0.6, 0, 0, 0, 0, 0, 1);
                Dictionary narrow = writing(0, 5, 0, 0, 0.6, 0, 0, 0.8)) {
            Twins twins = Twins.of(own, List.of("first", "narrow"), List.of(first, narrow), 1);
            assertArrayEquals(new double[] {(0.8 + 0.6) / 2, (0 + 1) / 2.0, 1}, twins.cosines(), 1e-6);
            assertEquals(2.2 / 3, twins.mean(), 1e-6);
            assertTrue(twins.random() > 0 && twins.random() < 0.7, "random " + twins.random());
            Pairing wide = Pairing.of(own.weights().decoder(), narrow.weights().decoder());
            assertArrayEquals(new double[] {0.6, 1, Double.NaN}, wide.first(), 1e-6);
            assertArrayEquals(new double[] {1, 0.6}, wide.second(), 1e-6);
            assertEquals(0.8, wide.mean(), 1e-6);
        }
    }

    /// @param rows of the decoder, four numbers each
    private static Dictionary writing(double... rows) {
        return Scope.free(() -> {
            Tensor decoder = Tensor.of(rows, rows.length / 4, 4);
            return new Dictionary(
                    new Dictionary.Weights(
                            decoder.copy(),
                            Tensor.full(0, Dtype.F64, rows.length / 4),
                            decoder,
                            Tensor.full(0, Dtype.F64, 4),
                            Optional.empty()),
                    new Activation.Relu(),
                    false,
                    Scaling.NONE,
                    new Origin("", List.of(), List.of(), Map.of()));
        });
    }

    /// A dictionary that begins at given directions has them, whatever its first weights were.
    @Test
    void aDictionaryBeginsWhereItIsSet() {
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(3).normal(50, 9);
            Tensor directions = new Random(4).normal(12, 9);
            try (Coder coder = new CoderSettings(new Sparsity.TopK(2)).create(12, 5, x, x)) {
                DecoderStart.set(coder, directions);
                try (Dictionary dictionary = coder.dictionary(new Origin("", List.of(), List.of(), Map.of()))) {
                    Tensor decoder = dictionary.weights().decoder();
                    assertEquals(1, Bench.stability(directions, decoder), 1e-5);
                    assertEquals(1, Bench.plausibility(dictionary, directions), 1e-5);
                    assertEquals(0, Bench.outOfData(dictionary, directions), 1e-5);
                    assertEquals(2, Bench.fit(dictionary, x).l0(), 0.1);
                }
            }
            CoderSettings archetypal = new CoderSettings(new Sparsity.TopK(2)).with(new Wiring.Archetypal(12, 0));
            try (Coder coder = archetypal.create(12, 5, x, x)) {
                assertThrows(BadInputException.class, () -> DecoderStart.set(coder, directions));
            }
        }
    }
}
