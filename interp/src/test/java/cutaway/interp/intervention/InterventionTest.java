package cutaway.interp.intervention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Prompts;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InterventionTest {

    private static final int[] IDS = {3, 14, 15, 92, 65, 35};
    private static final Metric METRIC = new Metric.LogProbability(7);

    static Stream<Edit> edits() {
        return Stream.of(
                new Edit.Zero(new Site.Head(1, 2, HeadPart.Z), Positions.ALL),
                new Edit.Zero(new Site.MlpOut(0), Positions.of(2, 4)),
                new Edit.Scale(new Site.Resid(1, Moment.PRE), Positions.of(5), 0.5),
                new Edit.Mean(new Site.MlpOut(2), Positions.ALL, List.of()),
                new Edit.Zero(new Site.Neuron(1, 9, NeuronPart.POST), Positions.ALL),
                new Edit.Knockout(new Site.Head(1, 0, HeadPart.SCORES), Positions.of(5), Positions.of(1)));
    }

    @ParameterizedTest
    @MethodSource("edits")
    void theEffectIsThatOfTheSameEditAlone(Edit edit) {
        try (Model model = TinyModel.open("llama");
                Intervention intervention = new Intervention(model, Source.of(IDS, List.of()), METRIC)) {
            Intervention.Effect effect = intervention.measure(List.of(edit), 4, 0);
            assertEquals(Runs.measure(model, IDS, List.of(), METRIC), effect.baseline(), 1e-5);
            assertEquals(Runs.measure(model, IDS, List.of(edit), METRIC), effect.edited(), 1e-5);
            assertEquals(4, effect.placebos().size());
            assertEquals(next(model, List.of(edit)), ids(effect.next()));
            assertEquals(next(model, List.of()), ids(intervention.next()));
            assertTrue(effect.placebos().stream().distinct().count() > 1, "controls differ from each other");
            assertEquals(effect, intervention.measure(List.of(edit), 4, 0), "the seed decides");
            assertNotEquals(
                    effect.placebos(),
                    intervention.measure(List.of(edit), 4, 100).placebos());
        }
    }

    private static List<Integer> next(Model model, List<Edit> edits) {
        return ids(Prompts.next(model, Source.of(IDS, edits)));
    }

    private static List<Integer> ids(List<Candidate> next) {
        return next.stream().map(Candidate::id).toList();
    }

    /// Read off the run: position by position, the control's change is as long as the edit's.
    @Test
    void aControlIsAsLargeAsTheEdit() {
        Site site = new Site.Resid(1, Moment.PRE);
        Edit edit = new Edit.Scale(site, Positions.of(2, 5), 0.5);
        Source base = Source.of(IDS, List.of());
        try (Model model = TinyModel.open("llama");
                Sweep sweep = new Sweep(model, base, METRIC)) {
            List<Edit> control = new Controls(model, sweep)
                    .of(List.of(edit), 1, 0)
                    .variants()
                    .getFirst();
            double[][] plain = rows(model, site, List.of());
            double[][] ours = rows(model, site, List.of(edit));
            double[][] theirs = rows(model, site, control);
            for (int pos = 0; pos < IDS.length; pos++) {
                double length = distance(plain[pos], ours[pos]);
                assertEquals(length, distance(plain[pos], theirs[pos]), 1e-4 * Math.max(1, length));
                assertEquals(pos == 2 || pos == 5, length > 0);
            }
        }
    }

    private static double[][] rows(Model model, Site site, List<Edit> edits) {
        try (Trace trace = Runs.run(model, Batch.of(IDS), edits, List.of(site));
                Scope scope = Scope.open()) {
            double[][] rows = new double[IDS.length][];
            for (int pos = 0; pos < rows.length; pos++) {
                rows[pos] = trace.at(site).select(0, 0).select(0, pos).toDoubles();
            }
            return rows;
        }
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    @Test
    void whatHasNoControlSaysSo() {
        Edit edit = new Edit.Zero(new Site.Head(1, 0, HeadPart.PATTERN), Positions.of(5));
        try (Model model = TinyModel.open("llama");
                Intervention intervention = new Intervention(model, Source.of(IDS, List.of()), METRIC)) {
            Intervention.Effect effect = intervention.measure(List.of(edit), 4, 0);
            assertTrue(effect.placebos().isEmpty());
            assertTrue(effect.control().startsWith("none"), effect.control());
            assertFalse(effect.isTold());
            assertThrows(BadInputException.class, () -> intervention.measure(List.of(), 4, 0));
        }
    }

    @Test
    void runsThatOthersAskedOfAreForgotten() {
        try (Model model = TinyModel.open("llama");
                Intervention intervention = new Intervention(model, Source.of(IDS, List.of()), METRIC)) {
            long before = 0;
            for (int token = 5; token < 15; token++) {
                Source from = Source.of(new int[] {3, 14, 15, token, 65, 35}, List.of());
                intervention.measure(List.of(new Edit.Patch(new Site.MlpOut(0), Positions.ALL, from)), 2, 0);
                before = token == 5 ? Tensor.live() : before;
                assertEquals(before, Tensor.live());
            }
        }
    }

    @Test
    void numbersThatAreNoneAreRefused() {
        Edit edit = new Edit.Scale(new Site.MlpOut(0), Positions.ALL, 1e39);
        try (Model model = TinyModel.open("llama");
                Intervention intervention = new Intervention(model, Source.of(IDS, List.of()), METRIC)) {
            assertThrows(BadInputException.class, () -> intervention.measure(List.of(edit), 0, 0));
        }
    }

    /// The edit alone is measured in floats, its control is not: the length of what it changes is none.
    @Test
    void anEditTooLargeForItselfOrItsControlsIsRefused() {
        for (Site site : List.of(new Site.Head(1, 0, HeadPart.Z), new Site.MlpOut(0), new Site.Resid(1, Moment.PRE))) {
            Edit edit = new Edit.Scale(site, Positions.ALL, 1e38);
            try (Model model = TinyModel.open("llama");
                    Intervention intervention = new Intervention(model, Source.of(IDS, List.of()), METRIC)) {
                String said = String.valueOf(
                        assertThrows(BadInputException.class, () -> intervention.measure(List.of(edit), 4, 0))
                                .getMessage());
                assertTrue(said.contains("no finite number") && said.endsWith("give smaller edits."), said);
                assertEquals(
                        4,
                        intervention
                                .measure(List.of(new Edit.Scale(site, Positions.ALL, 2)), 4, 0)
                                .placebos()
                                .size());
            }
        }
    }

    @Test
    void nativeMemoryStaysFlat() {
        Edit edit = new Edit.Zero(new Site.MlpOut(0), Positions.ALL);
        try (Model model = TinyModel.open("llama");
                Intervention intervention = new Intervention(model, Source.of(IDS, List.of()), METRIC)) {
            intervention.measure(List.of(edit), 2, 0);
            long before = Tensor.live();
            for (int i = 0; i < 50; i++) {
                intervention.measure(List.of(edit), 2, i);
            }
            assertEquals(before, Tensor.live());
        }
    }
}
