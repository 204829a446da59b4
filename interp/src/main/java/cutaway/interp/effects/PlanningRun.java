package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Reach;
import cutaway.interp.run.Sweep;
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
    private final List<Double> computed = new ArrayList<>();

    /// What a trial took, call by call: seconds for a position in a block of a sweep, and for a position of what is
    /// computed otherwise.
    record Rates(List<Double> sweeps, List<Double> computed) {}

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
        return new Rates(List.copyOf(sweeps), List.copyOf(computed));
    }

    @Override
    public Swept sweep(Source base, List<List<Edit>> variants) {
        List<List<Edit>> reaching =
                Reach.of(metric(), model().sizes(), pair().length()).reaching(variants);
        try (Sweep sweep = Sweep.within(model(), base, metric(), bytes)) {
            OptionalDouble rate = known.isEmpty()
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(known.get().sweeps().get(sweeps.size()));
            Sweep.Forecast forecast = sweep.forecast(reaching, rate);
            sweeps.add(forecast.layerPositions() == 0 ? 0 : forecast.seconds() / forecast.layerPositions());
            count(new Plan(
                    0,
                    variants.size(),
                    forecast.runs(),
                    1,
                    forecast.layerPositions(),
                    (long) variants.size() * model().sizes().layers() * pair().length(),
                    forecast.seconds()));
        }
        return new Swept(0, new double[variants.size()]);
    }

    private void count(Plan more) {
        plan = plan.plus(more);
    }

    @Override
    public double measure(Source run) {
        if (measured.add(run)) {
            count(new Plan(0, 0, 0, 1, 0, 0, 0));
        }
        return 0;
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
