package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.EditTap.RowEdit;
import cutaway.interp.run.SweepPlan.Limits;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.BetweenBlocks;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Tap;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Cores;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Asks the same question of one run many times: what is the metric if this were edited, or that?
///
/// Variants go through the blocks in waves. Each begins where its edits begin, with the base run's residual stream,
/// keys and values, and only at the positions from the first one they touch; the rows of a wave are packed, so that the
/// weights meet them all in one product. The results are those of one run after another, within the noise
/// of the numeric type.
///
/// It owns native memory (the base run's checkpoints) until it is closed.
public final class Sweep implements AutoCloseable {

    /// Hears what a sweep finds while it goes on.
    @FunctionalInterface
    public interface Listener {
        /// @param variants the numbers of some variants
        /// @param values the metric under each of them
        void found(int[] variants, double[] values);
    }

    /// How long a trial goes on before it is timed, and then.
    private static final long WARM_UP_NANOS = 1_500_000_000;

    private static final long TRIAL_NANOS = 1_000_000_000;

    private final Model model;
    private final Metric metric;
    private final LastBlock lastBlock;
    private final Limits limits;
    private final Operands operands;
    private final BaseRun base;
    private final SweepReading reading;
    private final AtomicLong layerPositions = new AtomicLong();

    /// Runs the base once.
    ///
    /// @param base the run that every variant edits, with edits of its own that all of them keep
    /// @throws BadInputException when the metric is none that a sweep can read
    public Sweep(Model model, Source base, Metric metric) {
        this(model, base, metric, Limits.USUAL);
    }

    /// As [#Sweep(Model, Source, Metric)], within a budget.
    ///
    /// @param bytes of native memory, beyond the weights, for what the base run leaves and what variants compute;
    ///     values of other runs, which edits put in place, do not count
    /// @throws BadInputException when what the base run leaves alone takes more
    public static Sweep within(Model model, Source base, Metric metric, long bytes) {
        long kept = memory(model, base.ids(model).length).ofCheckpoints();
        if (kept > bytes) {
            throw new BadInputException(
                    "what the run of a prompt of %d tokens leaves for its variants takes %d MB beyond the weights, and %d MB are left for it; give more --memory."
                            .formatted(base.ids(model).length, kept / 1_000_000 + 1, bytes / 1_000_000));
        }
        return new Sweep(model, base, metric, Limits.USUAL.within(bytes - kept));
    }

    private static WaveMemory memory(Model model, int length) {
        return new WaveMemory(model.sizes(), length, model.transformer().dtype().bytes());
    }

    Sweep(Model model, Source base, Metric metric, Limits limits) {
        this.limits = limits;
        this.model = model;
        this.metric = metric;
        int length = base.ids(model).length;
        metric.check(model.sizes().vocab());
        SweepReading.check(metric, length);
        this.lastBlock = LastBlock.of(metric, model.sizes(), length);
        Source unedited = new Source(base.prompt(), base.ids(), List.of()); // what a mean of its own positions is over
        this.operands = new Operands(model, unedited, base.edits());
        try {
            this.base = new BaseRun(model, base, operands);
        } catch (RuntimeException e) {
            operands.close();
            throw e;
        }
        try {
            this.reading = new SweepReading(model, this.base, operands, metric);
        } catch (RuntimeException e) {
            this.base.close();
            operands.close();
            throw e;
        }
    }

    /// The metric of the base run, without a variant's edits.
    public double baseline() {
        return reading.baseline();
    }

    /// Positions that its variants have computed so far, counted in every block; in the last one, where the others get
    /// keys and values alone, those that the metric reads.
    public long layerPositions() {
        return layerPositions.get();
    }

    /// The token ids of the base run.
    public int[] ids() {
        return base.ids().clone();
    }

    /// The metric under each variant's edits, in their order.
    ///
    /// @param progress is told, now and then, how many variants are done
    /// @throws BadInputException when an edit names what the model does not have, cannot reach the metric, or was
    ///     never reached
    public double[] measure(List<List<Edit>> variants, IntConsumer progress) {
        double[] values = new double[variants.size()];
        AtomicInteger done = new AtomicInteger();
        each(variants, (some, found) -> {
            for (int i = 0; i < some.length; i++) {
                values[some[i]] = found[i];
            }
            progress.accept(done.addAndGet(some.length));
        });
        return values;
    }

    /// As [#measure(List, IntConsumer)], without progress.
    public double[] measure(List<List<Edit>> variants) {
        return measure(variants, done -> {});
    }

    /// The metric under each variant's edits, told as soon as it is known, each once.
    ///
    /// @throws BadInputException as [#measure(List, IntConsumer)]
    public void each(List<List<Edit>> variants, Listener listener) {
        Set<Integer> unchanged = new HashSet<>();
        try {
            SweepPlan plan = plan(variants, unchanged);
            double[] same = new double[unchanged.size()];
            Arrays.fill(same, baseline());
            listener.found(unchanged.stream().mapToInt(Integer::intValue).toArray(), same);
            run(plan.waves(), plan.atOnce(), variants, listener);
        } finally {
            operands.forget(
                    variants.stream().flatMap(List::stream).toList(),
                    base.source().edits());
        }
    }

    /// The metric under one variant's edits, and what the run with them ends with.
    ///
    /// @param logits of the last position, `[vocab]`
    public record Ended(double value, Tensor logits) {}

    /// One variant; of no edits, the base run itself.
    ///
    /// @throws BadInputException as [#measure(List, IntConsumer)]
    public Ended end(List<Edit> edits) {
        Set<Integer> unchanged = new HashSet<>();
        List<List<Edit>> alone = List.of(edits);
        try {
            SweepPlan plan = plan(alone, unchanged);
            if (!unchanged.isEmpty()) {
                return new Ended(baseline(), reading.baseLogits(operands));
            }
            double[] value = new double[1];
            Tensor ended = Scope.keep(() -> {
                WaveRun run = new WaveRun(base, operands, plan.waves().getFirst(), alone, lastBlock);
                Crowd crowd = run.run();
                value[0] = reading.of(crowd, run)[0];
                Tensor logits = reading.logits(crowd, run).select(0, 0);
                run.checkApplied();
                layerPositions.addAndGet(cost(plan.waves().getFirst()));
                return logits;
            });
            return new Ended(value[0], ended);
        } finally {
            operands.forget(edits, base.source().edits());
        }
    }

    /// Runs a prompt once for the values of all blocks that edits will be asked about one after another.
    ///
    /// @param run another run, or the base run itself
    /// @param kinds values in a block
    public void keep(Source run, Set<Point.Kind> kinds) {
        Set<Point> points = new HashSet<>();
        for (int layer = 0; layer < model.sizes().layers(); layer++) {
            for (Point.Kind kind : kinds) {
                points.add(new Point(kind, layer));
            }
        }
        operands.keep(run, points);
    }

    /// Frees what was kept of other runs: each of them is run again when an edit takes a value from it.
    ///
    /// @param but those of which it is kept, beside the base run
    public void forgetRuns(List<Source> but) {
        Set<Source> kept = new HashSet<>(but);
        kept.add(base.source());
        base.source().edits().forEach(edit -> kept.addAll(edit.runs()));
        operands.forgetRuns(kept);
    }

    /// What stands at a site in the base run, `[pos, …]`.
    public Tensor value(Site site) {
        return Trace.part(operands.value(base.source(), site.point()), site).select(0, 0);
    }

    /// What an edit makes of what stands at its site in the base run, if it alone is made: `[pos, …]`.
    public Tensor edited(Edit edit) {
        Point point = edit.site().point();
        operands.prepare(List.of(edit));
        try {
            EditTap tap = new EditTap(
                    new Placement.Padded(Batch.of(base.ids())),
                    List.of(new RowEdit(0, 0, edit)),
                    operands,
                    Set.of(),
                    false);
            Tensor whole = tap.at(point, operands.value(base.source(), point));
            return Trace.part(whole, edit.site()).select(0, 0);
        } finally {
            operands.forget(List.of(edit), base.source().edits());
        }
    }

    /// @param atOnce waves that run side by side, each on one core; of one, all cores work on it
    private void run(List<SweepPlan.Wave> waves, int atOnce, List<List<Edit>> variants, Listener listener) {
        if (atOnce == 1) {
            waves.forEach(wave -> run(wave, variants, listener));
            return;
        }
        AtomicBoolean failed = new AtomicBoolean();
        BetweenBlocks.Deed between = BetweenBlocks.ofThisThread();
        Listener inTurn = (some, found) -> {
            synchronized (failed) {
                listener.found(some, found);
            }
        };
        Cores.forEach(waves.size(), i -> {
            if (failed.get()) {
                return; // what the others find would be lost
            }
            try {
                BetweenBlocks.during(between, () -> {
                    run(waves.get((int) i), variants, inTurn);
                    return i;
                });
            } catch (RuntimeException | Error e) {
                failed.set(true);
                throw e;
            }
        });
    }

    /// @param unchanged is given the variants that need no run
    private SweepPlan plan(List<List<Edit>> variants, Set<Integer> unchanged) {
        List<Edit> all = variants.stream().flatMap(List::stream).toList();
        Reach reach = Reach.of(metric, model.sizes(), base.length());
        all.forEach(edit -> {
            SiteNames.check(edit.site(), model.sizes());
            reach.check(edit, metric);
        });
        operands.prepare(all);
        unchanged.addAll(unchanged(variants));
        SweepPlan plan = SweepPlan.of(
                variants, base.length(), model.sizes(), lastBlock, unchanged, limits, memory(model, base.length()));
        operands.keep(base.source(), WaveRun.spared(plan));
        return plan;
    }

    /// Seconds that a position in a block takes, after a trial of some waves: first, as long as the JVM is slow, of
    /// those that compute most, then of others.
    private double rate(SweepPlan plan, List<List<Edit>> variants) {
        List<SweepPlan.Wave> waves = new ArrayList<>(plan.waves());
        waves.sort(Comparator.comparingLong(this::cost).reversed());
        int together = Math.min(plan.atOnce(), waves.size());
        Collections.shuffle(waves.subList(together, waves.size()), new Random(0));
        long begun = System.nanoTime();
        int next = 0;
        do {
            run(some(waves, next, together), plan.atOnce(), variants, (variant, found) -> {});
            next += together;
        } while (next < waves.size() && System.nanoTime() - begun < WARM_UP_NANOS);
        long start = System.nanoTime();
        long positions = 0;
        int many = Math.min(8 * plan.atOnce(), waves.size()); // at the end of which cores wait for each other
        do {
            List<SweepPlan.Wave> some = some(waves, next, many);
            run(some, plan.atOnce(), variants, (variant, found) -> {});
            positions += some.stream().mapToLong(this::cost).sum();
            next += many;
        } while (System.nanoTime() - start < TRIAL_NANOS);
        return (System.nanoTime() - start) / 1e9 / positions;
    }

    /// As many waves from one on, from the first again after the last.
    private static List<SweepPlan.Wave> some(List<SweepPlan.Wave> waves, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> waves.get(i % waves.size()))
                .toList();
    }

    private long cost(SweepPlan.Wave wave) {
        return wave.layerPositions(lastBlock, base.length());
    }

    /// The gradient of the metric at sites under a variant's edits, from a position on: what comes before it is the
    /// base run's, as in a wave, and blocks whose values the edits replace are not computed.
    ///
    /// @param edits none at a position before that
    /// @return `d metric / d value`, each in the shape of its site with `batch` before it, of the positions
    ///     from `from` on; it belongs to the caller
    /// @throws IllegalArgumentException when the base run has edits of its own, or the metric needs all logits
    public Map<Site, Tensor> gradients(List<Edit> edits, List<Site> sites, int from) {
        if (!base.source().edits().isEmpty() || metric.tokens().isEmpty()) {
            throw new IllegalArgumentException("gradients of " + metric.text() + " in a run with "
                    + base.source().edits().size() + " edits of its own");
        }
        operands.prepare(edits);
        List<Point> points = sites.stream().map(Site::point).distinct().toList();
        Placement.Packed placement = Placement.Packed.tails(1, base.length() - from, base.length());
        EditTap tap = EditTap.differentiating(placement, Runs.everyRow(edits), operands, Set.copyOf(points))
                .with(lastBlock);
        try (Scope scope = Scope.open()) {
            Tensor value = metricOf(tap, placement);
            List<Tensor> found = Autograd.gradients(
                    value, points.stream().map(tap.seen()::get).toList());
            Map<Site, Tensor> gradients = new HashMap<>();
            for (Site site : sites) {
                Tensor computed = found.get(points.indexOf(site.point()));
                Tensor gradient = Trace.part(lastBlock.atAll(computed, site.point(), placement.length()), site);
                gradients.put(site, scope.release(gradient.alias()));
            }
            return gradients;
        } finally {
            tap.seen().values().forEach(Tensor::close);
        }
    }

    /// The metric, as what the tap keeps makes it.
    private Tensor metricOf(EditTap tap, Placement.Packed placement) {
        Tensor before = Alignment.atPlaces(base.residual(0), placement);
        Tensor last = base.transformer().toLast(before, 0, base.pass(placement), tap);
        long[] tokens = metric.tokens().stream().mapToLong(Integer::longValue).toArray();
        Tensor logits = base.transformer().unembed(last, Tensor.of(tokens, tokens.length), Tap.NONE);
        return Readings.ofLogits(metric, logits.squeeze(1), true).sum();
    }

    private void run(SweepPlan.Wave wave, List<List<Edit>> variants, Listener listener) {
        try (Scope scope = Scope.open()) {
            WaveRun run = new WaveRun(base, operands, wave, variants, lastBlock);
            Crowd crowd = run.run();
            double[] found = reading.of(crowd, run);
            run.checkApplied();
            layerPositions.addAndGet(cost(wave));
            listener.found(
                    crowd.rows().stream().mapToInt(SweepPlan.Start::variant).toArray(), found);
        }
    }

    /// What measuring variants will take.
    ///
    /// @param runs variants that have to be run; the others put in place what is there already
    /// @param waves in which they go through the blocks together
    /// @param layerPositions positions that are computed, counted in every block; in the last one, where the others
    ///     get keys and values alone, those that the metric reads. A forward for each computes layers * length *
    ///     variants
    /// @param seconds expected, after a trial
    public record Forecast(int runs, int waves, long layerPositions, double seconds) {}

    /// Says what measuring variants will take.
    ///
    /// @param rate seconds that a position in a block takes; empty for a trial: it runs what computes most
    /// @throws BadInputException as [#measure(List, IntConsumer)]
    public Forecast forecast(List<List<Edit>> variants, OptionalDouble rate) {
        Set<Integer> unchanged = new HashSet<>();
        SweepPlan plan = plan(variants, unchanged);
        long all = plan.waves().stream().mapToLong(this::cost).sum();
        double seconds = all == 0 ? 0 : all * (rate.isPresent() ? rate.getAsDouble() : rate(plan, variants));
        return new Forecast(variants.size() - unchanged.size(), plan.waves().size(), all, seconds);
    }

    /// Variants that only put in place, bit for bit, what is there already; their effect is exactly 0.
    private Set<Integer> unchanged(List<List<Edit>> variants) {
        Set<Integer> unchanged = new HashSet<>();
        Map<Integer, Edit.Patch> patches = new HashMap<>();
        for (int i = 0; i < variants.size(); i++) {
            if (variants.get(i).isEmpty()) {
                unchanged.add(i);
            } else if (variants.get(i).size() == 1
                    && variants.get(i).getFirst() instanceof Edit.Patch patch
                    && patch.site().point().kind().axes() != Axes.PAIR) {
                patches.put(i, patch);
            }
        }
        operands.keep(
                base.source(),
                patches.values().stream().map(patch -> patch.site().point()).collect(Collectors.toSet()));
        patches.forEach((variant, patch) -> {
            if (Scope.free(() -> changesNothing(patch))) {
                unchanged.add(variant);
            }
        });
        return unchanged;
    }

    private boolean changesNothing(Edit.Patch patch) {
        Point point = patch.site().point();
        Tensor there = Trace.part(operands.value(base.source(), point), patch.site());
        Tensor put = Trace.part(operands.value(patch.from(), point), patch.site());
        long[] at = IntStream.of(patch.pos().in(base.length())).asLongStream().toArray();
        if (at[at.length - 1] >= put.dim(1)) {
            return false;
        }
        Tensor positions = Tensor.of(at, at.length);
        return there.gatherRows(1, positions).bitsEqual(put.gatherRows(1, positions));
    }

    @Override
    public void close() {
        reading.close();
        base.close();
        operands.close();
    }
}
