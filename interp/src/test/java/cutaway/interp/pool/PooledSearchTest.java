package cutaway.interp.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.planted.PlantedCauses;
import cutaway.interp.pool.Outcome.Cause;
import cutaway.interp.pool.Outcome.Verdict;
import cutaway.interp.pool.Outcome.Why;
import cutaway.interp.pool.Settings.WhenDense;
import cutaway.tensor.BadInputException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Searches of planted effects: what is found is what was planted, at the price that was promised.
class PooledSearchTest {

    private static final int ITEMS = 1207;
    private static final Threshold THRESHOLD = new Threshold(0.05);

    private static Stream<Method> methods() {
        return Stream.of(
                new Method.Halving(),
                new Method.BinarySplitting(5),
                new Method.BinarySplitting(1), // told too few
                new Method.Dorfman(0.004),
                new Method.TwoStageDorfman());
    }

    /// The bar: sparse causes, with at most a fifth of the runs, over 20 draws.
    @ParameterizedTest
    @MethodSource("methods")
    void findsFewCausesWithAFifthOfTheRuns(Method method) {
        for (int seed = 0; seed < 20; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            PlantedCauses oracle = new PlantedCauses(ITEMS);
            Set<Integer> planted = new HashSet<>();
            while (planted.size() < 5) {
                int item = random.nextInt(ITEMS);
                double effect = random.nextDouble(0.1, 3) * (random.nextBoolean() ? 1 : -1);
                if (planted.add(item)) {
                    oracle.cause(item, effect);
                }
            }
            Outcome outcome = PooledSearch.find(oracle, method, settings(2, seed));
            assertEquals(Verdict.SPARSE, outcome.verdict());
            assertEquals(planted, found(outcome), "seed " + seed);
            assertTrue(oracle.runs() <= ITEMS / 5, oracle.runs() + " runs, seed " + seed);
            assertEquals(oracle.runs(), outcome.cost().runs());
            assertEquals(ITEMS - oracle.runs(), outcome.cost().saved());
            for (Cause cause : outcome.causes()) {
                assertEquals(oracle.measure(List.of(Pool.of(cause.item())))[0], cause.effect());
            }
            assertTrue(outcome.groups().isEmpty());
        }
    }

    /// Over prompts in which a cause has 1, and in the other nothing or the contrary: what has 0.5 on average is found,
    /// what is 0 is not, though it is a cause in each.
    @Test
    void theMeanOverPromptsIsWhatIsSearched() {
        Oracle first = prompt(Map.of(3, 1.0, 50, 1.0, 90, 0.2));
        Oracle second = prompt(Map.of(3, 1.0, 50, -1.0, 120, 1.0));
        Outcome outcome =
                PooledSearch.find(new MeanOracle(List.of(first, second)), new Method.Halving(), settings(2, 1));
        assertEquals(
                Map.of(3, 1.0, 120, 0.5),
                outcome.causes().stream()
                        .filter(cause -> cause.effect() > 0.3)
                        .collect(Collectors.toMap(Cause::item, Cause::effect)));
        assertTrue(found(outcome).stream().noneMatch(item -> item == 50), outcome.summary());
        assertTrue(outcome.summary().contains("Prevalence: "), outcome.summary());
    }

    private static Oracle prompt(Map<Integer, Double> effects) {
        return new Oracle() {
            @Override
            public int items() {
                return ITEMS;
            }

            @Override
            public double[] measure(List<Pool> pools) {
                return pools.stream()
                        .mapToDouble(pool -> pool.items().stream()
                                .mapToDouble(item -> effects.getOrDefault(item, 0.0))
                                .sum())
                        .toArray();
            }
        };
    }

    @ParameterizedTest
    @MethodSource("methods")
    void findsNothingWhereNothingIs(Method method) {
        Outcome outcome = PooledSearch.find(new PlantedCauses(ITEMS), method, settings(2, 1));
        assertEquals(Verdict.SPARSE, outcome.verdict());
        assertTrue(outcome.causes().isEmpty());
        assertTrue(outcome.groups().isEmpty());
        assertTrue(outcome.unexplained().isEmpty());
        assertTrue(outcome.cost().runs() <= ITEMS / 5, outcome.summary());
    }

    /// Normal noise on every answer, threshold from placebos: the five are found and nothing else.
    @ParameterizedTest
    @MethodSource("methods")
    void noiseIsNotFound(Method method) {
        RandomGenerator noise = new SplittableRandom(8);
        double[] placebos =
                noise.doubles(100).map(u -> 0.02 * noise.nextGaussian()).toArray();
        Threshold threshold = Threshold.ofPlacebos(placebos, ITEMS, 0.01);
        for (int seed = 0; seed < 10; seed++) {
            PlantedCauses oracle = five().through(sum -> sum + 0.02 * noise.nextGaussian());
            Outcome outcome =
                    PooledSearch.find(oracle, method, new Settings(threshold, 2, 4, 20, WhenDense.ONE_EACH, seed));
            assertEquals(FIVE, found(outcome), outcome.summary());
            assertTrue(outcome.groups().isEmpty(), outcome.summary());
        }
    }

    /// `tanh(20 x)`: one cause saturates the metric, so a second one in its pool adds nothing.
    @ParameterizedTest
    @MethodSource("methods")
    void saturationHidesNothing(Method method) {
        for (int seed = 0; seed < 10; seed++) {
            PlantedCauses oracle = five().through(sum -> Math.tanh(20 * sum));
            assertEquals(FIVE, found(PooledSearch.find(oracle, method, settings(2, seed))));
        }
    }

    /// Item 7 has an effect only where item 500 is left alone: it is never seen beside it.
    @ParameterizedTest
    @MethodSource("methods")
    void whatALargeCauseMasksIsFound(Method method) {
        for (int seed = 0; seed < 10; seed++) {
            PlantedCauses oracle =
                    new PlantedCauses(ITEMS).cause(500, 2).cause(7, 0.3).group(-0.3, 7, 500);
            assertEquals(Set.of(7, 500), found(PooledSearch.find(oracle, method, settings(2, seed))));
        }
    }

    /// What was found may have hidden something: the rest is asked again without it, however few repeats were wanted.
    @ParameterizedTest
    @MethodSource("methods")
    void theRestIsAskedAgainWithoutWhatWasFound(Method method) {
        assertEquals(2, PooledSearch.find(five(), method, settings(1, 0)).cost().passes());
        assertEquals(
                1,
                PooledSearch.find(new PlantedCauses(ITEMS), method, settings(1, 0))
                        .cost()
                        .passes());
    }

    /// Exactly cancelling pairs, 300 draws: the share missed is that which the outcomes state, within four
    /// standard errors; with more repeats it is less.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void pairsThatCancelAreMissedAsOftenAsItSays(int repeats) {
        int missed = 0;
        double stated = 0;
        int draws = 300;
        for (int seed = 0; seed < draws; seed++) {
            PlantedCauses oracle = new PlantedCauses(ITEMS).cause(11, 1).cause(900, -1);
            Outcome outcome = PooledSearch.find(
                    oracle, new Method.Halving(), new Settings(THRESHOLD, repeats, 4, 0, WhenDense.STOP, seed));
            missed += outcome.causes().isEmpty() ? 1 : 0;
            Outcome nothing = PooledSearch.find(
                    new PlantedCauses(ITEMS),
                    new Method.Halving(),
                    new Settings(THRESHOLD, repeats, 4, 0, WhenDense.STOP, seed));
            stated += nothing.missed().pairsNeverApart();
            assertEquals(outcome.causes().isEmpty() ? Set.of() : Set.of(11, 900), found(outcome));
        }
        double share = stated / draws;
        assertTrue(share < (repeats == 1 ? 0.1 : 0.012), "stated " + share);
        assertEquals(share, (double) missed / draws, 4 * Math.sqrt(share / draws));
    }

    /// A pair cancels at most while both edits have the same sign: turned at random, half of the pools show
    /// it.
    @Test
    void opposedEditsHalveWhatIsMissed() {
        Settings settings = new Settings(THRESHOLD, 3, 4, 0, WhenDense.STOP, 5);
        Outcome plain = PooledSearch.find(new PlantedCauses(ITEMS), new Method.Halving(), settings);
        Outcome turned = PooledSearch.find(new PlantedCauses(ITEMS).reversible(), new Method.Halving(), settings);
        assertEquals(0.25, turned.missed().pairsNeverApart() / plain.missed().pairsNeverApart(), 0.1);
        for (int seed = 0; seed < 10; seed++) {
            Outcome outcome = PooledSearch.find(five().reversible(), new Method.Halving(), settings(3, seed));
            assertEquals(FIVE, found(outcome));
            assertTrue(outcome.groups().isEmpty());
        }
    }

    /// Two, and three, that act only together, with causes beside them and decoys that do not count.
    @ParameterizedTest
    @MethodSource("methods")
    void whatActsOnlyTogetherIsReportedAsAGroup(Method method) {
        for (int seed = 0; seed < 10; seed++) {
            PlantedCauses oracle =
                    five().group(0.7, 3, 1000).group(-0.6, 50, 400, 800).cause(51, 0.01);
            Outcome outcome = PooledSearch.find(oracle, method, settings(2, seed));
            assertEquals(FIVE, found(outcome), outcome.summary());
            assertEquals(
                    Set.of(List.of(3, 1000), List.of(50, 400, 800)),
                    outcome.groups().stream().map(Outcome.Group::items).collect(Collectors.toSet()),
                    outcome.summary());
            for (Outcome.Group group : outcome.groups()) {
                assertEquals(group.items().size() == 2 ? 0.7 : -0.6, group.effect());
                assertEquals(0, group.alone().stream().mapToDouble(Math::abs).sum());
            }
            assertTrue(outcome.cost().runs() <= ITEMS / 4, outcome.summary());
        }
    }

    /// Six that act only together are more than are looked for: it says that something is there.
    @Test
    void aLargeGroupIsSaidToBeThere() {
        PlantedCauses oracle = new PlantedCauses(ITEMS).group(0.7, 3, 99, 204, 500, 777, 1000);
        Outcome outcome = PooledSearch.find(oracle, new Method.Halving(), settings(2, 0));
        assertTrue(outcome.groups().isEmpty());
        assertEquals(Why.NO_SMALL_GROUP, outcome.unexplained().getFirst().why());
        assertTrue(outcome.unexplained().getFirst().items().containsAll(List.of(3, 99, 204, 500, 777, 1000)));
    }

    /// Every item has an effect too small to count: pools of them do not make causes of them, nor groups.
    @Test
    void smallEffectsThatAddUpAreNoCauses() {
        PlantedCauses oracle = five();
        for (int item = 0; item < ITEMS; item += 2) {
            oracle.cause(item, 0.001);
        }
        FIVE.forEach(item -> oracle.cause(item, 1));
        Outcome outcome = PooledSearch.find(oracle, new Method.Halving(), settings(2, 0));
        assertEquals(FIVE, found(outcome));
        assertTrue(outcome.groups().isEmpty());
        assertFalse(outcome.unexplained().isEmpty());
        assertTrue(outcome.unexplained().stream().allMatch(pool -> pool.why() == Why.ADDS_UP), outcome.summary());
    }

    /// Dense effects, whatever the method and whatever it was told: all are found, it is said, and no more
    /// than a tenth is lost.
    @ParameterizedTest
    @MethodSource("methods")
    void saysWhenEffectsAreDense(Method method) {
        for (double rate : new double[] {0.4, 0.7, 1}) {
            RandomGenerator random = new SplittableRandom(2);
            PlantedCauses oracle = new PlantedCauses(ITEMS);
            Set<Integer> planted = new HashSet<>();
            for (int item = 0; item < ITEMS; item++) {
                if (random.nextDouble() < rate) {
                    oracle.cause(item, random.nextDouble(0.1, 3) * (random.nextBoolean() ? 1 : -1));
                    planted.add(item);
                }
            }
            Outcome outcome = PooledSearch.find(oracle, method, settings(2, 0));
            assertEquals(Verdict.DENSE, outcome.verdict(), rate + " " + outcome.summary());
            assertEquals(planted, found(outcome), rate + " " + outcome.summary());
            assertTrue(oracle.runs() <= 1.1 * ITEMS, oracle.runs() + " runs");
            assertTrue(outcome.summary().contains("dense"), outcome.summary());
            assertTrue(outcome.undecided().isEmpty());
            assertEquals(0, outcome.missed().neverAlone());

            int before = oracle.runs();
            Outcome stopped = PooledSearch.find(oracle, method, new Settings(THRESHOLD, 2, 4, 20, WhenDense.STOP, 0));
            assertEquals(Verdict.DENSE_STOPPED, stopped.verdict());
            assertTrue(oracle.runs() - before <= 0.1 * ITEMS, oracle.runs() - before + " runs");
            assertTrue(stopped.undecided().size() > 0.8 * ITEMS);
        }
    }

    /// Told that causes are dense, a method measures one by one from the start, and says so none the less.
    @Test
    void saysThatEffectsAreDenseAlsoWhereItWasTold() {
        PlantedCauses oracle = new PlantedCauses(ITEMS);
        for (int item = 0; item < ITEMS; item += 2) {
            oracle.cause(item, 1);
        }
        for (Method method : List.of(new Method.BinarySplitting(ITEMS / 2), new Method.Dorfman(0.5))) {
            Outcome outcome = PooledSearch.find(oracle, method, settings(2, 0));
            assertEquals(Verdict.DENSE, outcome.verdict(), outcome.summary());
            assertEquals(604, outcome.causes().size());
            assertEquals(604.0 / ITEMS, outcome.rate());
        }
    }

    /// Whatever the rate between sparse and dense, never more than a tenth more runs, and all that has an
    /// effect is found.
    @ParameterizedTest
    @MethodSource("methods")
    void neverCostsMoreThanATenthMore(Method method) {
        for (int items : new int[] {31, 64, 100, 399, 1000}) {
            for (double rate : new double[] {0, 0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3}) {
                RandomGenerator random = new SplittableRandom(items);
                PlantedCauses oracle = new PlantedCauses(items);
                Set<Integer> planted = new HashSet<>();
                for (int item = 0; item < items; item++) {
                    if (random.nextDouble() < rate) {
                        oracle.cause(item, random.nextDouble(0.1, 3));
                        planted.add(item);
                    }
                }
                Outcome outcome = PooledSearch.find(oracle, method, settings(2, 3));
                assertTrue(oracle.runs() <= 1.1 * items, oracle.runs() + " runs for " + items + " at " + rate);
                assertEquals(planted, found(outcome), items + " at " + rate + ": " + outcome.summary());
            }
        }
    }

    /// A rate that makes pairs of what are nearly all causes: the first pass leaves nobody for a second.
    @ParameterizedTest
    @ValueSource(ints = {30, 47, 1000})
    void aPassThatDecidesAllIsTheLast(int items) {
        for (double rate : new double[] {0.05, 0.1, 0.2, 0.25}) {
            for (int every = 1; every <= 12; every++) {
                PlantedCauses oracle = new PlantedCauses(items);
                for (int item = 0; item < items; item += every) {
                    oracle.cause(item, 1);
                }
                Outcome outcome = PooledSearch.find(oracle, new Method.Dorfman(rate), settings(2, every));
                assertEquals(Math.ceilDiv(items, every), outcome.causes().size());
            }
        }
    }

    /// Pools that are blind to half of all causes: the audit says so where pools cannot.
    @Test
    void theAuditTellsWhenPoolsAreBlind() {
        PlantedCauses truth = new PlantedCauses(ITEMS);
        for (int item = 0; item < ITEMS; item += 4) {
            truth.cause(item, 1);
        }
        Oracle blind = new Oracle() {
            @Override
            public int items() {
                return ITEMS;
            }

            @Override
            public double[] measure(List<Pool> pools) {
                return pools.stream()
                        .mapToDouble(pool -> pool.size() > 1 ? 0 : truth.measure(List.of(pool))[0])
                        .toArray();
            }
        };
        Settings settings = new Settings(THRESHOLD, 2, 4, 40, WhenDense.ONE_EACH, 0);
        Outcome outcome = PooledSearch.find(blind, new Method.Halving(), settings);
        assertFalse(outcome.missed().auditFound().isEmpty());
        assertTrue(outcome.missed().atMost() > 0.25, outcome.summary());
        assertTrue(found(outcome).containsAll(outcome.missed().auditFound()));
    }

    @Test
    void fewItemsAreMeasuredOneByOne() {
        Outcome outcome = PooledSearch.find(new PlantedCauses(13).cause(4, 1), new Method.Halving(), settings(2, 0));
        assertEquals(Verdict.TOO_FEW, outcome.verdict());
        assertEquals(13, outcome.cost().runs());
        assertEquals(Set.of(4), found(outcome));
    }

    @Test
    void aRunThatBreaksIsNamed() {
        PlantedCauses oracle = five().through(sum -> sum > 0 ? Double.NaN : 0);
        BadInputException broken = assertThrows(
                BadInputException.class, () -> PooledSearch.find(oracle, new Method.Halving(), settings(2, 0)));
        assertTrue(broken.getMessage().contains("NaN when"), broken.getMessage());
    }

    private static final Set<Integer> FIVE = Set.of(2, 333, 334, 801, 1206);

    private static PlantedCauses five() {
        PlantedCauses oracle = new PlantedCauses(ITEMS);
        FIVE.forEach(item -> oracle.cause(item, 1));
        return oracle;
    }

    private static Settings settings(int repeats, long seed) {
        return new Settings(THRESHOLD, repeats, 4, 20, WhenDense.ONE_EACH, seed);
    }

    private static Set<Integer> found(Outcome outcome) {
        return outcome.causes().stream().map(Cause::item).collect(Collectors.toSet());
    }
}
