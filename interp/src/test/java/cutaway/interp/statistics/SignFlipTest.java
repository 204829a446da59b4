package cutaway.interp.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignFlipTest {

    private static final SignFlip TEST = SignFlip.seeded(1);

    private static final double[][] FAMILY = {
        {1.1, 0.8, 1.4, 0.9, 1.2, 0.7, 1.3, 1.0},
        {0.6, 0.9, -0.1, 0.8, 0.5, 0.7, 0.9, 0.2},
        {3.0, -1.0, 4.0, 2.0, -2.0, 1.0, 5.0, 0.5},
        {0.01, -0.02, 0.03, -0.01, 0.02, -0.03, 0.01, 0.02}
    };

    /// scipy 1.16.3, permutation_test (scripts/golden/statistics_numbers.py): 44 of 1024 signs.
    @Test
    void agreesWithScipy() {
        assertEquals(44 / 1024.0, TEST.p(new double[] {0.9, -0.2, 0.4, 1.3, 0.0, 0.7, -0.5, 1.1, 0.3, 0.6}), 1e-12);
    }

    /// By hand: the signs of 1, 2 and 4 give ±1, ±3, ±5 and ±7. All are as far as 1 + 2 - 4, six as far as 1 -
    /// 2 + 4, two as
    /// far as 1 + 2 + 4.
    @Test
    void byHand() {
        assertEquals(1, TEST.p(new double[] {1, 2, -4}));
        assertEquals(2 / 8.0, TEST.p(new double[] {1, 2, 4}));
        assertEquals(6 / 8.0, TEST.p(new double[] {1, -2, 4}));
    }

    /// Sums that are the same but for rounding, 0.1 + 0.2 and 0.3, count as the same: of 0.1, 0.2, 0.3 and 0.6 with the
    /// last negative the sum is 0, and nothing is nearer.
    @Test
    void roundingBreaksNoTie() {
        assertEquals(1, TEST.p(new double[] {0.1, 0.2, 0.3, -0.6}));
        assertEquals(1, TEST.p(new double[] {0.6, -0.3, -0.2, -0.1}));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 0.5", "10, 0.001953125", "16, 0.000030517578125", "17, 0.0001", "200, 0.0001"})
    void theSmallestPIsWhatLargeEffectsGive(int prompts, double smallest) {
        assertEquals(smallest, TEST.smallestP(prompts), 1e-15);
        double[] effects = new double[prompts];
        Arrays.setAll(effects, i -> 1 + i % 7);
        double p = TEST.p(effects);
        // of 17 prompts, one of 65,536 pairs of signs is as far, and 9,999 random flips may meet it
        assertTrue(p == smallest || (prompts == 17 && p <= 3 * smallest), prompts + " prompts gave " + p);
    }

    /// 17 prompts are flipped at random; the exact share comes from all 2^17 signs, added up here.
    @Test
    void randomFlipsComeNearAllSigns() {
        double[] effects = new Normal(29).values(17, 0.2);
        double observed = Math.abs(Arrays.stream(effects).sum());
        int far = 0;
        for (int signs = 0; signs < 1 << 17; signs++) {
            double sum = 0;
            for (int i = 0; i < 17; i++) {
                sum += (signs & (1 << i)) == 0 ? effects[i] : -effects[i];
            }
            far += Math.abs(sum) >= observed - 1e-9 ? 1 : 0;
        }
        double exact = far / (double) (1 << 17);
        assertTrue(exact > 0.02 && exact < 0.5, "no case for this test: " + exact);
        assertEquals(exact, TEST.p(effects), 4 * Math.sqrt(exact * (1 - exact) / 9999));
        assertEquals(TEST.p(effects), SignFlip.seeded(1).p(effects));
        assertNotEquals(TEST.p(effects), SignFlip.seeded(2).p(effects));
    }

    /// numpy 2.4.6, by the definition over all signs, with Student's t (scripts/golden/statistics_numbers.py).
    @Test
    void manyQuestionsAgreeWithTheDefinition() {
        SignFlip.Tests tests = TEST.of(FAMILY);
        assertArrayEquals(new double[] {2 / 256.0, 4 / 256.0, 34 / 256.0, 190 / 256.0}, tests.p(), 1e-12);
        assertArrayEquals(new double[] {2 / 256.0, 6 / 256.0, 50 / 256.0, 190 / 256.0}, tests.familyWise(), 1e-12);
    }

    /// By hand, of eight signs with the first plus: each question alone is as far in 4, either of them in 6. Both reach
    /// equally far, so both are given the larger p; the one compared last may not come off better.
    @Test
    void equalsShareTheLargerP() {
        SignFlip.Tests tests = TEST.of(new double[][] {{3, 1, 1, -1}, {-1, 3, 1, 1}});
        assertArrayEquals(new double[] {4 / 8.0, 4 / 8.0}, tests.p(), 1e-12);
        assertArrayEquals(new double[] {6 / 8.0, 6 / 8.0}, tests.familyWise(), 1e-12);
    }

    /// The drawn signs are one more flip: of 19, every p is a number of twentieths, from the first.
    @Test
    void theDrawnSignsCountAsAFlip() {
        SignFlip.Tests tests = new SignFlip(19, 3).of(new Normal(61).correlated(13, 20));
        for (double[] all : new double[][] {tests.p(), tests.familyWise()}) {
            for (double p : all) {
                assertTrue(p >= 0.05 && Math.abs(20 * p - Math.rint(20 * p)) < 1e-9, "p = " + p);
            }
        }
    }

    @Test
    void neitherOrderNorScaleOfTheQuestionsMatters() {
        SignFlip.Tests tests = TEST.of(FAMILY);
        double[][] other = {FAMILY[2], FAMILY[0], FAMILY[3], FAMILY[1]};
        SignFlip.Tests reordered = TEST.of(Arrays.stream(other)
                .map(row -> Arrays.stream(row).map(x -> 1e-200 * x).toArray())
                .toArray(double[][]::new));
        for (int[] pair : new int[][] {{2, 0}, {0, 1}, {3, 2}, {1, 3}}) {
            assertEquals(tests.p()[pair[0]], reordered.p()[pair[1]]);
            assertEquals(tests.familyWise()[pair[0]], reordered.familyWise()[pair[1]]);
        }
    }

    /// A question that some prompts lack is tested by those that have it, and copies of a question cost nothing.
    @Test
    void absentPromptsAndCopies() {
        double nan = Double.NaN;
        double[] whole = {0.6, 0.9, -0.1, 0.8, 0.5};
        double[] gaps = {nan, 0.6, 0.9, nan, -0.1, 0.8, 0.5, nan};
        SignFlip.Tests tests = TEST.of(new double[][] {gaps, gaps, gaps});
        assertEquals(4 / 32.0, TEST.p(whole)); // -0.1 either way, and their negatives
        assertArrayEquals(new double[] {4 / 32.0, 4 / 32.0, 4 / 32.0}, tests.p(), 1e-12);
        assertArrayEquals(tests.p(), tests.familyWise(), 1e-12);
        assertEquals(TEST.p(whole), TEST.p(gaps));
    }

    /// Among many prompts, a question that two have can say no more than two can: random flips must not say more.
    @Test
    void fewPresentOfManyClaimNoMoreThanTheyCan() {
        double[][] effects = {new Normal(31).values(40, 0), new double[40]};
        Arrays.fill(effects[1], Double.NaN);
        effects[1][3] = 5;
        effects[1][30] = 6;
        for (int seed = 0; seed < 20; seed++) {
            double p = new SignFlip(99, seed).of(effects).p()[1];
            assertTrue(p >= 0.5 && p <= 0.7, "p = " + p);
        }
    }

    @Test
    void noEffectAtAllIsNoEvidence() {
        assertEquals(1, TEST.p(new double[9]));
        assertEquals(1, TEST.p(new double[30]));
        assertEquals(1, TEST.of(new double[][] {FAMILY[0], new double[8]}).familyWise()[1]);
    }

    /// 2,000 trials without an effect have a standard error of 0.5 %. Ten prompts are tried exactly, twenty at random.
    @ParameterizedTest
    @CsvSource({"10", "20"})
    void rejectsATrueNullAsOftenAsItSays(int prompts) {
        var normal = new Normal(37);
        int rejected = 0;
        for (int trial = 0; trial < 2000; trial++) {
            rejected += new SignFlip(399, trial).p(normal.values(prompts, 0)) <= 0.05 ? 1 : 0;
        }
        assertTrue(rejected >= 65 && rejected <= 130, "rejected " + rejected + " of 2000");
    }

    /// 25 questions without an effect that have something in common, 600 trials (standard error 0.9 %): at least one is
    /// rejected in about 5 % of them once adjusted, and far more often if not.
    @ParameterizedTest
    @CsvSource({"9", "20"})
    void rejectsAnyOfManyTrueNullsAsOftenAsItSays(int prompts) {
        var normal = new Normal(41);
        int adjusted = 0;
        int alone = 0;
        for (int trial = 0; trial < 600; trial++) {
            SignFlip.Tests tests = new SignFlip(399, trial).of(normal.correlated(25, prompts));
            adjusted += Arrays.stream(tests.familyWise()).min().orElseThrow() <= 0.05 ? 1 : 0;
            alone += Arrays.stream(tests.p()).min().orElseThrow() <= 0.05 ? 1 : 0;
        }
        assertTrue(adjusted >= 12 && adjusted <= 48, "rejected one in " + adjusted + " of 600");
        assertTrue(alone > 150, "without adjusting in " + alone);
    }

    /// One effect of one standard deviation among 25 questions of 20 prompts: a t test at Bonferroni's 0.05 /
    /// 25 finds it in
    /// 79 % (scipy's nct); 200 trials have a standard error of 2.9 %, and four are allowed. Where questions move
    /// together, comparing with their largest finds more than Holm does.
    @Test
    void findsAPlantedEffect() {
        var normal = new Normal(43);
        int found = 0;
        int byHolm = 0;
        for (int trial = 0; trial < 200; trial++) {
            double[][] effects = normal.correlated(25, 20);
            double[] planted = effects[7];
            for (int i = 0; i < 20; i++) {
                planted[i] += 8 * Math.sqrt(2);
            }
            SignFlip.Tests tests = new SignFlip(999, trial).of(effects);
            found += tests.familyWise()[7] <= 0.05 ? 1 : 0;
            byHolm += Correction.HOLM.adjust(tests.p())[7] <= 0.05 ? 1 : 0;
        }
        assertTrue(found >= 135, "found in " + found + " of 200");
        assertTrue(found > byHolm, found + ", by Holm " + byHolm);
    }

    @Test
    void refusesWhatCannotBeUsed() {
        assertThrows(BadInputException.class, () -> new SignFlip(18, 1));
        assertThrows(BadInputException.class, () -> TEST.p(new double[] {}));
        assertThrows(BadInputException.class, () -> TEST.p(new double[] {1, Double.POSITIVE_INFINITY}));
        assertThrows(BadInputException.class, () -> TEST.of(new double[][] {}));
        assertEquals(
                "question 1 has 1 effects and question 0 has 2; give one a prompt, NaN where a prompt has no such"
                        + " question.",
                assertThrows(BadInputException.class, () -> TEST.of(new double[][] {{1, 2}, {1}}))
                        .getMessage());
        assertEquals(
                "no prompt has question 0 (every effect is NaN); leave the question out.",
                assertThrows(BadInputException.class, () -> TEST.of(new double[][] {{Double.NaN}, {1}}))
                        .getMessage());
    }
}
