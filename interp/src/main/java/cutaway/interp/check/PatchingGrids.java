package cutaway.interp.check;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/// Activation patching of indirect object identification, as TransformerLens computed it: into "…, Mary gave a drink
/// to"
/// from "…, John gave a drink to", measured as logit(" Mary") - logit(" John") at the last position, nats.
final class PatchingGrids {

    private static final String CLEAN = "When Mary and John went to the store, John gave a drink to";
    private static final String CORRUPTED = "When Mary and John went to the store, Mary gave a drink to";

    /// Two libraries that sum in other orders; the margins are around 6 nats.
    private static final double TOLERANCE = 1e-2;

    private final Model model;
    private final GoldenFile file;

    PatchingGrids(Model model, GoldenFile file) {
        this.model = model;
        this.file = file;
    }

    List<Finding> check(BiConsumer<String, Double> progress) {
        if (!file.hasAny("ioi.")) {
            return List.of();
        }
        int[] clean = model.encode(CLEAN).ids();
        int[] corrupted = model.encode(CORRUPTED).ids();
        int layers = model.sizes().layers();
        Source source = Source.of(clean, List.of());
        List<Finding> findings = new ArrayList<>();
        if (file.has("ioi.margin")) {
            double[] margins = {
                Runs.measure(model, clean, List.of(), margin()), Runs.measure(model, corrupted, List.of(), margin())
            };
            findings.add(compare("ioi.margin", margins, new long[] {2}, (i, width) -> i == 0 ? "clean" : "corrupted"));
        }
        if (file.has("ioi.patch.resid_pre")) {
            List<List<Edit>> edits = new ArrayList<>();
            for (int layer = 0; layer < layers; layer++) {
                for (int pos = 0; pos < corrupted.length; pos++) {
                    edits.add(List.of(new Edit.Patch(new Site.Resid(layer, Moment.PRE), Positions.of(pos), source)));
                }
            }
            double[] grid = grid(corrupted, edits, progress, 0.4);
            findings.add(compare(
                    "ioi.patch.resid_pre",
                    grid,
                    new long[] {layers, corrupted.length},
                    (i, width) -> "layer " + i / width + ", position " + i % width));
        }
        if (file.has("ioi.patch.head_z")) {
            List<List<Edit>> edits = new ArrayList<>();
            for (int layer = 0; layer < layers; layer++) {
                for (int head = 0; head < model.sizes().heads(); head++) {
                    edits.add(List.of(new Edit.Patch(new Site.Head(layer, head, HeadPart.Z), Positions.ALL, source)));
                }
            }
            double[] grid = grid(corrupted, edits, progress, 0.7);
            findings.add(compare(
                    "ioi.patch.head_z",
                    grid,
                    new long[] {layers, model.sizes().heads()},
                    (i, width) -> "layer " + i / width + ", head " + i % width));
        }
        return findings;
    }

    private double[] grid(int[] ids, List<List<Edit>> edits, BiConsumer<String, Double> progress, double begin) {
        try (Sweep sweep = new Sweep(model, Source.of(ids, List.of()), margin())) {
            return sweep.measure(edits, done -> progress.accept("golden values", begin + 0.3 * done / edits.size()));
        }
    }

    private Metric margin() {
        return new Metric.LogitDifference(token(" Mary"), token(" John"));
    }

    private int token(String text) {
        return model.tokenizer()
                .idOf(text)
                .orElseThrow(() -> new BadInputException(file.path() + " holds \"ioi.\" grids, which need \"" + text
                        + "\" to be one token; it is more in this model's tokenizer."));
    }

    private Finding compare(String name, double[] actual, long[] shape, BiFunction<Integer, Integer, String> place) {
        double[] expected = file.tensor(name, shape).toDoubles();
        int width = (int) shape[shape.length - 1];
        Gap gap = Gap.NONE;
        for (int i = 0; i < expected.length; i++) {
            gap = gap.or(new Gap(Math.abs(actual[i] - expected[i]), place.apply(i, width)));
        }
        return Finding.atMost(GoldenCheck.NAME, name, gap, TOLERANCE, "|a-b|, nats");
    }
}
