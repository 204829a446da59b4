package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Asks the same question of one run many times: what is the metric if this were edited, or that?
///
/// Variants go through the blocks in waves. Each begins where its edits begin, with the base run's residual stream,
/// keys and values, and only at the positions from the first one they touch; the rows of a wave are packed, so that the
/// weights meet them all in one product. The results are those of one run after another, within the noise of float32.
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

    private final Model model;
    private final Metric metric;
    private final Operands operands;
    private final BaseRun base;
    private final SweepReading reading;

    /// Runs the base once.
    ///
    /// @param base the run that every variant edits, with edits of its own that all of them keep
    /// @throws BadInputException when the metric is none that a sweep can read
    public Sweep(Model model, Source base, Metric metric) {
        this.model = model;
        this.metric = metric;
        SweepReading.check(metric, base.ids(model).length);
        this.operands = new Operands(model, base, base.edits());
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
        List<Edit> all = variants.stream().flatMap(List::stream).toList();
        Reach reach = Reach.of(metric, model.sizes(), base.length());
        all.forEach(edit -> reach.check(edit, metric));
        operands.prepare(all);
        Set<Integer> unchanged = unchanged(variants);
        SweepPlan plan = SweepPlan.of(variants, base.length(), model.sizes(), unchanged);
        operands.keep(base.source(), WaveRun.spared(plan));
        double[] same = new double[unchanged.size()];
        Arrays.fill(same, baseline());
        listener.found(unchanged.stream().mapToInt(Integer::intValue).toArray(), same);
        for (SweepPlan.Wave wave : plan.waves()) {
            try (Scope scope = Scope.open()) {
                WaveRun run = new WaveRun(base, operands, wave, variants);
                Crowd crowd = run.run();
                double[] found = reading.of(crowd, run);
                run.checkApplied();
                listener.found(
                        crowd.rows().stream().mapToInt(SweepPlan.Start::variant).toArray(), found);
            }
        }
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
