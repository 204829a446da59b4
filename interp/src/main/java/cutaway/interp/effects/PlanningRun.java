package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Reach;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.tensor.ProcessMemory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;

/// Counts what a method asks of a pair, and tries a part of it; what it answers means nothing.
final class PlanningRun implements PairRun {

    private final Asked asked;
    private final long bytes;
    private final Optional<Rates> known;
    private final Set<Source> measured = new HashSet<>();
    private Plan plan = Plan.NOTHING;
    private final List<Double> sweeps = new ArrayList<>();
    private final List<Double> setups = new ArrayList<>();
    private final List<Double> computed = new ArrayList<>();
    private double forward;

    /// What a trial took, in seconds, call by call.
    ///
    /// @param sweeps for a position in a block of a sweep
    /// @param setups for a position of a prompt, before a sweep
    /// @param computed for a position of what is computed otherwise
    /// @param forward for a position of a run of its own
    record Rates(List<Double> sweeps, List<Double> setups, List<Double> computed, double forward) {}

    /// @param bytes that a sweep may take beyond the weights
    /// @param known what another pair's trial took; empty to make one
    PlanningRun(Asked asked, long bytes, Optional<Rates> known) {
        this.asked = asked;
        this.bytes = bytes;
        this.known = known;
    }

    @Override
    public Asked asked() {
        return asked;
    }

    /// What it has counted.
    Plan plan() {
        return plan;
    }

    /// What its trial took.
    Rates rates() {
        return new Rates(List.copyOf(sweeps), List.copyOf(setups), List.copyOf(computed), forward);
    }

    @Override
    public Swept sweep(Source base, List<List<Edit>> variants) {
        List<List<Edit>> reaching =
                Reach.of(metric(), model().sizes(), pair().length()).reaching(variants);
        if (known.isEmpty()) { // the first time is slow
            try (Sweep cold = Sweep.within(model(), base, metric(), bytes)) {
                cold.forecast(reaching, OptionalDouble.of(0));
            }
            ProcessMemory.giveBack();
        }
        long start = System.nanoTime();
        try (Sweep sweep = Sweep.within(model(), base, metric(), bytes)) {
            Sweep.Forecast forecast = sweep.forecast(reaching, OptionalDouble.of(0));
            double setup = (System.nanoTime() - start) / 1e9 / pair().length();
            double rate;
            if (known.isPresent()) {
                setup = known.get().setups().get(setups.size());
                rate = known.get().sweeps().get(sweeps.size());
            } else {
                rate = sweep.forecast(reaching, OptionalDouble.empty()).seconds()
                        / Math.max(1, forecast.layerPositions());
            }
            setups.add(setup);
            sweeps.add(rate);
            count(new Plan(
                    0,
                    variants.size(),
                    forecast.runs(),
                    1,
                    forecast.layerPositions(),
                    (long) variants.size() * model().sizes().layers() * pair().length(),
                    rate * forecast.layerPositions() + setup * pair().length()));
        }
        return new Swept(0, new double[variants.size()]);
    }

    private void count(Plan more) {
        plan = plan.plus(more);
    }

    @Override
    public double measure(Source run) {
        if (measured.add(run)) {
            if (forward == 0) {
                forward = known.isPresent()
                        ? known.get().forward()
                        : secondsWarm(() -> Runs.measure(model(), run.ids(model()), run.edits(), metric()))
                                / pair().length();
            }
            count(new Plan(0, 0, 0, 1, 0, 0, forward * pair().length()));
        }
        return 0;
    }

    /// What something takes that was done before: the first time is slow.
    private static double secondsWarm(Runnable work) {
        work.run();
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public double[] compute(int count, Supplier<double[]> work) {
        double[] found = new double[count];
        if (known.isEmpty()) {
            long start = System.nanoTime();
            found = work.get();
            computed.add((System.nanoTime() - start) / 1e9 / pair().length());
        } else {
            computed.add(known.get().computed().get(computed.size()));
        }
        count(new Plan(
                0,
                count,
                0,
                1,
                0,
                (long) count * model().sizes().layers() * pair().length(),
                computed.getLast() * pair().length()));
        return found;
    }
}
