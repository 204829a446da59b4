package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.EditTap.RowEdit;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.generation.Generated;
import cutaway.model.generation.Generator;
import cutaway.model.generation.Request;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Point.Place;
import cutaway.model.parts.Tap;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Runs a model once, with edits, and reads what was asked for.
public final class Runs {

    private Runs() {}

    /// Runs prompts through the model.
    ///
    /// @param edits applied to every prompt of the batch, in order
    /// @param reads what to keep; the logits are kept always
    /// @return what was read, to be closed by the caller
    /// @throws BadInputException when a site is not in this model, or an edit was never reached
    public static Trace run(Model model, Batch batch, List<Edit> edits, List<Site> reads) {
        model.check(batch);
        try (Operands operands = new Operands(model, self(batch, edits), edits)) {
            return pass(model, batch, everyRow(edits), operands, points(model, reads), false);
        }
    }

    /// Runs one prompt, and what comes after the blocks for its last position alone: of 14 positions, their logits
    /// take a quarter of the time.
    ///
    /// @param reads what to keep; the logits are kept always, `[1, 1, vocab]`
    /// @return what was read, to be closed by the caller
    /// @throws BadInputException when a site is not in this model, or an edit was never reached
    public static Trace toLast(Model model, Source run, List<Site> reads) {
        return toLast(model, Batch.of(run.ids(model)), run.edits(), reads);
    }

    /// As [#toLast(Model, Source, List)], of several prompts of one length.
    ///
    /// @param edits applied to every prompt
    /// @return what was read; logits `[batch, 1, vocab]`
    public static Trace toLast(Model model, Batch batch, List<Edit> edits, List<Site> reads) {
        if (!batch.isAlike()) {
            throw new IllegalArgumentException("prompts of several lengths end at several positions");
        }
        model.check(batch);
        int length = batch.length();
        try (Operands operands = new Operands(model, self(batch, edits), edits)) {
            EditTap tap =
                    new EditTap(new Placement.Padded(batch), everyRow(edits), operands, points(model, reads), false);
            return traced(batch, edits, tap, () -> {
                Tensor last = model.residual(batch, tap).slice(1, length - 1L, length);
                tap.move(Placement.Packed.tails(batch.size(), 1, length));
                model.transformer().unembed(last, tap);
            });
        }
    }

    /// Variants of one run, one after another, each as a pass of its own. A run that their edits take values from
    /// is run once for all of them.
    ///
    /// @param variants the edits of each
    /// @param reads what to keep of each; the logits are kept always
    /// @param use is given what was read, which is freed when it returns, and the variant's number
    /// @throws BadInputException when a site is not in this model, or an edit was never reached
    public static void each(
            Model model, int[] ids, List<List<Edit>> variants, List<Site> reads, ObjIntConsumer<Trace> use) {
        Batch batch = Batch.of(ids);
        model.check(batch);
        List<Edit> all = variants.stream().flatMap(List::stream).toList();
        Set<Point> points = points(model, reads);
        try (Operands operands = new Operands(model, Source.of(ids, List.of()), all)) {
            for (int i = 0; i < variants.size(); i++) {
                try (Trace trace = pass(model, batch, everyRow(variants.get(i)), operands, points, false)) {
                    use.accept(trace, i);
                }
            }
        }
    }

    /// Variants of one run as the rows of one batch: far faster than one after another, and within rounding the
    /// same.
    ///
    /// @param variants the edits of each row
    /// @param reads what to keep; the logits are kept always
    /// @return what was read, a row for each variant, to be closed by the caller
    /// @throws BadInputException when a site is not in this model, or an edit was never reached
    public static Trace rows(Model model, int[] ids, List<List<Edit>> variants, List<Site> reads) {
        Batch batch = Batch.of(Collections.nCopies(variants.size(), ids), Batch.Side.RIGHT);
        model.check(batch);
        List<RowEdit> edits = rowEdits(variants);
        List<Edit> all = edits.stream().map(RowEdit::edit).toList();
        try (Operands operands = new Operands(model, Source.of(ids, List.of()), all)) {
            return pass(model, batch, edits, operands, points(model, reads), false);
        }
    }

    /// The metric of one prompt under edits.
    ///
    /// @throws BadInputException when an edit cannot reach what the metric reads, or was never reached
    public static double measure(Model model, int[] ids, List<Edit> edits, Metric metric) {
        metric.check(model.sizes().vocab());
        edits.forEach(edit -> Reach.check(edit, metric, model.sizes(), ids.length));
        try (Trace trace = run(model, Batch.of(ids), edits, Readings.sites(metric));
                Scope scope = Scope.open()) {
            return Readings.of(model, trace, metric).item();
        }
    }

    /// The metric, if a run ended with the value of a site: the final norm and the unembedding are applied to it as
    /// it is (logit lens).
    ///
    /// @param sites of the residual stream, or of what is added to it; one for each answer
    /// @param positions where each is read
    /// @throws BadInputException when the metric needs more than one position's logits
    public static double[] lens(Model model, Source run, List<Site> sites, int[] positions, Metric metric) {
        if (metric instanceof Metric.Loss || metric instanceof Metric.Projection) {
            throw new BadInputException(
                    "the logit lens reads a metric of one position's logits, not " + metric.text() + ".");
        }
        List<Site> distinct = sites.stream().distinct().toList();
        double[] values = new double[sites.size()];
        try (Trace trace = run(model, Batch.of(run.ids(model)), run.edits(), distinct)) {
            int last = trace.batch().length() - 1;
            for (int i = 0; i < values.length; i++) {
                int at = i;
                values[i] = Scope.free(() -> {
                    Tensor there = trace.at(sites.get(at)).slice(1, positions[at], positions[at] + 1L);
                    Tensor logits = model.transformer().unembed(there, Tap.NONE).select(1, 0); // [1, vocab]
                    return metric instanceof Metric.Divergence
                            ? Readings.divergence(trace.logits().select(1, last).logSoftmax(-1), logits)
                                    .item()
                            : Readings.ofLogits(metric, logits, false).item();
                });
            }
        }
        return values;
    }

    /// A value at a site after all edits, and the gradient of a metric there: `d metric / d value`.
    ///
    /// @param value in the shape of its site with `batch` before it
    /// @param gradient as the value
    public record Slope(Tensor value, Tensor gradient) {}

    /// The gradient of a metric at sites: `d metric / d value`, each in the shape of its site with `batch` before
    /// it.
    ///
    /// Values that an edit put in place count as they are after the edit.
    public static Map<Site, Tensor> gradients(
            Model model, int[] ids, List<Edit> edits, Metric metric, List<Site> sites) {
        LastBlock lastBlock = LastBlock.of(metric, model.sizes(), ids.length);
        Map<Site, Tensor> gradients = new LinkedHashMap<>();
        slopesOfRows(model, ids, List.of(edits), metric, sites, lastBlock).forEach((site, slope) -> {
            slope.value.close();
            gradients.put(site, slope.gradient);
        });
        return gradients;
    }

    /// As [#gradients], with the values; they cost nothing more.
    public static Map<Site, Slope> slopes(Model model, int[] ids, List<Edit> edits, Metric metric, List<Site> sites) {
        return slopesOfRows(model, ids, List.of(edits), metric, sites);
    }

    /// As [#slopes], for variants of one run as the rows of one batch: each row has the slopes of its own metric.
    ///
    /// @param variants the edits of each row
    public static Map<Site, Slope> slopesOfRows(
            Model model, int[] ids, List<List<Edit>> variants, Metric metric, List<Site> sites) {
        LastBlock lastBlock = LastBlock.of(metric, model.sizes(), ids.length);
        boolean all = sites.stream().map(Site::point).anyMatch(lastBlock::isOfLast); // whose values are asked for
        return slopesOfRows(model, ids, variants, metric, sites, all ? LastBlock.whole(model.sizes()) : lastBlock);
    }

    /// As [#slopesOfRows], for who needs values only beside gradients: those of the last block that stand behind
    /// keys and values, at positions that the metric does not read, are not computed, and 0 like the gradients
    /// there. At the position that it reads, they may differ from those of other runs in the last digit.
    ///
    /// @param variants the edits of each row
    public static Map<Site, Slope> slopesWhereRead(
            Model model, int[] ids, List<List<Edit>> variants, Metric metric, List<Site> sites) {
        return slopesOfRows(model, ids, variants, metric, sites, LastBlock.of(metric, model.sizes(), ids.length));
    }

    /// @param lastBlock how much of it to compute; what is left out of its values is 0, as are the gradients there
    private static Map<Site, Slope> slopesOfRows(
            Model model, int[] ids, List<List<Edit>> variants, Metric metric, List<Site> sites, LastBlock lastBlock) {
        metric.check(model.sizes().vocab());
        variants.forEach(edits -> edits.forEach(edit -> Reach.check(edit, metric, model.sizes(), ids.length)));
        List<Site> reads = new ArrayList<>(sites);
        reads.addAll(Readings.sites(metric));
        try (Differentiable run = differentiable(model, ids, variants, metric, reads, lastBlock);
                Scope scope = Scope.open()) {
            List<Point> points = sites.stream().map(Site::point).distinct().toList();
            List<Tensor> found = Autograd.gradients(
                    run.metric, points.stream().map(run.trace::whole).toList());
            Map<Site, Slope> slopes = new LinkedHashMap<>();
            for (Site site : sites) {
                Point point = site.point();
                Tensor computed = found.get(points.indexOf(point));
                Tensor gradient = Trace.part(run.lastBlock.atAll(computed, point, ids.length), site);
                Tensor whole = run.lastBlock.atAll(run.trace.whole(point), point, ids.length);
                Tensor value = Autograd.untracked(Trace.part(whole, site));
                slopes.put(site, new Slope(scope.release(value), scope.release(gradient.alias())));
            }
            return slopes;
        }
    }

    /// A run that gradients can be asked of.
    ///
    /// @param lastBlock how much of it was computed
    private record Differentiable(Trace trace, Tensor metric, LastBlock lastBlock) implements AutoCloseable {
        @Override
        public void close() {
            trace.close();
            metric.close();
        }
    }

    /// Where the metric reads a few logits of the last position, only those are computed.
    private static Differentiable differentiable(
            Model model, int[] ids, List<List<Edit>> variants, Metric metric, List<Site> reads, LastBlock lastBlock) {
        Batch batch = Batch.of(Collections.nCopies(variants.size(), ids), Batch.Side.RIGHT);
        model.check(batch);
        List<RowEdit> edits = rowEdits(variants);
        List<Edit> all = edits.stream().map(RowEdit::edit).toList();
        Set<Point> points = points(model, reads);
        boolean afterBlocks = Stream.concat(reads.stream(), all.stream().map(Edit::site))
                .anyMatch(site -> site.point().kind().place() == Place.AFTER);
        try (Operands operands = new Operands(model, Source.of(ids, List.of()), all)) {
            if (metric.tokens().isEmpty() || afterBlocks) {
                Trace trace = pass(model, batch, edits, operands, points, true);
                try {
                    return new Differentiable(
                            trace,
                            Scope.detach(Scope.keep(
                                    () -> Readings.of(model, trace, metric).sum())),
                            LastBlock.whole(model.sizes()));
                } catch (RuntimeException e) {
                    trace.close();
                    throw e;
                }
            }
            EditTap tap = new EditTap(new Placement.Padded(batch), edits, operands, points, true).with(lastBlock);
            try (Scope scope = Scope.open()) {
                Tensor last = lastBlock.isNarrow()
                        ? model.lastResidual(batch, tap)
                        : model.residual(batch, tap).slice(1, ids.length - 1, ids.length);
                checkApplied(all, tap);
                long[] tokens =
                        metric.tokens().stream().mapToLong(Integer::longValue).toArray();
                Tensor logits = model.transformer().unembed(last, Tensor.of(tokens, tokens.length), Tap.NONE);
                Tensor value =
                        Readings.ofLogits(metric, logits.squeeze(1), true).sum();
                return new Differentiable(new Trace(batch, tap.seen()), Scope.detach(value), lastBlock);
            } catch (RuntimeException e) {
                tap.seen().values().forEach(Tensor::close);
                throw e;
            }
        }
    }

    /// Writes on from a prompt with the edits active in every pass: on the prompt and on each token that is
    /// written.
    ///
    /// An edit with positions applies there only, whether they are in the prompt or come later; positions from
    /// the end count from the prompt's. What has a value for each position (a patch) applies to the prompt's,
    /// unless it names others. Logits and what the final norm makes are computed for the last position of a pass
    /// alone.
    ///
    /// @param each is given every token as soon as it is chosen
    /// @throws BadInputException when the prompt leaves no room in the context, an edit does not fit the model or
    ///     the prompt, or an edit was applied nowhere by the end
    public static Continuation generate(Model model, Request request, List<Edit> edits, IntConsumer each) {
        int[] prompt = request.prompt().stream().mapToInt(Integer::intValue).toArray();
        int length = prompt.length;
        model.check(Batch.of(prompt));
        int most = Math.min(
                (int) Math.min((long) length + request.max(), Integer.MAX_VALUE),
                model.sizes().context());
        try (Operands operands = new Operands(model, Source.of(prompt, List.of()), edits);
                Scope scope = Scope.open()) {
            EditTap tap = new EditTap(
                    new Placement.Growing(0, length, length, most), everyRow(edits), operands, Set.of(), false);
            Generated generated = Generator.generate(
                    model,
                    request,
                    (first, count) -> {
                        tap.move(new Placement.Growing(first, count, length, most));
                        return tap;
                    },
                    each);
            if (generated.stop() != Generated.Stop.INTERRUPTED) {
                checkApplied(edits, tap);
            }
            return new Continuation(
                    generated,
                    IntStream.range(0, edits.size()).mapToObj(tap::applied).toList());
        }
    }

    private static Set<Point> points(Model model, List<Site> reads) {
        Set<Point> points = new HashSet<>();
        points.add(new Point(Kind.LOGITS, 0));
        for (Site site : reads) {
            SiteNames.check(site, model.sizes());
            points.add(site.point());
        }
        return points;
    }

    private static Trace pass(
            Model model,
            Batch batch,
            List<RowEdit> edits,
            Operands operands,
            Set<Point> points,
            boolean differentiate) {
        EditTap tap = new EditTap(new Placement.Padded(batch), edits, operands, points, differentiate);
        List<Edit> all = edits.stream().map(RowEdit::edit).toList();
        return traced(batch, all, tap, () -> model.forward(batch, tap));
    }

    /// What a tap saw of a pass; freed where the pass fails.
    private static Trace traced(Batch batch, List<Edit> edits, EditTap tap, Runnable pass) {
        try (Scope scope = Scope.open()) {
            pass.run();
            checkApplied(edits, tap);
            return new Trace(batch, tap.seen());
        } catch (RuntimeException e) {
            tap.seen().values().forEach(Tensor::close);
            throw e;
        }
    }

    /// The prompt itself, for edits that need its unedited run.
    private static Source self(Batch batch, List<Edit> edits) {
        boolean needed = edits.stream()
                .anyMatch(edit -> edit instanceof Edit.Mean mean && mean.over().isEmpty());
        if (needed && batch.size() > 1) {
            throw new BadInputException(
                    "a mean edit in a batch of " + batch.size() + " prompts must say over which runs; give \"over\".");
        }
        int[] row = batch.ids().getFirst();
        int first = batch.place(0, 0);
        return Source.of(Arrays.copyOfRange(row, first, first + batch.promptLength(0)), List.of());
    }

    private static List<RowEdit> rowEdits(List<List<Edit>> variants) {
        List<RowEdit> edits = new ArrayList<>();
        for (int row = 0; row < variants.size(); row++) {
            for (Edit edit : variants.get(row)) {
                edits.add(new RowEdit(row, edits.size(), edit));
            }
        }
        return edits;
    }

    static List<RowEdit> everyRow(List<Edit> edits) {
        List<RowEdit> rows = new ArrayList<>();
        for (int i = 0; i < edits.size(); i++) {
            rows.add(new RowEdit(EditTap.EVERY_ROW, i, edits.get(i)));
        }
        return rows;
    }

    /// Runs as far as the points need.
    static void pass(Model model, Batch batch, EditTap tap, Set<Point> points) {
        boolean toTheEnd = points.stream().anyMatch(point -> point.kind().compareTo(Kind.RESID_POST) > 0);
        try (Scope scope = Scope.open()) {
            if (toTheEnd) {
                model.forward(batch, tap);
            } else {
                model.residual(batch, tap);
            }
        }
    }

    /// @throws BadInputException naming the first edit that was applied nowhere
    static void checkApplied(List<Edit> edits, EditTap tap) {
        for (int i = 0; i < edits.size(); i++) {
            if (tap.applied(i) == 0) {
                throw new BadInputException(
                        "the edit of " + SiteNames.legacy(edits.get(i).site())
                                + " was never reached in this run; check its positions.");
            }
        }
    }
}
