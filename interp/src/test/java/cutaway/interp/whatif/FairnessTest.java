package cutaway.interp.whatif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.statistics.Separation;
import cutaway.interp.whatif.Fairness.Scored;
import cutaway.tensor.BadInputException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Thresholds against all that there are, tried one tuple after another.
class FairnessTest {

    private static final double ROUNDING = 1e-9;

    /// Some rows of a table of three slices. Odd trials have draws among their scores.
    private static Scored drawn(int seed) {
        Random random = new Random(seed);
        List<Slice> slices = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        int[] sizes = {7, 1 + random.nextInt(5), 6};
        for (int slice = 0; slice < sizes.length; slice++) {
            int first = scores.size();
            for (int i = 0; i < sizes[slice]; i++) {
                double score = seed % 2 == 0 ? random.nextDouble() : random.nextInt(5) / 4.0;
                scores.add(score);
                labels.add(random.nextDouble() < 0.3 + 0.4 * score ? 1 : 0);
            }
            slices.add(
                    new Slice("s" + slice, IntStream.range(first, scores.size()).toArray()));
        }
        labels.set(2, -1); // unknown, and left out
        return new Scored(
                scores.stream().mapToDouble(Double::doubleValue).toArray(),
                new Labels("label", labels.stream().mapToInt(Integer::intValue).toArray()),
                slices);
    }

    /// Counted anew here, without the library's confusion: cost, and the rate that the strategy holds alike,
    /// NaN where it has no meaning.
    private static double[] counted(Scored scored, int slice, double threshold, Strategy strategy, double ratio) {
        double cost = 0;
        int rows = 0;
        int ones = 0;
        int yes = 0;
        int hits = 0;
        int right = 0;
        for (int row : scored.slices().get(slice).rows()) {
            int label = scored.labels().values()[row];
            if (label < 0) {
                continue;
            }
            int said = scored.scores()[row] >= threshold ? 1 : 0;
            cost += said == label ? 0 : said == 1 ? ratio : 1;
            rows++;
            ones += label;
            yes += said;
            hits += said * label;
            right += said == label ? 1 : 0;
        }
        double rate = switch (strategy) {
            case DEMOGRAPHIC_PARITY -> (double) yes / rows;
            case EQUAL_OPPORTUNITY -> (double) hits / ones;
            case EQUAL_ACCURACY -> (double) right / rows;
            default -> 0;
        };
        return new double[] {cost, rate};
    }

    /// Every threshold that could matter: below, between and above the scores.
    private static double[] tried(Scored scored) {
        TreeSet<Double> all = new TreeSet<>(List.of(-0.5, 1.5));
        double[] sorted = Arrays.stream(scored.scores()).distinct().sorted().toArray();
        for (int i = 1; i < sorted.length; i++) {
            all.add((sorted[i - 1] + sorted[i]) / 2);
        }
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double gap(double[]... found) {
        double[] rates = Arrays.stream(found)
                .mapToDouble(one -> one[1])
                .filter(rate -> !Double.isNaN(rate))
                .toArray();
        return rates.length == 0
                ? 0
                : Arrays.stream(rates).max().orElseThrow()
                        - Arrays.stream(rates).min().orElseThrow();
    }

    /// The least cost of all tuples of thresholds whose gap is no more than asked, or the least gap's where
    /// none is.
    private static double leastCost(Scored scored, Strategy strategy, double ratio, double tolerance) {
        double[] tried = tried(scored);
        double[][][] found = new double[3][tried.length][];
        for (int slice = 0; slice < 3; slice++) {
            for (int i = 0; i < tried.length; i++) {
                found[slice][i] = counted(scored, slice, tried[i], strategy, ratio);
            }
        }
        double leastGap = Double.POSITIVE_INFINITY;
        for (double[] a : found[0]) {
            for (double[] b : found[1]) {
                for (double[] c : found[2]) {
                    leastGap = Math.min(leastGap, gap(a, b, c));
                }
            }
        }
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < tried.length; i++) {
            for (int j = 0; j < tried.length; j++) {
                for (int k = 0; k < tried.length; k++) {
                    boolean allowed = strategy == Strategy.SINGLE
                            ? i == j && j == k
                            : gap(found[0][i], found[1][j], found[2][k]) <= Math.max(tolerance, leastGap) + ROUNDING;
                    if (allowed) {
                        least = Math.min(least, found[0][i][0] + found[1][j][0] + found[2][k][0]);
                    }
                }
            }
        }
        return least;
    }

    @ParameterizedTest
    @EnumSource
    void thresholdsAreTheCheapestOfAll(Strategy strategy) {
        double[] ratios = {1, 0.3, 4};
        double[] tolerances = {0, 0.1, 0.25};
        for (int seed = 0; seed < 24; seed++) {
            Scored scored = drawn(seed);
            double ratio = ratios[seed % 3];
            double tolerance = tolerances[seed / 3 % 3];
            Fairness found = Fairness.of(scored, strategy, ratio, tolerance);
            double[][] recounted = new double[3][];
            for (int slice = 0; slice < 3; slice++) {
                Double threshold = found.slices().get(slice).threshold();
                recounted[slice] = counted(scored, slice, threshold == null ? Double.NaN : threshold, strategy, ratio);
            }
            String where = strategy + " of seed " + seed;
            double least = leastCost(scored, strategy, ratio, tolerance);
            assertEquals(least, recounted[0][0] + recounted[1][0] + recounted[2][0], ROUNDING, where);
            assertEquals(least, found.cost(), ROUNDING, where);
        }
    }

    /// What is held alike is, and a strategy without that demand is not: else the test above could not fail.
    @Test
    void aToleranceIsKept() {
        int apart = 0;
        for (int seed = 0; seed < 24; seed += 2) {
            Scored scored = drawn(seed);
            Double held = Fairness.of(scored, Strategy.DEMOGRAPHIC_PARITY, 1, 0.1)
                    .gaps()
                    .positive();
            assertTrue(held != null && held <= 0.1 + ROUNDING, "seed " + seed + ": " + held);
            Double free = Fairness.of(scored, Strategy.GROUP, 1, 0.1).gaps().positive();
            apart += free != null && free > 0.1 ? 1 : 0;
        }
        assertTrue(apart > 6, "only " + apart + " of 12 differ without the demand");
    }

    /// A slice without a row labelled 1 has no true positives to hold alike: it takes its cheapest
    /// threshold, and the others are held alike without it.
    @Test
    void aSliceWithoutTheRateIsLeftFree() {
        double[] scores = {0.9, 0.8, 0.2, 0.6, 0.4, 0.1, 0.7, 0.3};
        Labels labels = new Labels("label", new int[] {1, 1, 0, 1, 1, 0, 0, 0});
        Scored scored = new Scored(
                scores,
                labels,
                List.of(
                        new Slice("a", new int[] {0, 1, 2}),
                        new Slice("b", new int[] {3, 4, 5}),
                        new Slice("none", new int[] {6, 7})));
        Fairness found = Fairness.of(scored, Strategy.EQUAL_OPPORTUNITY, 1, 0);
        assertEquals(0, found.cost());
        assertNull(found.slices().getLast().rates().truePositive());
        assertEquals(0.85, found.slices().getLast().threshold(), 1e-12); // above 0.7, half way to 1
        assertNull(found.all().threshold());
    }

    /// The area under the curve is the share of pairs in the right order, however many draws there are.
    @Test
    void theAreaIsTheShareOfPairsInOrder() {
        for (int seed = 0; seed < 6; seed++) {
            Scored scored = drawn(seed);
            double[] scores = scored.scores();
            int[] labels = scored.labels().values();
            double expected = Separation.auc(chosen(scores, labels, 1), chosen(scores, labels, 0));
            Double area = ScoreCurves.of(scores, scored.labels()).rocArea();
            assertEquals(expected, area == null ? -1 : area, 1e-12);
        }
    }

    /// By hand: recall 1/2 at precision 1, then 1 at precision 2/3.
    @Test
    void averagePrecisionByHand() {
        ScoreCurves curves =
                ScoreCurves.of(new double[] {0.9, 0.8, 0.7, 0.1}, new Labels("label", new int[] {1, 0, 1, 0}));
        assertEquals(0.5 + 0.5 * 2 / 3, curves.precisionArea(), 1e-12);
        assertEquals(0.75, curves.rocArea(), 1e-12);
        assertNull(curves.roc().getFirst().threshold());
    }

    private static double[] chosen(double[] scores, int[] labels, int label) {
        return IntStream.range(0, scores.length)
                .filter(row -> labels[row] == label)
                .mapToDouble(row -> scores[row])
                .toArray();
    }

    /// Scores of exactly 0 and 1 can be told apart from both ends.
    @Test
    void allAndNoneArePossibleAtTheEnds() {
        Scored scored = new Scored(
                new double[] {0, 1, 0, 1},
                new Labels("label", new int[] {0, 0, 0, 1}),
                List.of(new Slice("all", new int[] {0, 1, 2, 3})));
        assertEquals(1, Fairness.of(scored, Strategy.SINGLE, 1000, 0).cost());
        assertEquals(0.001, Fairness.of(scored, Strategy.SINGLE, 0.001, 0).cost(), 1e-12);
        assertNotEquals(
                0,
                Fairness.of(scored, Strategy.SINGLE, 1000, 0).all().confusion().falseNegatives());
    }

    @Test
    void whatIsNoRatioIsRefused() {
        assertThrows(BadInputException.class, () -> Fairness.of(drawn(0), Strategy.GROUP, -1, 0));
        assertThrows(BadInputException.class, () -> Fairness.of(drawn(0), Strategy.GROUP, 1, Double.NaN));
    }

    /// A reader drags a slider: 5,000 rows in 100 slices, a quarter of a second even on a busy machine;
    /// alone 30 ms.
    @Test
    void fiveThousandRowsAreInteractive() {
        Random random = new Random(7);
        double[] scores = random.doubles(5000).toArray();
        int[] labels = Arrays.stream(scores)
                .mapToInt(s -> random.nextDouble() < s ? 1 : 0)
                .toArray();
        List<Slice> slices = IntStream.range(0, 100)
                .mapToObj(i ->
                        new Slice("s" + i, IntStream.range(50 * i, 50 * i + 50).toArray()))
                .toList();
        Scored scored = new Scored(scores, new Labels("label", labels), slices);
        Fairness.of(scored, Strategy.EQUAL_OPPORTUNITY, 1, 0.05);
        Assertions.assertTimeout(Duration.ofMillis(1000), () -> Fairness.of(scored, Strategy.EQUAL_ACCURACY, 1, 0.05));
    }
}
