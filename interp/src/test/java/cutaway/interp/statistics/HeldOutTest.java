package cutaway.interp.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldOutTest {

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 13, 208})
    void halvesHaveEachPromptOnce(int prompts) {
        HeldOut split = HeldOut.split(prompts, 5);
        assertTrue(Math.abs(split.selection().size() - split.heldOut().size()) <= 1);
        List<Integer> all = new ArrayList<>(split.selection());
        all.addAll(split.heldOut());
        Collections.sort(all);
        assertEquals(IntStream.range(0, prompts).boxed().toList(), all);
        assertEquals(split, HeldOut.split(prompts, 5));
    }

    /// Every prompt is as likely in either half, of an odd number too: 1,000 seeds have a standard error of 16.
    @Test
    void eachPromptIsAsLikelyInEitherHalf() {
        int[] chose = new int[7];
        for (int seed = 0; seed < 1000; seed++) {
            HeldOut.split(7, seed).selection().forEach(prompt -> chose[prompt]++);
        }
        for (int count : chose) {
            assertEquals(500, count, 65);
        }
        assertNotEquals(HeldOut.split(20, 1), HeldOut.split(20, 2));
    }

    @Test
    void noGroupIsSplit() {
        List<String> groups = List.of("a", "b", "a", "c", "d", "b", "a", "e", "c", "f", "f", "g", "a");
        for (int seed = 0; seed < 50; seed++) {
            HeldOut split = HeldOut.grouped(groups, seed);
            Set<String> chose = new HashSet<>();
            split.selection().forEach(prompt -> chose.add(groups.get(prompt)));
            split.heldOut().forEach(prompt -> assertTrue(!chose.contains(groups.get(prompt))));
            assertTrue(Math.abs(split.selection().size() - split.heldOut().size()) <= 1, split.toString());
        }
    }

    /// Of six prompts, two share a half with a chance of 2 / 5: neighbours are not kept apart, or together.
    @Test
    void eachPairIsAsLikelyToShareAHalf() {
        int shared = 0;
        for (int seed = 0; seed < 1000; seed++) {
            List<Integer> chose = HeldOut.split(6, seed).selection();
            shared += chose.contains(0) == chose.contains(1) ? 1 : 0;
        }
        assertEquals(400, shared, 62); // four standard errors
    }

    /// Eight prompts of one template, two in a group, and six of another, also in pairs: four of the one, and
    /// two or four of the other.
    @Test
    void eachTemplateIsInBothHalves() {
        List<Integer> pairs = List.of(0, 8, 0, 8, 1, 9, 1, 9, 2, 10, 2, 10, 3, 3);
        List<String> strata = List.of("x", "y", "x", "y", "x", "y", "x", "y", "x", "y", "x", "y", "x", "x");
        for (int seed = 0; seed < 50; seed++) {
            HeldOut split = HeldOut.stratified(pairs, strata, seed);
            long chose = split.selection().stream()
                    .filter(prompt -> strata.get(prompt).equals("x"))
                    .count();
            assertEquals(4, chose, "seed " + seed);
            int all = split.selection().size();
            assertTrue(all == 6 || all == 8, "seed " + seed); // three pairs of the other: one to two
        }
    }

    /// 200 questions without an effect: the five that look largest are flattered on the half that chose them, by two
    /// standard errors, and by nothing on the other.
    @Test
    void luckStaysInTheHalfThatChose() {
        double chosen = 0;
        double heldOut = 0;
        int rejected = 0;
        for (int trial = 0; trial < 40; trial++) {
            var normal = new Normal(trial);
            double[][] effects = new double[200][];
            for (int question = 0; question < 200; question++) {
                effects[question] = normal.values(20, 0);
            }
            for (HeldOut.Chosen one :
                    HeldOut.split(20, trial).report(effects, HeldOut.largest(5), Summaries.seeded(trial))) {
                double sign = Math.signum(one.selectionMean());
                chosen += sign * one.selectionMean() / 200;
                heldOut += sign * one.heldOut().orElseThrow().mean() / 200;
                rejected += one.heldOut().orElseThrow().p() <= 0.05 ? 1 : 0;
            }
        }
        double error = 1 / Math.sqrt(10);
        assertTrue(chosen > 2 * error, "flattered by " + chosen);
        assertEquals(0, heldOut, 3 * error / Math.sqrt(200));
        assertTrue(rejected <= 22, "rejected " + rejected + " of 200"); // 10, and four standard errors
    }

    @Test
    void aPlantedEffectIsFoundAgain() {
        double[][] effects = new double[100][];
        var normal = new Normal(53);
        for (int question = 0; question < 100; question++) {
            effects[question] = normal.values(24, question == 61 ? -2 : 0);
        }
        HeldOut.Chosen first = HeldOut.split(24, 1)
                .report(effects, HeldOut.largest(3), Summaries.seeded(1))
                .getFirst();
        assertEquals(61, first.question());
        Summary summary = first.heldOut().orElseThrow();
        assertEquals(12, summary.prompts());
        assertTrue(summary.interval().orElseThrow().holds(-2));
        assertTrue(summary.familyWiseP() < 0.01); // of three questions, not of a hundred
    }

    /// What the selection is shown is its own half, and the report is of the other: each tells by its constant.
    @Test
    void neitherHalfSeesTheOther() {
        HeldOut split = new HeldOut(List.of(0, 2, 3), List.of(1, 4));
        double nan = Double.NaN;
        double[][] effects = {{1, 5, 1, 1, 6}, {2, nan, 2, nan, nan}, {nan, 9, nan, nan, 9}};
        List<HeldOut.Chosen> chosen = split.report(
                effects,
                seen -> {
                    assertArrayEquals(new double[] {1, 1, 1}, seen[0]);
                    return HeldOut.largest(5).apply(seen);
                },
                Summaries.seeded(1));
        assertEquals(
                List.of(1, 0), chosen.stream().map(HeldOut.Chosen::question).toList());
        assertEquals(Optional.empty(), chosen.get(0).heldOut());
        assertEquals(2, chosen.get(0).selectionMean());
        assertEquals(5.5, chosen.get(1).heldOut().orElseThrow().mean());
        assertThrows(BadInputException.class, () -> split.report(effects, _ -> new int[] {2}, Summaries.seeded(1)));
    }

    @Test
    void refusesWhatCannotBeSplit() {
        assertEquals(
                "1 independent prompts cannot be split into two halves; give at least two that share no fill of the"
                        + " template.",
                assertThrows(BadInputException.class, () -> HeldOut.grouped(List.of("a", "a"), 1))
                        .getMessage());
        assertThrows(BadInputException.class, () -> HeldOut.split(0, 1));
        assertThrows(BadInputException.class, () -> HeldOut.stratified(List.of(1, 1, 2), List.of(1, 2, 2), 1));
        assertThrows(BadInputException.class, () -> HeldOut.stratified(List.of(1, 1), List.of(1), 1));
        assertThrows(BadInputException.class, () -> HeldOut.largest(0));
        double[][] three = {{1, 2, 3}};
        assertThrows(
                BadInputException.class,
                () -> HeldOut.split(2, 1).report(three, HeldOut.largest(1), Summaries.seeded(1)));
    }
}
