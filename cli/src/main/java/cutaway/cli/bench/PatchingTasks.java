package cutaway.cli.bench;

import cutaway.interp.attribution.AttributionPatching;
import cutaway.interp.attribution.DirectLogitAttribution;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.path.PathPatching;
import cutaway.interp.path.Receiver;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.ProcessMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The tasks of `cutaway bench --peers` as Cutaway does them; `scripts/bench/peers --help` says what each is.
final class PatchingTasks {

    private final Model model;

    PatchingTasks(Model model) {
        this.model = model;
    }

    /// All values that a task measures, nested as its rivals nest them.
    private Object values(Question question) {
        Source prompt = Source.of(question.prompt(), List.of());
        Source contrast = Source.of(question.contrast(), List.of());
        Metric.LogitDifference margin = new Metric.LogitDifference(question.answer(), question.against());
        int layers = model.sizes().layers();
        int heads = model.sizes().heads();
        int length = question.prompt().length;
        return switch (question.task()) {
            case "resid_pre" ->
                grid(
                        contrast,
                        margin,
                        layers,
                        length,
                        (layer, pos) ->
                                List.of(new Edit.Patch(new Site.Resid(layer, Moment.PRE), Positions.of(pos), prompt)));
            case "head_all" ->
                grid(
                        contrast,
                        margin,
                        layers,
                        heads,
                        (layer, head) ->
                                List.of(new Edit.Patch(new Site.Head(layer, head, HeadPart.Z), Positions.ALL, prompt)));
            case "head_pos" -> headsByPosition(prompt, contrast, margin, length);
            case "path_q" -> paths(question, prompt, contrast, margin);
            case "attribution" -> AttributionPatching.of(model, contrast, prompt, margin);
            case "dla" -> direct(question, margin);
            default -> throw new IllegalArgumentException("no task " + question.task());
        };
    }

    private interface Cell {
        List<Edit> edits(int row, int column);
    }

    private double[][] grid(Source base, Metric metric, int rows, int columns, Cell cell) {
        List<List<Edit>> variants = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                variants.add(cell.edits(row, column));
            }
        }
        double[] flat;
        try (Sweep sweep = new Sweep(model, base, metric)) {
            flat = sweep.measure(variants);
        }
        return nested(flat, rows, columns);
    }

    private static double[][] nested(double[] flat, int rows, int columns) {
        return IntStream.range(0, rows)
                .mapToObj(row -> java.util.Arrays.copyOfRange(flat, row * columns, (row + 1) * columns))
                .toArray(double[][]::new);
    }

    /// `[layer][pos][head]`. In the last block only the last position reaches the answer: elsewhere nothing is patched.
    private double[][][] headsByPosition(Source prompt, Source contrast, Metric metric, int length) {
        int layers = model.sizes().layers();
        int heads = model.sizes().heads();
        double[][] rows = grid(contrast, metric, layers * length, heads, (row, head) -> {
            int layer = row / length;
            int pos = row % length;
            return layer == layers - 1 && pos < length - 1
                    ? List.of()
                    : List.of(new Edit.Patch(new Site.Head(layer, head, HeadPart.Z), Positions.of(pos), prompt));
        });
        double[][][] values = new double[layers][length][];
        for (int row = 0; row < rows.length; row++) {
            values[row / length][row % length] = rows[row];
        }
        return values;
    }

    private double[][] paths(Question question, Source prompt, Source contrast, Metric metric) {
        if (question.layer() == null || question.head() == null) {
            throw new IllegalArgumentException("path_q needs a receiver: a layer and a head");
        }
        Receiver receiver = new Receiver.Queries(question.layer(), question.head());
        int heads = model.sizes().heads();
        List<Site> senders = new ArrayList<>();
        for (int layer = 0; layer < question.layer(); layer++) {
            for (int head = 0; head < heads; head++) {
                senders.add(new Site.Head(layer, head, HeadPart.Z));
            }
        }
        try (PathPatching patching = new PathPatching(model, contrast, prompt, senders, List.of(receiver))) {
            return grid(
                    contrast,
                    metric,
                    question.layer(),
                    heads,
                    (layer, head) -> patching.edits(new Site.Head(layer, head, HeadPart.Z), receiver));
        }
    }

    private Map<String, double[][]> direct(Question question, Metric.LogitDifference margin) {
        try (Trace trace = Runs.toLast(
                model, Source.of(question.prompt(), List.of()), DirectLogitAttribution.sites(model, true))) {
            DirectLogitAttribution attribution =
                    new DirectLogitAttribution(model, trace, margin.answer(), margin.rival());
            return Map.of("heads", attribution.heads(), "neurons", attribution.neurons());
        }
    }

    /// One task, timed, with the most memory it took beyond what was there before.
    JsonNode answer(Question question) {
        Runs.measure(
                model,
                question.contrast(),
                List.of(),
                new Metric.LogitDifference(question.answer(), question.against())); // as the rivals: warm
        double before = ProcessMemory.settledMb();
        long start = System.nanoTime();
        Object values = values(question);
        double seconds = (System.nanoTime() - start) / 1e9;
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        answer.put("task", question.task());
        answer.put("seconds", seconds);
        answer.put("peak_mb", ProcessMemory.peakMb() - before);
        answer.set("values", JsonMapper.shared().valueToTree(values));
        return answer;
    }
}
