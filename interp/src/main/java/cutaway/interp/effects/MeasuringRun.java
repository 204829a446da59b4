package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.run.FirstFault;
import cutaway.interp.run.Reach;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Measures, and keeps what it has measured in a journal. What the journal has already is not run again.
final class MeasuringRun implements PairRun {

    private final Asked asked;
    private final long bytes;
    private final Journal journal;
    private final EffectSweep.Progress progress;
    private final Map<Source, Double> measured = new HashMap<>(); // several ask for the pair's own runs
    private int next; // number of the next question, in the order in which the method asks

    /// @param bytes that a sweep may take beyond the weights
    MeasuringRun(Asked asked, long bytes, Journal journal, EffectSweep.Progress progress) {
        this.asked = asked;
        this.bytes = bytes;
        this.journal = journal;
        this.progress = progress;
    }

    @Override
    public Asked asked() {
        return asked;
    }

    @Override
    public Swept sweep(Source base, List<List<Edit>> variants) {
        List<List<Edit>> reaching = reaching(variants);
        int first = next;
        next += variants.size() + 1;
        List<Integer> unknown = IntStream.range(0, variants.size())
                .filter(i -> journal.value(pair().index(), first + 1 + i).isEmpty())
                .boxed()
                .toList();
        Optional<Double> known = journal.value(pair().index(), first);
        progress.questions(pair(), variants.size() - unknown.size(), variants.size());
        if (!unknown.isEmpty() || known.isEmpty()) {
            try (Sweep sweep = Sweep.within(model(), base, metric(), bytes)) {
                check(sweep.baseline(), base, List.of());
                journal.keep(pair().index(), new int[] {first}, new double[] {sweep.baseline()});
                int[] done = {variants.size() - unknown.size()};
                sweep.each(unknown.stream().map(reaching::get).toList(), (some, found) -> {
                    int[] questions = IntStream.of(some)
                            .map(i -> first + 1 + unknown.get(i))
                            .toArray();
                    for (int i = 0; i < some.length; i++) {
                        check(found[i], base, reaching.get(unknown.get(some[i])));
                    }
                    journal.keep(pair().index(), questions, found);
                    done[0] += some.length;
                    progress.questions(pair(), done[0], variants.size());
                });
            }
        }
        return new Swept(
                value(first),
                IntStream.range(0, variants.size())
                        .mapToDouble(i -> value(first + 1 + i))
                        .toArray());
    }

    private double value(int question) {
        return journal.value(pair().index(), question).orElseThrow();
    }

    /// The edits of each that can reach the metric, by the wiring of the model.
    ///
    /// @throws BadInputException when there are edits, and nothing that is asked about can, whatever is put there
    private List<List<Edit>> reaching(List<List<Edit>> variants) {
        Reach reach = Reach.of(metric(), model().sizes(), pair().length());
        List<List<Edit>> reaching = reach.reaching(variants);
        Optional<Edit> any = variants.stream().flatMap(List::stream).findFirst();
        if (any.isPresent()
                && targets().stream()
                        .noneMatch(target ->
                                reach.from(target.site(), target.positions().in(pair().length())))) {
            reach.check(any.get(), metric());
        }
        return reaching;
    }

    @Override
    public double measure(Source run) {
        return measured.computeIfAbsent(run, this::measureOnce);
    }

    private double measureOnce(Source run) {
        int question = next++;
        Optional<Double> known = journal.value(pair().index(), question);
        if (known.isPresent()) {
            return known.get();
        }
        double value = Runs.measure(model(), run.ids(model()), run.edits(), metric());
        check(value, run, List.of());
        journal.note(pair().index(), question, value);
        return value;
    }

    @Override
    public double[] compute(int count, Supplier<double[]> work) {
        int first = next;
        next += count;
        int[] questions = IntStream.range(first, first + count).toArray();
        if (IntStream.of(questions)
                .anyMatch(question -> journal.value(pair().index(), question).isEmpty())) {
            double[] found = work.get();
            for (double value : found) {
                check(value, pair().promptRun(), List.of());
            }
            journal.keep(pair().index(), questions, found);
        }
        progress.questions(pair(), count, count);
        return IntStream.of(questions).mapToDouble(this::value).toArray();
    }

    /// @throws BadInputException naming the run and the place where its first value that is no number appears
    private void check(double value, Source base, List<Edit> edits) {
        if (Double.isFinite(value)) {
            return;
        }
        List<Edit> all = new ArrayList<>(base.edits());
        all.addAll(edits);
        Optional<String> place = FirstFault.in(model(), base.ids(model()), all);
        throw new BadInputException("%s: the metric is %s; %s. What was measured before is kept."
                .formatted(
                        pair().name(),
                        value,
                        place.map(at -> "the run's first value that is no finite number is " + at)
                                .orElse("all values of the run are finite, so it is the metric or its gradient that"
                                        + " overflows; try another --metric")));
    }
}
