package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.run.Reach;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Zero, mean and resample ablation of every head, MLP and neuron, at all positions or one. Those that are planted do
/// what arithmetic says, all others nothing.
class AblationTest {

    private static final Induction INDUCTION = new Induction(3, 4);
    private static final CopyHead COPY = new CopyHead(2, 3);
    private static final Lookup LOOKUP = new Lookup(2, 3);
    private static final Site NEURON = new Site.Neuron(0, Lookup.neuron(1), NeuronPart.POST);

    @TempDir
    private Path folder;

    /// Without the first head nothing matches, and the last query looks everywhere alike. What the first head notes
    /// at position 5 is not asked for.
    @ParameterizedTest
    @EnumSource(Family.class)
    void zero(Family family) {
        double m = INDUCTION.margin();
        try (Model model = INDUCTION.open(family, folder)) {
            Ablation zero = new Ablation(model, Induction.PROMPT, Induction.METRIC);
            zero.does(
                    site -> new Edit.Zero(site, Positions.ALL), Map.of(Induction.BEFORE, -m, Induction.INDUCTION, -m));
            zero.does(site -> new Edit.Zero(site, Positions.of(3)), Map.of(Induction.BEFORE, -m));
            zero.does(site -> new Edit.Zero(site, Positions.of(5)), Map.of());
            zero.does(site -> new Edit.Zero(site, Positions.LAST), Map.of(Induction.INDUCTION, -m));
        }
    }

    /// Over the seven positions the first head notes the tokens 0 (itself), 0, 5, 1, 2, 3 and 4: on average a
    /// seventh of a match, also at the last position, which then has a part in the sum.
    ///
    /// No query but the last finds a match, and the first has but one key: of tokens 2 and 4 the second head
    /// gathers 1/4 of 2 at position 3, 1/5 of 2 at 4, as much of both at 5, and at 6 the margin.
    @ParameterizedTest
    @EnumSource(Family.class)
    void meanOverPositions(Family family) {
        double m = INDUCTION.margin();
        double seventh = 3.0 / 7;
        double gathered = (4 * (1.0 / 4 + 1.0 / 5) + m) / 7 - m;
        double last = 4 * (Math.exp(3) - 1) / (Math.exp(3) + Math.exp(seventh) + 5) - m;
        try (Model model = INDUCTION.open(family, folder)) {
            Ablation mean = new Ablation(model, Induction.PROMPT, Induction.METRIC);
            mean.does(
                    site -> new Edit.Mean(site, Positions.ALL, List.of()),
                    Map.of(Induction.BEFORE, -m, Induction.INDUCTION, gathered));
            mean.does(
                    site -> new Edit.Mean(site, Positions.of(3), List.of()),
                    Map.of(Induction.BEFORE, INDUCTION.margin(seventh, 0) - m));
            mean.does(
                    site -> new Edit.Mean(site, Positions.of(5), List.of()),
                    Map.of(Induction.BEFORE, INDUCTION.margin(3, seventh) - m));
            mean.does(
                    site -> new Edit.Mean(site, Positions.LAST, List.of()),
                    Map.of(Induction.BEFORE, last, Induction.INDUCTION, gathered));
        }
    }

    /// The subject's neuron fires at one of four positions. Where all four have the mean, all that the last query
    /// looks at has a fourth of the attribute; where the subject alone has it, three fourths are gone.
    @ParameterizedTest
    @EnumSource(Family.class)
    void meanOfNeurons(Family family) {
        double m = LOOKUP.margin();
        double fourth = LOOKUP.strong() / 4 - m;
        double gathered = LOOKUP.strong() * (1.0 / 2 + 1.0 / 3 + LOOKUP.match()) / 4 - m;
        try (Model model = LOOKUP.open(family, folder)) {
            Ablation mean = new Ablation(model, Lookup.PROMPT, Lookup.METRIC);
            mean.does(
                    site -> new Edit.Mean(site, Positions.ALL, List.of()),
                    Map.of(NEURON, fourth, Lookup.MLP, fourth, Lookup.MOVES, gathered));
            mean.does(
                    site -> new Edit.Mean(site, Positions.of(1), List.of()),
                    Map.of(NEURON, -0.75 * m, Lookup.MLP, -0.75 * m));
            mean.does(site -> new Edit.Zero(site, Positions.of(1)), Map.of(NEURON, -m, Lookup.MLP, -m));
        }
    }

    /// Over two prompts of four positions, one of them with the name, the head gathers 1/2 + 1/3 + p of it.
    @ParameterizedTest
    @EnumSource(Family.class)
    void meanOverPrompts(Family family) {
        double gathered = COPY.strong() * (1.0 / 2 + 1.0 / 3 + COPY.match()) / 8 - COPY.margin();
        List<Source> over = List.of(prompt(CopyHead.PROMPT), prompt(0, 3, 4, 7));
        try (Model model = COPY.open(family, folder)) {
            Ablation mean = new Ablation(model, CopyHead.PROMPT, CopyHead.METRIC);
            mean.does(site -> new Edit.Mean(site, Positions.ALL, over), Map.of(CopyHead.COPY, gathered));
        }
    }

    /// From prompts that have none of the tokens that matter.
    @ParameterizedTest
    @EnumSource(Family.class)
    void resample(Family family) {
        try (Model model = COPY.open(family, folder)) {
            Ablation resampled = new Ablation(model, CopyHead.PROMPT, CopyHead.METRIC);
            Source from = prompt(0, 3, 5, 7);
            resampled.does(site -> new Edit.Patch(site, Positions.ALL, from), Map.of(CopyHead.COPY, -COPY.margin()));
        }
        double m = INDUCTION.margin();
        try (Model model = INDUCTION.open(family, folder)) {
            Ablation resampled = new Ablation(model, Induction.PROMPT, Induction.METRIC);
            Source from = prompt(0, 5, 8, 9, 10, 11, 1);
            resampled.does(
                    site -> new Edit.Patch(site, Positions.ALL, from),
                    Map.of(Induction.BEFORE, -m, Induction.INDUCTION, -m));
        }
    }

    private static Source prompt(int... ids) {
        return Source.of(ids, List.of());
    }

    private record Ablation(Model model, int[] prompt, Metric metric) {

        /// @param expected what the metric changes by; of all sites that are not named, 0
        void does(Function<Site, Edit> ablated, Map<Site, Double> expected) {
            Reach reach = Reach.of(metric, model.sizes(), prompt.length);
            List<Site> sites = parts().stream()
                    .filter(site -> reach.from(ablated.apply(site)))
                    .toList();
            assertTrue(sites.containsAll(expected.keySet()), "a planted part is not ablated");
            try (Sweep sweep = new Sweep(model, Source.of(prompt, List.of()), metric)) {
                double[] found = sweep.measure(
                        sites.stream().map(site -> List.of(ablated.apply(site))).toList());
                for (int i = 0; i < found.length; i++) {
                    double effect = expected.getOrDefault(sites.get(i), 0.0);
                    assertEquals(
                            effect,
                            found[i] - sweep.baseline(),
                            PatchingTest.near(effect),
                            sites.get(i).text());
                }
            }
        }

        private List<Site> parts() {
            List<Site> parts = new ArrayList<>();
            for (int layer = 0; layer < model.sizes().layers(); layer++) {
                for (int head = 0; head < model.sizes().heads(); head++) {
                    parts.add(new Site.Head(layer, head, HeadPart.Z));
                }
                parts.add(new Site.MlpOut(layer));
                for (int neuron = 0; neuron < model.sizes().dMlp(); neuron++) {
                    parts.add(new Site.Neuron(layer, neuron, NeuronPart.POST));
                }
            }
            return parts;
        }
    }
}
