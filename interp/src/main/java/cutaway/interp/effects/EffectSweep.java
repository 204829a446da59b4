package cutaway.interp.effects;

import cutaway.interp.basis.ErrorPart;
import cutaway.interp.pool.Method.Halving;
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
import java.util.Set;
import java.util.stream.Stream;

/// What is asked of every pair of prompts: by which method, of which sites, read by which metric.
///
///     EffectSweep.of(new ActivationPatching(Direction.DENOISE), "resid_pre", "head_z").run(model, pairs)
///
/// @param sites the usual ones of the method where there are none
/// @param seed of every random draw
/// @param bases whose features are asked about
/// @param pooled where only sites with an effect are to be found, by editing many at a time; empty to measure each
public record EffectSweep(
        Method method, List<SiteChoice> sites, Bases bases, MetricChoice metric, long seed, Optional<Pooling> pooled) {

    /// A search by pools ([cutaway.interp.pool.PooledSearch]).
    ///
    /// @param least what counts as an effect, in the metric's unit
    /// @param by how pools are made and taken apart
    public record Pooling(double least, cutaway.interp.pool.Method by) {}

    /// @throws BadInputException when a pooled search is asked of a method that has no single edits to pool, or
    ///     features of one that cannot ask about them, or without a dictionary
    public EffectSweep {
        List<SiteChoice> usual =
                bases.all().isEmpty() ? method.usualSites() : List.of(SiteChoice.parse(FeatureChoice.NAME));
        sites = List.copyOf(sites.isEmpty() ? usual : sites);
        checkFeatures(method, sites, bases);
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
                Bases.NONE,
                MetricChoice.MARGIN,
                0,
                Optional.empty());
    }

    private static void checkFeatures(Method method, List<SiteChoice> sites, Bases bases) {
        List<SiteChoice> features = sites.stream()
                .filter(choice -> FeatureChoice.isOne(choice) || ErrorChoice.isOne(choice))
                .toList();
        if (features.isEmpty() && !bases.all().isEmpty()) {
            throw new BadInputException("a dictionary was given, and no feature is asked about; add feature, feature[7]"
                    + " or feature[" + bases.all().getFirst().name() + ":7] to --sites.");
        }
        if (!features.isEmpty() && !method.takesFeatures()) {
            throw new BadInputException(
                    "features and errors of a dictionary go with patch, attribution, and ablate by zero or mean; "
                            + method.text() + " asks about what the model itself computes.");
        }
        features.forEach(choice -> {
            if (ErrorChoice.isOne(choice)) {
                ErrorChoice.of(choice).terms(bases);
            } else {
                bases.named(FeatureChoice.of(choice).dictionary());
            }
        });
        if (bases.spliced() && features.stream().anyMatch(ErrorChoice::isOne)) {
            throw new BadInputException("without the error term nothing of it is there to ask about; leave "
                    + ErrorPart.WHOLE.text() + " out, or --without-error.");
        }
        if (bases.spliced() && features.size() < sites.size()) {
            throw new BadInputException("without the error term only features are asked about; leave "
                    + sites.stream()
                            .filter(choice -> !FeatureChoice.isOne(choice))
                            .map(SiteChoice::text)
                            .findFirst()
                            .orElseThrow()
                    + " to a sweep of its own.");
        }
    }

    /// Of the features of some bases: those that [#sites] names, or where none are named all that are active.
    ///
    /// @param sites as [SiteChoice#parse] reads them
    public static EffectSweep of(Method method, Bases bases, String... sites) {
        return new EffectSweep(
                method,
                Stream.of(sites).map(SiteChoice::parse).toList(),
                bases,
                MetricChoice.MARGIN,
                0,
                Optional.empty());
    }

    public EffectSweep by(MetricChoice other) {
        return new EffectSweep(method, sites, bases, other, seed, pooled);
    }

    public EffectSweep seeded(long other) {
        return new EffectSweep(method, sites, bases, metric, other, pooled);
    }

    /// The same at these positions, where a choice of sites names none.
    public EffectSweep at(PositionChoice positions) {
        return new EffectSweep(
                method, sites.stream().map(choice -> choice.at(positions)).toList(), bases, metric, seed, pooled);
    }

    /// A search for the few sites whose effect is larger than this, in the metric's unit.
    public EffectSweep pooled(double threshold) {
        return new EffectSweep(method, sites, bases, metric, seed, Optional.of(new Pooling(threshold, new Halving())));
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
                PoolingRun pooling = new PoolingRun(run, pooled.get(), bytes);
                method.effects(pooling).stream()
                        .filter(row -> !Double.isNaN(row.effect()))
                        .forEach(rows::add);
                searches.add(pooling.search());
            }
        }
        return new Effects(this, ends, rows, searches);
    }

    private static Effects.Ends ends(Pair pair, PairRun run) {
        return new Effects.Ends(pair, run.measure(run.prompt()), run.measure(run.contrast()));
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
        bases.all().forEach(basis -> basis.check(model.sizes()));
        List<Pair> pairs = Pair.read(model, texts);
        SweepCodes codes = new SweepCodes(model, pairs, bases);
        List<PairRun.Asked> asked = pairs.stream()
                .map(pair -> new PairRun.Asked(model, pairs, pair, metric, targets(model, pair, codes), seed, codes))
                .toList();
        if (asked.stream().allMatch(one -> one.targets().isEmpty())) {
            throw new BadInputException("no feature that is asked about is active on any of the prompts; name some by"
                    + " their numbers, or give prompts of the kind that the dictionary was trained on.");
        }
        return asked;
    }

    private List<Target> targets(Model model, Pair pair, SweepCodes codes) {
        Set<Target> targets = new LinkedHashSet<>();
        for (SiteChoice choice : sites) {
            if (ErrorChoice.isOne(choice)) {
                targets.addAll(ErrorChoice.of(choice).targets(bases, pair));
            } else if (FeatureChoice.isOne(choice)) {
                targets.addAll(FeatureChoice.of(choice).targets(bases, pair, codes, !(method instanceof Ablation)));
            } else {
                SiteChoice placed = method.usualPositions().map(choice::at).orElse(choice);
                targets.addAll(placed.targets(model.sizes(), pair));
            }
        }
        return List.copyOf(targets);
    }
}
