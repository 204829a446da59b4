package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.safetensors.SafetensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SweepTest {

    private static final Path GOLDEN = Path.of("../model/src/test/resources/golden");

    /// Whatever is edited where, a variant of a sweep gives what a run of its own gives; 1e-5 is float32's noise over
    /// products of another shape.
    @ParameterizedTest
    @ValueSource(
            strings = {"llama", "llama-rope3", "gpt2", "gpt-neox", "phi", "qwen3", "gemma2", "gemma3", "olmo2", "bert"})
    void agreesWithOneRunForEach(String name) {
        Metric metric = new Metric.LogitDifference(7, 21);
        int[] ids = {3, 41, 59, 26, 5, 88, 13};
        Source other = Source.of(new int[] {3, 41, 60, 26, 9, 88, 13}, List.of());
        RandomGenerator random = new Random(5).generator();
        try (Model model = TinyModel.open(name)) {
            List<Site> sites = SiteNames.all(model.sizes());
            List<Edit> base = List.of( // of values that variants take from the base run, and of one that they compute
                    new Edit.Scale(new Site.Resid(1, Moment.PRE), Positions.of(3), 0.5),
                    new Edit.Scale(new Site.Head(0, 1, HeadPart.Z), Positions.of(4), 0.5),
                    new Edit.Scale(new Site.Neurons(1, NeuronPart.POST), Positions.ALL, 0.8));
            List<List<Edit>> variants = new ArrayList<>();
            while (variants.size() < 200) {
                List<Edit> edits = new ArrayList<>();
                for (int i = random.nextInt(1, 4); i > 0; i--) {
                    Site site = sites.get(random.nextInt(sites.size()));
                    // the second half starts behind a prefix that the base run's keys and values stand for
                    Positions pos = Positions.of(random.nextInt(variants.size() < 100 ? 0 : 3, ids.length));
                    edits.add(random.nextBoolean() ? new Edit.Patch(site, pos, other) : new Edit.Scale(site, pos, 0.7));
                }
                if (edits.stream().allMatch(edit -> reaches(edit, metric, model, ids.length))) {
                    variants.add(edits);
                }
            }
            try (Sweep sweep = new Sweep(model, Source.of(ids, base), metric)) {
                assertEquals(Runs.measure(model, ids, base, metric), sweep.baseline(), 1e-5 * scale(sweep));
                double[] swept = DoubleStream.concat(
                                DoubleStream.of(sweep.measure(variants.subList(0, 100))),
                                DoubleStream.of(sweep.measure(variants.subList(100, 200))))
                        .toArray();
                for (int i = 0; i < swept.length; i++) {
                    List<Edit> edits = new ArrayList<>(base);
                    edits.addAll(variants.get(i));
                    double alone = Runs.measure(model, ids, edits, metric);
                    assertEquals(
                            alone,
                            swept[i],
                            1e-5 * scale(sweep),
                            variants.get(i).toString());
                }
            }
        }
    }

    /// The size of the logits, which the noise of a small difference of theirs goes by.
    private static double scale(Sweep sweep) {
        return 10 + Math.abs(sweep.baseline());
    }

    private static boolean reaches(Edit edit, Metric metric, Model model, int length) {
        try {
            Reach.check(edit, metric, model.sizes(), length);
            return true;
        } catch (BadInputException e) {
            return false;
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
