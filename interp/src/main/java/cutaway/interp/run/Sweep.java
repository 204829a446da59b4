package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.EditTap.RowEdit;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Past;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Point.Place;
import cutaway.model.parts.Transformer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Asks the same question of one run many times: what is the metric if this were edited, or that?
///
/// The variants become rows of batches. Each batch starts from the base run's residual stream at the first layer that
/// its edits touch, computes only the positions from the first one they touch, and takes the keys and values before
/// those from the base run. The results are those of one run after another, within the noise of float32.
///
/// It owns native memory (the base run's checkpoints) until it is closed.
public final class Sweep implements AutoCloseable {

    private final Model model;
    private final Transformer transformer;
    private final Source base;
    private final int[] ids;
    private final Metric metric;
    private final Operands operands;
    private final List<Tensor> checkpoints =
            new ArrayList<>(); // by layer, [1, pos, dModel]; the last one after all blocks
    private final Past.Cache keysValues;
    private final double baseline;

    /// Runs the base once.
    ///
    /// @param base the run that every variant edits, with edits of its own that all of them keep
    /// @throws BadInputException when the metric is none that a sweep can read
    public Sweep(Model model, Source base, Metric metric) {
        this.model = model;
        this.transformer = model.transformer();
        this.base = base;
        this.ids = base.ids(model);
        this.metric = metric;
        if (!metric.logitPositions(ids.length).equals(List.of(ids.length - 1)) || metric instanceof Metric.Divergence) {
            throw new BadInputException(
                    "a sweep reads a metric of the last position's logits; " + metric + " is another.");
        }
        this.operands = new Operands(model, base, base.edits());
        this.keysValues = new Past.Cache(ids.length);
        try {
            this.baseline = runBase();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private double runBase() {
        Batch batch = Batch.of(ids);
        Set<Point> points = new HashSet<>();
        for (int layer = 0; layer < model.sizes().layers(); layer++) {
            points.add(new Point(Kind.RESID_PRE, layer));
        }
        EditTap tap = new EditTap(new Placement.Padded(batch), Runs.everyRow(base.edits()), operands, points, false);
        try (Scope scope = Scope.open()) {
            Tensor last = model.residual(batch, tap, keysValues);
            for (int layer = 0; layer < model.sizes().layers(); layer++) {
                checkpoints.add(value(tap.seen(), layer));
            }
            checkpoints.add(Scope.detach(last.alias()));
            EditTap end = tapOfUnembedding(1, Runs.everyRow(base.edits()));
            double value = read(last.slice(1, ids.length - 1, ids.length), end)[0];
            for (int i = 0; i < base.edits().size(); i++) {
                checkApplied(base.edits().get(i), tap.applied(i) + end.applied(i));
            }
            return value;
        }
    }

    private static Tensor value(Map<Point, Tensor> seen, int layer) {
        Tensor value = seen.get(new Point(Kind.RESID_PRE, layer));
        if (value == null) {
            throw new IllegalStateException("the base run did not reach layer " + layer);
        }
        return value;
    }

    /// The metric of the base run, without a variant's edits.
    public double baseline() {
        return baseline;
    }

    /// The token ids of the base run.
    public int[] ids() {
        return ids.clone();
    }

    /// The metric under each variant's edits, in their order.
    ///
    /// @param progress is told, now and then, how many variants are done
    /// @throws BadInputException when an edit names what the model does not have, cannot reach the metric, or was
    ///     never reached
    public double[] measure(List<List<Edit>> variants, IntConsumer progress) {
        List<Edit> all = variants.stream().flatMap(List::stream).toList();
        Reach reach = Reach.of(metric, model.sizes(), ids.length);
        all.forEach(edit -> reach.check(edit, metric));
        operands.prepare(all);
        Set<Integer> unchanged = new HashSet<>();
        for (int i = 0; i < variants.size(); i++) {
            if (variants.get(i).isEmpty() || changesNothing(variants.get(i))) {
                unchanged.add(i);
            }
        }
        double[] values = new double[variants.size()];
        Arrays.fill(values, baseline);
        int done = unchanged.size();
        for (SweepPlan.Chunk chunk :
                SweepPlan.of(variants, ids.length, model.sizes(), unchanged).chunks()) {
            double[] found = Scope.free(() -> run(chunk, variants));
            for (int row = 0; row < found.length; row++) {
                values[chunk.variants().get(row)] = found[row];
            }
            done += found.length;
            progress.accept(done);
        }
        return values;
    }

    /// As [#measure(List, IntConsumer)], without progress.
    public double[] measure(List<List<Edit>> variants) {
        return measure(variants, done -> {});
    }

    /// Whether a variant only puts in place, bit for bit, what is there already; then its effect is exactly 0.
    private boolean changesNothing(List<Edit> edits) {
        return edits.size() == 1
                && edits.getFirst() instanceof Edit.Patch patch
                && Scope.free(() -> {
                    Point point = patch.site().point();
                    Axes axes = point.kind().axes();
                    if (axes == Axes.PAIR) {
                        return false;
                    }
                    Tensor there = Trace.part(operands.value(base, point), patch.site());
                    Tensor put = Trace.part(operands.value(patch.from(), point), patch.site());
                    long[] at = IntStream.of(patch.pos().in(ids.length))
                            .asLongStream()
                            .toArray();
                    if (at[at.length - 1] >= put.dim(1)) {
                        return false;
                    }
                    Tensor positions = Tensor.of(at, at.length);
                    return there.gatherRows(1, positions).bitsEqual(put.gatherRows(1, positions));
                });
    }

    private double[] run(SweepPlan.Chunk chunk, List<List<Edit>> variants) {
        int rows = chunk.variants().size();
        int first = chunk.position();
        int length = ids.length - first;
        List<RowEdit> edits = new ArrayList<>(Runs.everyRow(base.edits()));
        Map<Integer, Edit> numbered = new TreeMap<>();
        for (int row = 0; row < rows; row++) {
            for (Edit edit : variants.get(chunk.variants().get(row))) {
                int number = base.edits().size() + numbered.size();
                numbered.put(number, edit);
                edits.add(new RowEdit(row, number, edit));
            }
        }
        EditTap tap =
                new EditTap(new Placement.Stretch(rows, first, length, ids.length), edits, operands, Set.of(), false);
        Tensor positions = Tensor.range(first, ids.length).unsqueeze(0); // [1, pos]
        Past past = first == 0 ? Past.NONE : keysValues.prefix(first);
        Pass pass = transformer.pass(positions, blocked(first), past);
        int from = Math.max(0, chunk.layer());
        Tensor start = chunk.layer() < 0
                ? transformer.embed(repeatedIds(rows, first), positions, tap)
                : checkpoints.get(from).slice(1, first, ids.length).expand(rows, -1, -1);
        Tensor residual = transformer.blocks(start, from, model.sizes().layers(), pass, tap);
        EditTap end = tapOfUnembedding(rows, edits);
        double[] values = read(residual.slice(1, length - 1, length), end);
        numbered.forEach((number, edit) -> checkApplied(edit, tap.applied(number) + end.applied(number)));
        return values;
    }

    /// Only the last position is unembedded, so what is edited after the blocks has a place of its own.
    private EditTap tapOfUnembedding(int rows, List<RowEdit> edits) {
        List<RowEdit> after = edits.stream()
                .filter(edit -> edit.edit().site().point().kind().place() == Place.AFTER)
                .toList();
        return new EditTap(
                new Placement.Stretch(rows, ids.length - 1, 1, ids.length), after, operands, Set.of(), false);
    }

    private static void checkApplied(Edit edit, int positions) {
        if (positions == 0) {
            throw new BadInputException(
                    "the edit of " + SiteNames.legacy(edit.site()) + " was never reached; check its positions.");
        }
    }

    private Tensor repeatedIds(int rows, int first) {
        long[] tail = IntStream.of(Arrays.copyOfRange(ids, first, ids.length))
                .asLongStream()
                .toArray();
        return Tensor.of(tail, 1, tail.length).expand(rows, -1);
    }

    /// Later keys are hidden from the queries from `first` on, `[1, 1, qPos, kPos]`; none from those of an encoder.
    private @Nullable Tensor blocked(int first) {
        if (!model.sizes().isCausal()) {
            return null;
        }
        Tensor queries = Tensor.range(first, ids.length).reshape(1, 1, -1, 1);
        Tensor keys = Tensor.range(0, ids.length).reshape(1, 1, 1, -1);
        return keys.greater(queries);
    }

    /// The metric of each row.
    ///
    /// @param last residual stream after the last block at the last position, `[row, 1, dModel]`
    private double[] read(Tensor last, EditTap tap) {
        List<Integer> tokens = tap.edits(new Point(Kind.LOGITS, 0)) ? List.of() : metric.tokens();
        Tensor logits = tokens.isEmpty()
                ? transformer.unembed(last, tap)
                : transformer.unembed(
                        last,
                        Tensor.of(tokens.stream().mapToLong(Integer::longValue).toArray(), tokens.size()),
                        tap);
        return Readings.ofLogits(metric, logits.squeeze(1), !tokens.isEmpty()).toDoubles();
    }

    @Override
    public void close() {
        checkpoints.forEach(Tensor::close);
        keysValues.close();
        operands.close();
    }
}
