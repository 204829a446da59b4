package cutaway.interp.check;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
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

    /// Patches in one pass.
    private static final int ROWS = 32;

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
            List<Double> margins = List.of(
                    margins(clean, List.of(List.of())).getFirst(),
                    margins(corrupted, List.of(List.of())).getFirst());
            findings.add(compare("ioi.margin", margins, new long[] {2}, (i, width) -> i == 0 ? "clean" : "corrupted"));
        }
        if (file.has("ioi.patch.resid_pre")) {
            List<Edit> edits = new ArrayList<>();
            for (int layer = 0; layer < layers; layer++) {
                for (int pos = 0; pos < corrupted.length; pos++) {
                    edits.add(new Edit.Patch(new Site.Resid(layer, Moment.PRE), Positions.of(pos), source));
                }
            }
            List<Double> grid = grid(corrupted, edits, progress, 0.4);
            findings.add(compare(
                    "ioi.patch.resid_pre",
                    grid,
                    new long[] {layers, corrupted.length},
                    (i, width) -> "layer " + i / width + ", position " + i % width));
        }
        if (file.has("ioi.patch.head_z")) {
            List<Edit> edits = new ArrayList<>();
            for (int layer = 0; layer < layers; layer++) {
                for (int head = 0; head < model.sizes().heads(); head++) {
                    edits.add(new Edit.Patch(new Site.Head(layer, head, HeadPart.Z), Positions.ALL, source));
                }
            }
            List<Double> grid = grid(corrupted, edits, progress, 0.7);
            findings.add(compare(
                    "ioi.patch.head_z",
                    grid,
                    new long[] {layers, model.sizes().heads()},
                    (i, width) -> "layer " + i / width + ", head " + i % width));
        }
        return findings;
    }

    private List<Double> grid(int[] ids, List<Edit> edits, BiConsumer<String, Double> progress, double begin) {
        List<Double> margins = new ArrayList<>();
        for (int first = 0; first < edits.size(); first += ROWS) {
            List<Edit> some = edits.subList(first, Math.min(first + ROWS, edits.size()));
            margins.addAll(margins(ids, some.stream().map(List::of).toList()));
            progress.accept("golden values", begin + 0.3 * margins.size() / edits.size());
        }
        return margins;
    }

    private List<Double> margins(int[] ids, List<List<Edit>> variants) {
        try (Trace trace = Runs.rows(model, ids, variants, List.of());
                Scope scope = Scope.open()) {
            Tensor last = trace.logits().select(1, ids.length - 1L);
            Tensor margins = last.select(1, token(" Mary")).minus(last.select(1, token(" John")));
            List<Double> list = new ArrayList<>();
            for (double margin : margins.toDoubles()) {
                list.add(margin);
            }
            return list;
        }
    }

    private int token(String text) {
        return model.tokenizer()
                .idOf(text)
                .orElseThrow(() -> new BadInputException(file.path() + " holds \"ioi.\" grids, which need \"" + text
                        + "\" to be one token; it is more in this model's tokenizer."));
    }

    private Finding compare(
            String name, List<Double> actual, long[] shape, BiFunction<Integer, Integer, String> place) {
        float[] expected = file.tensor(name, shape).toFloats();
        int width = (int) shape[shape.length - 1];
        Gap gap = Gap.NONE;
        for (int i = 0; i < expected.length; i++) {
            gap = gap.or(new Gap(Math.abs(actual.get(i) - expected[i]), place.apply(i, width)));
        }
        return Finding.atMost(GoldenCheck.NAME, name, gap, TOLERANCE, "|a-b|, nats");
    }
}
