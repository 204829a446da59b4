package cutaway.interp.run;

import static cutaway.interp.run.DrawnEdits.IDS;
import static cutaway.interp.run.DrawnEdits.METRIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.DefaultModel;
import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.tensor.BadInputException;
import cutaway.tensor.safetensors.SafetensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SweepTest {

    private static final Path GOLDEN = Path.of("../model/src/test/resources/golden");

    /// Of the base run, so that variants meet edits in what they take from it and in what they compute anew.
    private static final List<Edit> BASE = List.of(
            new Edit.Scale(new Site.Resid(1, Moment.PRE), Positions.of(3), 0.5),
            new Edit.Scale(new Site.Head(0, 1, HeadPart.Z), Positions.of(4), 0.5),
            new Edit.Scale(new Site.Neurons(1, NeuronPart.POST), Positions.ALL, 0.8));

    static Stream<Arguments> families() {
        return Stream.concat(
                TinyModel.families().map(name -> Arguments.of(name, Arithmetic.F32)),
                TinyModel.shapes().map(name -> Arguments.of(name, Arithmetic.F64)));
    }

    /// Whatever is edited where, a variant of a sweep gives what a run of its own gives; 1e-5 is float32's noise over
    /// products of another shape.
    @ParameterizedTest
    @MethodSource("families")
    void agreesWithOneRunForEach(String name, Arithmetic arithmetic) {
        try (Model model = TinyModel.open(name, arithmetic);
                Sweep sweep = new Sweep(model, Source.of(IDS, BASE), METRIC)) {
            double plain = Runs.measure(model, IDS, BASE, METRIC);
            assertEquals(plain, sweep.baseline(), limit(arithmetic, plain));
            DrawnEdits drawn = new DrawnEdits(model, 5);
            for (int first : new int[] {0, 3}) { // one sweep, asked twice
                drawn.startAt(first);
                List<List<Edit>> variants = drawn.variants(80);
                double[] swept = sweep.measure(variants);
                for (int i = 0; i < swept.length; i++) {
                    List<Edit> edits = new ArrayList<>(BASE);
                    edits.addAll(variants.get(i));
                    double alone = Runs.measure(model, IDS, edits, METRIC);
                    assertEquals(
                            alone,
                            swept[i],
                            limit(arithmetic, alone),
                            variants.get(i).toString());
                }
            }
        }
    }

    /// In float32 the noise goes by the size of the logits, not of a small difference of theirs.
    static double limit(Arithmetic arithmetic, double value) {
        return arithmetic == Arithmetic.F64 ? 1e-9 * Math.abs(value) : 1e-5 * (10 + Math.abs(value));
    }

    /// A mean that names no runs is over the prompt's unedited run, whatever edits the base run has.
    @Test
    void aMeanIsOverTheUneditedRun() {
        Site z = new Site.Heads(0, HeadPart.Z);
        List<Edit> mean = List.of(new Edit.Mean(z, Positions.ALL, List.of()));
        List<Edit> base = List.of(new Edit.Scale(z, Positions.ALL, 5));
        try (Model model = TinyModel.open("llama");
                Sweep unedited = new Sweep(model, Source.of(IDS, List.of()), METRIC);
                Sweep edited = new Sweep(model, Source.of(IDS, base), METRIC)) {
            double expected = unedited.measure(List.of(mean))[0]; // it takes the place of all that the base run did
            assertEquals(expected, edited.measure(List.of(mean))[0], 1e-5 * (10 + Math.abs(expected)));
            assertTrue(Math.abs(edited.baseline() - unedited.baseline()) > 1e-2, "the base run's edit does nothing");
        }
    }

    /// A budget that just holds the base run in float32 is half of what float64 needs.
    @Test
    void numbersOfFloat64CountTwice() {
        int[] ids = {3, 41, 59, 26, 5};
        Source base = Source.of(ids, List.of());
        Metric metric = new Metric.Logit(7);
        try (Model coarse = TinyModel.open("llama");
                Model fine = TinyModel.open("llama", Arithmetic.F64)) {
            long bytes = new WaveMemory(coarse.sizes(), ids.length, Float.BYTES).ofCheckpoints();
            Sweep.within(coarse, base, metric, bytes).close();
            Sweep.within(fine, base, metric, 2 * bytes).close();
            assertThrows(BadInputException.class, () -> Sweep.within(fine, base, metric, 2 * bytes - 1));
        }
    }

    /// What puts in place what is there already has an effect of exactly 0, bit for bit.
    @Test
    void whatChangesNothingHasNoEffect() {
        int[] ids = {3, 41, 59, 26, 5};
        Source later = Source.of(new int[] {3, 41, 59, 26, 9}, List.of());
        try (Model model = TinyModel.open("llama");
                Sweep sweep = new Sweep(model, Source.of(ids, List.of()), new Metric.LogitDifference(7, 21))) {
            double[] found = sweep.measure(List.of(
                    List.of(),
                    List.of(new Edit.Patch(new Site.Resid(1, Moment.PRE), Positions.of(2), later)),
                    List.of(new Edit.Patch(new Site.Resid(1, Moment.PRE), Positions.of(4), later))));
            assertEquals(sweep.baseline(), found[0]);
            assertEquals(sweep.baseline(), found[1]);
            assertTrue(Math.abs(sweep.baseline() - found[2]) > 1e-3);
        }
    }

    /// Golden: the grids that TransformerLens 4.3.0 computed on SmolLM2; they hold the margin after the edit.
    @Test
    void patchingGridsAgreeWithTransformerLens() {
        try (Model model = DefaultModel.open();
                SafetensorsFile golden = SafetensorsFile.open(GOLDEN.resolve("smollm2/golden.safetensors"))) {
            int[] corrupted = model.encode("When Mary and John went to the store, Mary gave a drink to")
                    .ids();
            int[] clean = model.encode("When Mary and John went to the store, John gave a drink to")
                    .ids();
            Metric margin = new Metric.LogitDifference(
                    model.tokenizer().idOf(" Mary").getAsInt(),
                    model.tokenizer().idOf(" John").getAsInt());
            Source from = Source.of(clean, List.of());
            float[] margins = floats(golden, "ioi.margin");
            try (Sweep sweep = new Sweep(model, Source.of(corrupted, List.of()), margin)) {
                assertEquals(margins[1], sweep.baseline(), 1e-3);
                assertEquals(margins[0], Runs.measure(model, clean, List.of(), margin), 1e-3);
                List<List<Edit>> grid = new ArrayList<>();
                for (int layer = 0; layer < 30; layer++) {
                    for (int pos = 0; pos < corrupted.length; pos++) {
                        grid.add(List.of(new Edit.Patch(new Site.Resid(layer, Moment.PRE), Positions.of(pos), from)));
                    }
                }
                agree("ioi.patch.resid_pre", golden, sweep.measure(grid));
                List<List<Edit>> heads = new ArrayList<>();
                for (int layer = 0; layer < 30; layer++) {
                    for (int head = 0; head < 9; head++) {
                        heads.add(List.of(new Edit.Patch(new Site.Head(layer, head, HeadPart.Z), Positions.ALL, from)));
                    }
                }
                agree("ioi.patch.head_z", golden, sweep.measure(heads));
            }
        }
    }

    private static void agree(String name, SafetensorsFile golden, double[] actual) {
        float[] expected = floats(golden, name);
        assertEquals(expected.length, actual.length);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs(expected[i] - actual[i]));
        }
        assertEquals(0, worst, 1e-2, name);
    }

    private static float[] floats(SafetensorsFile file, String name) {
        return file.entry(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
