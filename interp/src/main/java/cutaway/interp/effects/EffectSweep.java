package cutaway.interp.effects;

import cutaway.interp.pool.Threshold;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PromptPair;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/// What is asked of every pair of prompts: by which method, of which sites, read by which metric.
///
///     EffectSweep.of(new ActivationPatching(Direction.DENOISE), "resid_pre", "head_z").run(model, pairs)
///
/// @param sites the usual ones of the method where there are none
/// @param seed of every random draw
/// @param pooled what counts as an effect, in the metric's unit, where only those that do are to be found, by editing
///     many sites at a time ([cutaway.interp.pool.PooledSearch]); empty to measure each
public record EffectSweep(
        Method method, List<SiteChoice> sites, MetricChoice metric, long seed, OptionalDouble pooled) {

    /// @throws BadInputException when a pooled search is asked of a method that has no single edits to pool
    public EffectSweep {
        sites = List.copyOf(sites.isEmpty() ? method.usualSites() : sites);
        if (pooled.isPresent() && !method.isPoolable()) {
            throw new BadInputException(
                    "a pooled search goes with patch, path, knockout and ablate by zero or mean, whose"
                            + " edits can be made together; " + method.text() + " is another.");
        }
    }

    /// With the margin as its metric, and 0 as its seed.
    ///
    /// @param sites as [SiteChoice#parse] reads them
    public static EffectSweep of(Method method, String... sites) {
        return new EffectSweep(
                method,
                Stream.of(sites).map(SiteChoice::parse).toList(),
                MetricChoice.MARGIN,
                0,
                OptionalDouble.empty());
    }

    public EffectSweep by(MetricChoice other) {
        return new EffectSweep(method, sites, other, seed, pooled);
    }

    public EffectSweep seeded(long other) {
        return new EffectSweep(method, sites, metric, other, pooled);
    }

    /// The same at these positions, where a choice of sites names none.
    public EffectSweep at(PositionChoice positions) {
        return new EffectSweep(
                method, sites.stream().map(choice -> choice.at(positions)).toList(), metric, seed, pooled);
    }

    /// A search for the few sites whose effect is larger than this, in the metric's unit.
    public EffectSweep pooled(double threshold) {
        return new EffectSweep(method, sites, metric, seed, OptionalDouble.of(threshold));
    }

    /// Hears how far a sweep is.
    public interface Progress {

        /// @param done questions of a pair that are answered
        /// @param all its questions
        void questions(Pair pair, int done, int all);

        /// Told once where an interrupted sweep goes on.
        ///
        /// @param known values that it had measured
        default void resumed(int known) {}

        /// Told once where interrupted sweeps of other questions have left what they measured.
        ///
        /// @param files it; this sweep leaves them alone
        default void others(List<Path> files) {}
    }

    /// Bytes that it may take beyond the weights, where nothing else is said.
    public static final long USUAL_BYTES = 1_000_000_000;

    /// Asks all pairs.
    ///
    /// @throws BadInputException when a pair cannot be used, the model has no such sites, or a value is no number
    public Effects run(Model model, List<PromptPair> pairs) {
        return run(model, pairs, USUAL_BYTES, (pair, done, all) -> {});
    }

    /// As [#run(Model, List)], within a budget, with progress.
    ///
    /// @param bytes of native memory that it may take beyond the weights
    public Effects run(Model model, List<PromptPair> pairs, long bytes, Progress progress) {
        try (Journal journal = Journal.none()) {
            return run(model, pairs, bytes, journal, progress);
        }
    }

    /// As [#run(Model, List, long, Progress)]; what is measured is kept in a file until the end, so that an interrupted
    /// sweep of the same questions goes on from there. The caller deletes it once the result is safe.
    ///
    /// @param kept the file
    public Effects run(Model model, List<PromptPair> pairs, long bytes, Path kept, Progress progress) {
        try (Journal journal = Journal.in(kept)) {
            if (journal.known() > 0) {
                progress.resumed(journal.known());
            }
            return run(model, pairs, bytes, journal, progress);
        }
    }

    private Effects run(Model model, List<PromptPair> texts, long bytes, Journal journal, Progress progress) {
        List<Effect> rows = new ArrayList<>();
        List<Effects.Ends> ends = new ArrayList<>();
        List<String> searches = new ArrayList<>();
        for (PairRun.Asked asked : asked(model, texts)) {
            MeasuringRun run = new MeasuringRun(asked, bytes, journal, progress);
            Pair pair = asked.pair();
            ends.add(ends(pair, run));
            if (pooled.isEmpty()) {
                rows.addAll(method.effects(run));
            } else {
                PoolingRun pooling = new PoolingRun(run, new Threshold(pooled.getAsDouble()), bytes);
                method.effects(pooling).stream()
                        .filter(row -> !Double.isNaN(row.effect()))
                        .forEach(rows::add);
                searches.add(pooling.search());
            }
        }
        return new Effects(this, ends, rows, searches);
    }

    private static Effects.Ends ends(Pair pair, PairRun run) {
        return new Effects.Ends(pair, run.measure(pair.promptRun()), run.measure(pair.contrastRun()));
    }

    /// Says what it will do, and what that is expected to take, after a trial on the longest pair; of a pooled search,
    /// what measuring each would take.
    ///
    /// @param bytes of native memory that it may take beyond the weights
    /// @throws BadInputException as [#run(Model, List)], where that can be known before
    public Plan plan(Model model, List<PromptPair> pairs, long bytes) {
        List<PairRun.Asked> asked = new ArrayList<>(asked(model, pairs));
        asked.sort(Comparator.comparingInt(one -> -one.pair().length()));
        Plan plan = new Plan(pairs.size(), 0, 0, 0, 0, 0, 0);
        Optional<PlanningRun.Rates> rates = Optional.empty();
        for (PairRun.Asked one : asked) {
            PlanningRun run = new PlanningRun(one, bytes, rates);
            ends(one.pair(), run);
            method.effects(run);
            plan = plan.plus(run.plan());
            rates = Optional.of(rates.orElseGet(run::rates));
        }
        return plan;
    }

    /// All of it, before the first run.
    private List<PairRun.Asked> asked(Model model, List<PromptPair> texts) {
        List<Pair> pairs = Pair.read(model, texts);
        return pairs.stream()
                .map(pair -> new PairRun.Asked(model, pairs, pair, metric, targets(model, pair), seed))
                .toList();
    }

    private List<Target> targets(Model model, Pair pair) {
        Set<Target> targets = new LinkedHashSet<>();
        for (SiteChoice choice : sites) {
            SiteChoice placed = method.usualPositions().map(choice::at).orElse(choice);
            targets.addAll(placed.targets(model.sizes(), pair));
        }
        return List.copyOf(targets);
    }
}
