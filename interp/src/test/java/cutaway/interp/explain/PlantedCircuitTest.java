package cutaway.interp.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.circuit.Case;
import cutaway.interp.circuit.CircuitBench;
import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Node;
import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Attribution;
import cutaway.interp.explain.Explanation.Circuit;
import cutaway.interp.explain.Explanation.Effect;
import cutaway.interp.explain.Explanation.Member;
import cutaway.interp.explain.Explanation.Place;
import cutaway.interp.planted.PlantedLlama;
import cutaway.interp.run.Runs;
import cutaway.interp.site.Positions;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A model in which the truth is known: only a few heads and MLPs can write; all others have output weights of zero,
/// though they attend and compute as before.
class PlantedCircuitTest {

    private static final int[] PROMPT = {3, 41, 59, 26, 5, 88, 13};
    private static final int[] CONTRAST = {3, 41, 60, 26, 5, 88, 13};

    /// What float32 leaves of an effect that is 0, in nats: logits of some nats, computed in passes of other
    /// shapes.
    private static final double NOISE = 1e-5;

    private static final Set<Component> PLANTED =
            Set.of(new Component.Head(0, 1), new Component.Head(1, 2), new Component.Mlp(2));

    @TempDir
    private Path folder;

    @Test
    void theCircuitIsWhatWasPlantedAndNoDecoy() {
        try (Model model = planted()) {
            Setting setting = setting(model);
            Attribution attribution = new Attributions(setting, 0).measure(done -> {});
            for (Effect effect : attribution.components()) {
                if (!PLANTED.contains(effect.component())) {
                    String name = effect.component().name();
                    assertEquals(0, effect.direct(), name + " writes nothing, however it attends");
                    assertEquals(0, effect.ablation(), NOISE, name);
                    assertEquals(0, effect.restoring(), NOISE / setting.span(), name);
                }
            }
            Circuit circuit = new Circuits(setting, attribution, 0).find(step -> {});
            Set<Component> found =
                    circuit.members().stream().map(Member::component).collect(Collectors.toSet());
            assertFalse(found.isEmpty());
            assertTrue(PLANTED.containsAll(found), found.toString());
            assertTrue(circuit.faithfulness() >= Circuits.TARGET);
            assertTrue(circuit.small());
        }
    }

    /// Told by gradients alone: no decoy among the effects nor in the circuit, and what it recovers is measured.
    @Test
    void estimatesFindNoDecoyEither() {
        try (Model model = planted();
                FirstOrder firstOrder = new FirstOrder(setting(model), step -> {})) {
            Setting setting = setting(model);
            Attribution attribution = new Attributions(setting, 0).estimate(firstOrder);
            for (Effect effect : attribution.components()) {
                if (!PLANTED.contains(effect.component())) {
                    String name = effect.component().name();
                    assertEquals(0, effect.ablation(), NOISE, name);
                    assertEquals(0, effect.restoring(), NOISE / setting.span(), name);
                }
            }
            Circuit circuit = new Circuits(setting, attribution, 0).estimate(step -> {});
            Set<Component> found =
                    circuit.members().stream().map(Member::component).collect(Collectors.toSet());
            assertFalse(found.isEmpty());
            assertTrue(PLANTED.containsAll(found), found.toString());
            assertTrue(circuit.faithfulness() >= Circuits.TARGET);
            double margin = Runs.measure(model, PROMPT, circuit.edits(), setting.metric());
            assertEquals(circuit.faithfulness(), setting.recovered(margin), 1e-4);
        }
    }

    /// The smallest set by trying all of them: neither search may miss it by more than one.
    @Test
    void theSearchesAreNearTheSmallestSetThereIs() {
        try (Model model = planted()) {
            Setting setting = setting(model);
            Attribution attribution = new Attributions(setting, 0).measure(done -> {});
            Circuit circuit = new Circuits(setting, attribution, 0).find(step -> {});
            int smallest = PLANTED.size();
            List<Component.Own> all = Component.all(model.sizes());
            try (CircuitBench bench = CircuitBench.of(Case.whole("the prompt", setting), Node.of(all))) {
                List<Component> planted = List.copyOf(PLANTED);
                for (int mask = 0; mask < 1 << planted.size(); mask++) {
                    Set<Node> subset = new HashSet<>();
                    for (int i = 0; i < planted.size(); i++) {
                        if ((mask >> i & 1) == 1) {
                            subset.add(Node.of(planted.get(i)));
                        }
                    }
                    if (bench.faithfulnessOf(subset) >= Circuits.TARGET) {
                        smallest = Math.min(smallest, subset.size());
                    }
                }
            }
            assertEquals(smallest, circuit.members().size());
        }
    }

    /// What is stated of a circuit is what a plain run under its edits gives.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void itsEditsGiveItsFaithfulness(String name) {
        try (Model model = TinyModel.open(name)) {
            Setting setting = setting(model);
            Attribution attribution = new Attributions(setting, 0).measure(done -> {});
            Circuit circuit = new Circuits(setting, attribution, 0).find(step -> {});
            double margin = Runs.measure(model, PROMPT, circuit.edits(), setting.metric());
            assertEquals(circuit.faithfulness(), setting.recovered(margin), 1e-4);
            assertEquals(
                    circuit.of(), circuit.members().size() + circuit.edits().size());
        }
    }

    /// A member's need at a position is what a plain run loses where only the circuit works and that value is
    /// swapped.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void placesAreDifferencesOfRuns(String name) {
        try (Model model = TinyModel.open(name)) {
            Setting setting = setting(model);
            Attribution attribution = new Attributions(setting, 0).measure(done -> {});
            Circuit circuit = new Circuits(setting, attribution, 0).find(step -> {});
            Member member = circuit.members().getFirst();
            assertTrue(member.places().stream().anyMatch(place -> place.pos() == PROMPT.length - 1), member.toString());
            for (Place place : member.places()) {
                List<Edit> edits = new ArrayList<>(circuit.edits());
                edits.add(new Edit.Patch(
                        member.component().site(), Positions.of(place.pos()), Source.of(CONTRAST, List.of())));
                double left = setting.recovered(Runs.measure(model, PROMPT, edits, setting.metric()));
                assertEquals(circuit.faithfulness() - left, place.needed(), 1e-4, member + " at " + place.pos());
            }
        }
    }

    /// All direct parts, with embeddings and biases, add up to the margin.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox", "gemma2", "gemma3", "phi", "olmo2"})
    void directPartsAddUpToTheMargin(String name) {
        try (Model model = TinyModel.open(name)) {
            Setting setting = setting(model);
            Attribution attribution = new Attributions(setting, 0).measure(done -> {});
            double sum = attribution.embedding()
                    + attribution.biases()
                    + attribution.components().stream()
                            .mapToDouble(Effect::direct)
                            .sum();
            assertEquals(setting.promptMargin(), sum, 1e-4);
        }
    }

    /// An ablation's effect is the difference of two plain runs.
    @Test
    void ablationsAreDifferencesOfRuns() {
        try (Model model = TinyModel.open("gpt2")) {
            Setting setting = setting(model);
            Attribution attribution = new Attributions(setting, 0).measure(done -> {});
            for (Effect effect : attribution.components()) {
                List<Edit> edits = List.of(setting.takeAway(effect.component()));
                double margin = Runs.measure(model, PROMPT, edits, setting.metric());
                assertEquals(
                        setting.promptMargin() - margin,
                        effect.ablation(),
                        1e-4,
                        effect.component().name());
            }
        }
    }

    /// A margin that the prompt speaks for and the contrast against.
    static Setting setting(Model model) {
        Metric.LogitDifference metric = new Metric.LogitDifference(7, 21);
        double there = Runs.measure(model, PROMPT, List.of(), metric);
        double contrast = Runs.measure(model, CONTRAST, List.of(), metric);
        if (there < contrast) { // the answer is whichever the prompt speaks for
            metric = new Metric.LogitDifference(21, 7);
            there = -there;
            contrast = -contrast;
        }
        return new Setting(
                model,
                Source.of(PROMPT, List.of()),
                Source.of(CONTRAST, List.of()),
                PROMPT,
                2,
                metric,
                there,
                contrast);
    }

    /// A copy of the tiny Llama in which only the planted components have output weights.
    private Model planted() {
        return PlantedLlama.write(folder, PlantedLlama.USUAL, weights -> {
            for (int layer = 0; layer < PlantedLlama.LAYERS; layer++) {
                for (int head = 0; head < PlantedLlama.HEADS; head++) {
                    if (!PLANTED.contains(new Component.Head(layer, head))) {
                        PlantedLlama.silence(weights, layer, head);
                    }
                }
                if (!PLANTED.contains(new Component.Mlp(layer))) {
                    PlantedLlama.silenceMlp(weights, layer);
                }
            }
        });
    }
}
