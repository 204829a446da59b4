package cutaway.interp.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Differences;
import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.EmbeddingNoise;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.explain.Explanation.Attribution;
import cutaway.interp.explain.Explanation.Circuit;
import cutaway.interp.explain.Explanation.Effect;
import cutaway.interp.explain.Explanation.Member;
import cutaway.interp.explain.Explanation.PatchingMap;
import cutaway.interp.explain.Explanation.Place;
import cutaway.interp.run.Runs;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What an explanation estimates before it measures is what a small part of the change does, for the whole of it.
class FirstOrderTest {

    /// Of the whole change.
    private static final double STEP = 0.003;

    /// What third-order terms and float32 leave, in nats.
    private static final double NOISE = 3e-3;

    private static Stream<Arguments> settings() {
        return Stream.of("llama", "gpt2")
                .flatMap(name -> Stream.of(Arguments.of(name, false), Arguments.of(name, true)));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theMapIsTheSlopeOfPatching(String name, boolean noise) {
        try (Model model = TinyModel.open(name);
                FirstOrder firstOrder = new FirstOrder(setting(model, noise), step -> {})) {
            Setting setting = setting(model, noise);
            PatchingMap map = PatchingMaps.estimate(setting, firstOrder, 0);
            for (int layer = 0; layer < model.sizes().layers(); layer++) {
                Site site = new Site.Resid(layer, Moment.PRE);
                for (int pos = setting.firstDifference(); pos < setting.length(); pos++) {
                    double slope = slope(setting, setting.contrast(), site, pos, pos);
                    assertEquals(slope, map.recovered()[layer][pos] * setting.span(), NOISE, layer + " " + pos);
                }
            }
            assertTrue(map.threshold() > 0);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void effectsAreSlopesOfAblationAndOfRestoring(String name, boolean noise) {
        try (Model model = TinyModel.open(name);
                FirstOrder firstOrder = new FirstOrder(setting(model, noise), step -> {})) {
            Setting setting = setting(model, noise);
            Attribution attribution = new Attributions(setting, 0).estimate(firstOrder);
            int first = setting.firstDifference();
            int last = setting.length() - 1;
            for (Effect effect : attribution.components()) {
                Component component = effect.component();
                double onPrompt = slope(setting, setting.prompt(), component.site(), first, last);
                double onContrast = slope(setting, setting.contrast(), component.site(), first, last);
                assertEquals(onPrompt, effect.ablation(), NOISE, component.name());
                assertEquals(onContrast, effect.restoring() * setting.span(), NOISE, component.name());
            }
        }
    }

    /// A member is needed, and at a place, as much as the margin grows there while only the circuit is at work.
    @ParameterizedTest
    @MethodSource("settings")
    void needsAreSlopesOfTheCircuit(String name, boolean noise) {
        try (Model model = TinyModel.open(name);
                FirstOrder firstOrder = new FirstOrder(setting(model, noise), step -> {})) {
            Setting setting = setting(model, noise);
            Attribution attribution = new Attributions(setting, 0).estimate(firstOrder);
            Circuit circuit = new Circuits(setting, attribution, 0).estimate(step -> {});
            Source alone = Source.of(setting.ids(), circuit.edits());
            Member member = circuit.members().getLast();
            double sum = 0;
            for (Place place : member.places()) {
                Site site = member.component().site();
                assertEquals(
                        slope(setting, alone, site, place.pos(), place.pos()), place.needed() * setting.span(), NOISE);
                sum += place.needed();
            }
            assertTrue(!member.places().isEmpty());
            assertEquals(sum, member.needed(), 1e-9);
        }
    }

    /// @param noise whether the contrast is the prompt itself with noise on its subject
    private static Setting setting(Model model, boolean noise) {
        Setting setting = PlantedCircuitTest.setting(model);
        if (!noise) {
            return setting;
        }
        int first = setting.firstDifference();
        Edit blur = EmbeddingNoise.edit(model, Positions.of(first), EmbeddingNoise.deviation(model), 1);
        Source contrast = Source.of(setting.ids(), List.of(blur));
        double margin = Runs.measure(model, setting.ids(), contrast.edits(), setting.metric());
        return new Setting(
                model,
                setting.prompt(),
                contrast,
                setting.ids(),
                first,
                setting.metric(),
                setting.promptMargin(),
                margin);
    }

    /// How the margin of a run grows when a value moves from the contrast's towards the prompt's, nats a whole change.
    private static double slope(Setting setting, Source run, Site site, int first, int last) {
        try (Differences differences = new Differences(setting, List.of(site));
                Scope scope = Scope.open()) {
            Tensor change = differences.at(site, first, last + 1);
            double more = moved(setting, run, site, Positions.span(first, last), change.times(STEP));
            double less = moved(setting, run, site, Positions.span(first, last), change.times(-STEP));
            return (more - less) / (2 * STEP);
        }
    }

    private static double moved(Setting setting, Source run, Site site, Positions positions, Tensor change) {
        List<Edit> edits = new ArrayList<>(run.edits());
        edits.add(new Edit.Add(site, positions, Values.of(change)));
        return Runs.measure(setting.model(), run.ids(setting.model()), edits, setting.metric());
    }
}
