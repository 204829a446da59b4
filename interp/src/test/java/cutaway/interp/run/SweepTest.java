package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.safetensors.SafetensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SweepTest {

    private static final Path GOLDEN = Path.of("../model/src/test/resources/golden");

    /// Golden: the grids that TransformerLens 4.3.0 computed on SmolLM2; they hold the margin after the edit.
    @Test
    void patchingGridsAgreeWithTransformerLens() {
        Path gguf = Path.of(System.getProperty("user.home"), ".cache/cutaway/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
        Assumptions.assumeTrue(Files.exists(gguf), "skipped: the default model is not in the cache");
        try (Model model = Model.open(gguf);
                SafetensorsFile golden = SafetensorsFile.open(GOLDEN.resolve("smollm2/golden.safetensors"))) {
            int[] corrupted = model.encode("When Mary and John went to the store, Mary gave a drink to").ids();
            int[] clean = model.encode("When Mary and John went to the store, John gave a drink to").ids();
            Metric margin = new Metric.LogitDifference(
                    model.tokenizer().idOf(" Mary").getAsInt(), model.tokenizer().idOf(" John").getAsInt());
            Source from = Source.of(clean, List.of());
            float[] margins = floats(golden, "ioi.margin");
            long t0 = System.nanoTime();
            try (Sweep sweep = new Sweep(model, Source.of(corrupted, List.of()), margin)) {
                System.out.printf("base %.0f ms%n", (System.nanoTime() - t0) / 1e6);
                assertEquals(margins[1], sweep.baseline(), 1e-3);
                assertEquals(margins[0], Runs.measure(model, clean, List.of(), margin), 1e-3);
                List<List<Edit>> grid = new ArrayList<>();
                for (int layer = 0; layer < 30; layer++) {
                    for (int pos = 0; pos < corrupted.length; pos++) {
                        grid.add(List.of(new Edit.Patch(new Site.Resid(layer, Moment.PRE), Positions.of(pos), from)));
                    }
                }
                t0 = System.nanoTime();
                agree("ioi.patch.resid_pre", golden, sweep.measure(grid));
                System.out.printf("resid grid %.0f ms%n", (System.nanoTime() - t0) / 1e6);
                List<List<Edit>> heads = new ArrayList<>();
                for (int layer = 0; layer < 30; layer++) {
                    for (int head = 0; head < 9; head++) {
                        heads.add(List.of(new Edit.Patch(new Site.Head(layer, head, HeadPart.Z), Positions.ALL, from)));
                    }
                }
                t0 = System.nanoTime();
                agree("ioi.patch.head_z", golden, sweep.measure(heads));
                System.out.printf("head grid %.0f ms%n", (System.nanoTime() - t0) / 1e6);
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
        System.out.println(name + " worst " + worst);
        assertEquals(0, worst, 1e-2, name);
    }

    private static float[] floats(SafetensorsFile file, String name) {
        return file.entry(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
