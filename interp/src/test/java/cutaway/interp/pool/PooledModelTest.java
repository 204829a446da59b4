package cutaway.interp.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.planted.PlantedLlama;
import cutaway.interp.pool.Outcome.Cause;
import cutaway.interp.pool.Outcome.Verdict;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A model in which only a few neurons can write: the output weights of all others are zero, though they
/// fire as before. Items are neurons at positions, 1,728 of them, of which 1,216 can matter.
class PooledModelTest {

    private static final int[] PROMPT = {3, 41, 59, 26, 5, 88, 13, 70, 2};
    private static final int NEURONS = PlantedLlama.NEURONS;
    private static final Metric METRIC = new Metric.LogitDifference(7, 21);

    /// In nats: well above float32's noise of some 1e-6, well below what a neuron that writes does at the
    /// last position.
    private static final Threshold THRESHOLD = new Threshold(1e-4);

    /// By layer, neurons that write.
    private static final Map<Integer, Set<Integer>> WRITING = Map.of(0, Set.of(5), 1, Set.of(), 2, Set.of(17, 60));

    @TempDir
    private Path folder;

    private static List<Method> methods() {
        return List.of(new Method.Halving(), new Method.BinarySplitting(8), new Method.TwoStageDorfman());
    }

    /// Pools find what the sweep finds that asks for each neuron and position alone, with at most a fifth
    /// of its runs.
    @ParameterizedTest
    @MethodSource("methods")
    void findsTheNeuronsThatWrite(Method method) {
        List<List<Edit>> items = neurons();
        try (Model model = planted();
                SweepOracle oracle = new SweepOracle(model, Source.of(PROMPT, List.of()), METRIC, items)) {
            Outcome outcome = PooledSearch.find(oracle, method, Settings.of(THRESHOLD));
            Map<Integer, Double> expected = oneByOne(model, items, oracle);
            assertEquals(expected.keySet(), found(outcome), outcome.summary());
            for (Cause cause : outcome.causes()) {
                assertEquals(expected.get(cause.item()), cause.effect(), 1e-5);
                int layer = cause.item() / NEURONS / PROMPT.length;
                assertTrue(WRITING.getOrDefault(layer, Set.of()).contains(cause.item() / PROMPT.length % NEURONS));
            }
            assertTrue(expected.size() >= 3, "something is planted: " + expected);
            assertEquals(Verdict.SPARSE, outcome.verdict());
            // In the last block only the last position is read: eight of nine of its neurons' positions cannot matter.
            assertEquals(NEURONS * 8, outcome.outOfReach().size());
            assertEquals(items.size() - NEURONS * 8, outcome.cost().oneEach());
            // Dorfman's pools save less: 1 % of causes take 0.19 runs each without any guard.
            int share = method instanceof Method.TwoStageDorfman ? 4 : 5;
            assertTrue(outcome.cost().runs() <= outcome.cost().oneEach() / share, outcome.summary());
        }
    }

    /// In the model as it was drawn every neuron writes: it says so, and finds what the sweep finds.
    @Test
    void saysThatEveryNeuronWrites() {
        List<List<Edit>> items = neurons();
        try (Model model = TinyModel.open("llama");
                SweepOracle oracle = new SweepOracle(model, Source.of(PROMPT, List.of()), METRIC, items)) {
            Outcome outcome = PooledSearch.find(oracle, new Method.Halving(), Settings.of(THRESHOLD));
            assertEquals(Verdict.DENSE, outcome.verdict(), outcome.summary());
            assertEquals(oneByOne(model, items, oracle).keySet(), found(outcome));
            assertTrue(outcome.cost().runs() <= 1.1 * outcome.cost().oneEach());
        }
    }

    /// An opposite moves the metric the other way: to first order, for edits that are small.
    @Test
    void oppositesTurnTheEffect() {
        Site resid = new Site.Resid(1, Moment.PRE);
        float[] step = new float[32];
        step[3] = 0.01f;
        List<List<Edit>> items = List.of(
                List.of(new Edit.Scale(resid, Positions.LAST, 1.001)),
                List.of(new Edit.Add(resid, Positions.LAST, Values.of(step))),
                List.of(
                        new Edit.Scale(new Site.Head(2, 1, HeadPart.Z), Positions.ALL, 0.99),
                        new Edit.Scale(resid, Positions.LAST, 1.001)),
                List.of(new Edit.Zero(new Site.Neuron(2, 3, NeuronPart.POST), Positions.LAST)),
                List.of(new Edit.Patch(
                        resid, Positions.LAST, Source.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, List.of()))));
        try (Model model = TinyModel.open("llama");
                SweepOracle oracle = new SweepOracle(model, Source.of(PROMPT, List.of()), METRIC, items)) {
            assertFalse(oracle.isReversible(4));
            for (int item = 0; item < 4; item++) {
                assertTrue(oracle.isReversible(item));
                double[] effects = oracle.measure(List.of(Pool.of(item), new Pool(List.of(item), Set.of(item))));
                assertTrue(Math.abs(effects[0]) > 1e-6, "item " + item + ": " + effects[0]);
                assertEquals(-effects[0], effects[1], 0.1 * Math.abs(effects[0]) + 3e-6, "item " + item);
            }
        }
    }

    private static List<List<Edit>> neurons() {
        List<List<Edit>> items = new ArrayList<>();
        for (int layer = 0; layer < 3; layer++) {
            for (int neuron = 0; neuron < NEURONS; neuron++) {
                for (int pos = 0; pos < PROMPT.length; pos++) {
                    items.add(
                            List.of(new Edit.Zero(new Site.Neuron(layer, neuron, NeuronPart.POST), Positions.of(pos))));
                }
            }
        }
        return items;
    }

    /// The plain sweep, by item: effects that count.
    private static Map<Integer, Double> oneByOne(Model model, List<List<Edit>> items, Oracle oracle) {
        List<Integer> asked = new ArrayList<>();
        for (int item = 0; item < items.size(); item++) {
            if (oracle.canMatter(item)) {
                asked.add(item);
            }
        }
        Map<Integer, Double> effects = new LinkedHashMap<>();
        try (Sweep sweep = new Sweep(model, Source.of(PROMPT, List.of()), METRIC)) {
            double[] values = sweep.measure(asked.stream().map(items::get).toList());
            for (int i = 0; i < values.length; i++) {
                double effect = values[i] - sweep.baseline();
                if (Math.abs(effect) > THRESHOLD.effect()) {
                    effects.put(asked.get(i), effect);
                }
            }
        }
        return effects;
    }

    private static Set<Integer> found(Outcome outcome) {
        return outcome.causes().stream().map(Cause::item).collect(Collectors.toSet());
    }

    /// A copy of the tiny Llama in which only some neurons have output weights, ten times as large.
    private Model planted() {
        return PlantedLlama.write(
                folder,
                PlantedLlama.USUAL,
                weights -> WRITING.forEach((layer, writing) -> {
                    PlantedLlama.silenceNeurons(weights, layer, writing);
                    weights.computeIfPresent(PlantedLlama.down(layer), (name, weight) -> weight.times(10));
                }));
    }
}
