package cutaway.features.select;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectTest {

    private static final int D = 13;

    private static Dictionary dictionary() {
        Random random = new Random(4);
        Tensor encoder = random.normal(31, D);
        return new Dictionary(
                new Dictionary.Weights(encoder, Tensor.zeros(31), encoder.copy(), random.normal(D), Optional.empty()),
                new Activation.TopK(3, false),
                true,
                Scaling.NONE,
                new Origin("", List.of(), List.of(), Map.of()));
    }

    /// What stands in the hidden columns must not matter there: noise of 100 changes nothing.
    private static void assertBlind(Denoiser denoiser, Tensor x) {
        for (boolean[] hidden : new Masking(3, 1).of(D)) {
            Tensor mask = Tensor.of(hidden, 1, D).to(x.dtype());
            Tensor other = x.plus(mask.times(100));
            Tensor before = denoiser.without(x, hidden).times(mask);
            Tensor after = denoiser.without(other, hidden).times(mask);
            assertArrayEquals(before.toDoubles(), after.toDoubles(), 1e-4);
        }
    }

    @Test
    void hiddenColumnsAreSaidByOthersAlone() {
        try (Scope _ = Scope.open();
                Components components = Components.of(new Random(1).normal(40, D));
                Dictionary dictionary = dictionary()) {
            Tensor x = new Random(2).normal(7, D);
            assertBlind(components.ofRank(4), x);
            assertBlind(new DictionaryDenoiser(dictionary, new double[D]), x);
            Denoiser seeing = new Denoiser() {
                @Override
                public Tensor denoise(Tensor rows) {
                    return rows.copy();
                }

                @Override
                public Tensor without(Tensor rows, boolean[] hidden) {
                    return rows.copy();
                }
            };
            assertThrows(AssertionError.class, () -> assertBlind(seeing, x));
        }
    }

    @Test
    void everyColumnIsHiddenOnce() {
        int[] times = new int[D];
        for (boolean[] hidden : new Masking(4, 9).of(D)) {
            for (int i = 0; i < D; i++) {
                times[i] += hidden[i] ? 1 : 0;
            }
        }
        assertTrue(Arrays.stream(times).allMatch(count -> count == 1), Arrays.toString(times));
        assertThrows(BadInputException.class, () -> new Masking(14, 0).of(D));
    }

    /// A rank of all columns gives rows back; of none, the mean.
    @Test
    void theLargestRankChangesNothingAndNoneIsTheMean() {
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(3).normal(20, D);
            try (Components components = Components.of(x)) {
                assertArrayEquals(x.toDoubles(), components.ofRank(D).denoise(x).toDoubles(), 1e-5);
                double[] mean = x.mean(0, false).toDoubles();
                assertArrayEquals(
                        mean, components.ofRank(0).denoise(x).select(0, 11).toDoubles(), 1e-5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void thePlantedRankIsChosenAndNoneOfNoise(int rank) {
        try (Scope _ = Scope.open()) {
            Random random = new Random(5);
            Tensor x = random.normal(400, D);
            if (rank > 0) {
                x = x.plus(
                        random.normal(400, rank).matmul(random.normal(rank, D)).times(2));
            }
            double[] ranks = {0, 1, 2, 3, 4, 5, 6, 8};
            try (Components components = Components.of(x.slice(0, 0, 200))) {
                Selection selection =
                        new Masking(D, 0).select("rank", ranks, r -> components.ofRank((int) r), x.slice(0, 200, 400));
                assertEquals(rank, selection.chosen().value());
                assertEquals(8, selection.byTrain().value());
            }
        }
    }

    @Test
    void thinnedCountsAddUpAndAreIndependent() {
        RandomGenerator random = new Random(6).generator();
        double[] counts = new double[20_000];
        Arrays.setAll(counts, _ -> {
            int count = -1;
            for (double time = 0; time < 4; time += random.nextExponential()) {
                count++;
            }
            return count;
        });
        try (Scope _ = Scope.open();
                Thinning thinned = Thinning.of(Tensor.of(counts, 200, 100), 0.75, random)) {
            assertArrayEquals(counts, thinned.first().plus(thinned.second()).toDoubles());
            Tensor first = thinned.first().minus(3); // 0.75 of a rate of 4
            Tensor second = thinned.second().minus(1);
            assertEquals(0, first.mean().item(), 0.05);
            assertEquals(0, first.times(second).mean().item(), 0.05); // a variance of 3 and one of 1
            assertEquals(1.0 / 3, thinned.scale(), 1e-12);
        }
        try (Scope _ = Scope.open()) {
            Tensor normalised = Tensor.of(new double[] {0.5}, 1, 1);
            String said = assertThrows(BadInputException.class, () -> Thinning.of(normalised, 0.5, random))
                    .getMessage();
            assertTrue(said.contains("0.5 is no count"), said);
        }
    }

    /// By hand: differences 1, 2, 3 have the mean 2 and the standard error 1 / sqrt(3).
    @Test
    void aSplitTestIsAMeanInStandardErrors() {
        SplitTest test = SplitTest.of(new double[] {1, 1, 1}, new double[] {2, 3, 4});
        assertEquals(2, test.difference(), 1e-12);
        assertEquals(2 * Math.sqrt(3), test.z(), 1e-12);
        assertTrue(test.isFlagged());
        assertFalse(SplitTest.of(new double[] {1, 2}, new double[] {2, 1}).isFlagged());
    }

    /// Columns whose noise is one number of the row: the others foretell it, which only a second measurement tells.
    @Test
    void noiseThatColumnsShareIsFlagged() {
        try (Scope _ = Scope.open()) {
            assertTrue(split(true).isFlagged());
            assertFalse(split(false).isFlagged());
        }
    }

    private static SplitTest split(boolean shared) {
        Random random = new Random(8);
        Tensor clean = random.normal(300, 2).matmul(random.normal(2, D)).to(Dtype.F64);
        Tensor x = clean.plus(noise(random, shared));
        Tensor again = clean.plus(noise(random, shared));
        try (Components components = Components.of(x.slice(0, 0, 150))) {
            Masking masking = new Masking(D, 0);
            Denoiser denoiser = components.ofRank(3);
            Tensor test = x.slice(0, 150, 300);
            return SplitTest.of(
                    masking.losses(denoiser, test, test), masking.losses(denoiser, test, again.slice(0, 150, 300)));
        }
    }

    private static Tensor noise(Random random, boolean shared) {
        Tensor own = random.normal(300, D);
        return (shared ? own.times(0.3).plus(random.normal(300, 1)) : own).to(Dtype.F64);
    }

    /// By hand: of the pixel in the middle, the four at its sides are 2, 4, 6, 8.
    @Test
    void aMedianWithAHoleLeavesThePixelOut() {
        float[] image = {1, 2, 3, 4, 50, 6, 7, 8, 9};
        assertEquals(5, new MedianFilter(1, true).filter(image, 3)[4]);
        assertEquals(6, new MedianFilter(1, false).filter(image, 3)[4]);
        assertEquals(3, new MedianFilter(1, true).filter(image, 3)[0]); // 2 and 4
    }
}
