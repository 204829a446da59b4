package cutaway.studies.grouptesting;

import cutaway.interp.planted.PlantedCauses;
import cutaway.interp.pool.Outcome;
import cutaway.interp.pool.Rate;
import cutaway.studies.Bar;
import cutaway.studies.Card;
import cutaway.studies.Figure;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Parameter;
import cutaway.studies.Study;
import cutaway.studies.StudyRun;
import cutaway.tensor.Random;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The exact gains of pooling, simulated and applied: which heads matter to induction, with fewer runs than heads.
public final class GroupTesting implements Study {

    private static final double[] PREVALENCES = {0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4};

    @Override
    public Card card() {
        return new Card(
                "group-testing",
                "A comparison of group testing architectures for COVID-19 testing",
                2020,
                "arXiv:2005.03051",
                "Dorfman's pools are best for finding positives up to a prevalence of 30 %, with gains of 3.5 to 8 at"
                    + " 2 % and below; Gibbs' and Gower's are best for estimating the prevalence, with a gain of 18 at"
                    + " 1 %.",
                "The exact gains, a simulation of each design, a planted truth, and the search that sweeps use"
                        + " (--pooled) for the heads whose ablation moves an induction task, against one run for each"
                        + " head.");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("items", "of a simulated population", 20_000, 100_000, 400_000),
                Parameter.of("repeats", "of a simulated estimate", 2_000, 10_000, 40_000),
                Parameter.real(
                        "threshold",
                        "nats of log probability that count as an effect of a head: half or twice",
                        Math.log(2)),
                Parameter.of("length", "tokens of the text that is repeated", 16, 24, 24),
                Parameter.of("prompts", "that a head's effect is the mean of", 1, 4, 8),
                Parameter.of("shuffles", "pooled searches over the heads", 1, 3, 3));
    }

    @Override
    public Findings run(StudyRun run) {
        List<Bar> bars = new ArrayList<>(exact());
        List<List<double[]>> simulated = run.each("simulating designs", seed -> simulate(run, seed));
        double[] offs = run.each("simulating estimates", seed -> offBy(run, seed)).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        bars.add(Bar.instrument(
                "simulation from the exact cost and estimate, most standard errors", Goal.atMost(3), offs));
        bars.addAll(planted(run));
        List<Heads> heads = run.each(
                "heads on induction",
                seed -> Heads.of(
                        run.model(),
                        run.real("threshold"),
                        run.count("length"),
                        run.count("prompts"),
                        run.count("shuffles"),
                        seed));
        bars.add(Bar.claim(
                        "heads found of those that matter, least of the shuffles",
                        "-",
                        Goal.atLeast(0.9),
                        of(heads, Heads::recall))
                .against("of as many heads drawn at random", shuffledRecall(heads)));
        bars.add(Bar.claim("runs, of one for each head", "-", Goal.atMost(0.5), of(heads, Heads::runs)));
        return new Findings(
                bars,
                List.of(costs(simulated.getFirst()), found(simulated.getFirst()), effects(heads.getFirst(), run)),
                List.of(
                        "Halving needs fewer tests than Dorfman's pools at low prevalence, in more rounds; COMP needs"
                            + " one round and calls some negatives positive. Costs of designs with misses and dilution"
                            + " are in the second figure.",
                        "Heads that matter by seed: "
                                + heads.stream()
                                        .map(it -> it.hits().size() + " of " + it.effects().length)
                                        .collect(Collectors.joining(", "))
                                + "."));
    }

    private interface OfHeads {
        double read(Heads heads);
    }

    private static double[] of(List<Heads> heads, OfHeads read) {
        return heads.stream().mapToDouble(read::read).toArray();
    }

    /// The recall of what a search found against as many heads drawn at random: what chance finds.
    private static double[] shuffledRecall(List<Heads> heads) {
        return heads.stream()
                .mapToDouble(it -> {
                    RandomGenerator random = new Random(7).generator();
                    Set<Integer> drawn = random.ints(0, it.effects().length)
                            .distinct()
                            .limit(it.hits().size())
                            .boxed()
                            .collect(Collectors.toSet());
                    long found = it.searches().getFirst().causes().stream()
                            .map(Outcome.Cause::item)
                            .filter(drawn::contains)
                            .count();
                    return drawn.isEmpty() ? Double.NaN : (double) found / drawn.size();
                })
                .toArray();
    }

    private static List<Bar> exact() {
        return List.of(
                gain("Dorfman's gain at 2 %", "3.65", 1 / Rate.dorfmanCost(0.02), 3.65),
                gain("Dorfman's gain at 0.4 %", "8.02", 1 / Rate.dorfmanCost(0.004), 8.02),
                gain("Dorfman's gain at 30 %", "1.01", 1 / Rate.dorfmanCost(0.3, 3), 1.01),
                Bar.claim("Dorfman's gain at 31 %, in pools", "< 1", Goal.atMost(1), 1 / Rate.dorfmanCost(0.31, 3)),
                gain("Gibbs' and Gower's gain at 1 %, pools of 20", "18", Estimation.gain(0.01, 20), 18.15));
    }

    /// Within 2 % of what the paper's formulas give.
    private static Bar gain(String what, String paper, double ours, double exact) {
        return Bar.claim(what, paper, Goal.between(0.98 * exact, 1.02 * exact), ours);
    }

    /// The largest distance of a simulation from what is exact, in standard errors.
    private static double offBy(StudyRun run, long seed) {
        RandomGenerator random = new Random(seed + 100).generator();
        double most = 0;
        for (double prevalence : new double[] {0.01, 0.02, 0.1}) {
            int size = Rate.dorfmanSize(prevalence);
            int pools = Math.max(2, run.count("items") / size);
            double cost = 0;
            double squares = 0;
            for (int pool = 0; pool < pools; pool++) {
                boolean isPositive = false;
                for (int item = 0; item < size; item++) {
                    isPositive |= random.nextDouble() < prevalence;
                }
                double tests = isPositive ? 1 + size : 1;
                cost += tests;
                squares += tests * tests;
            }
            double mean = cost / pools;
            double error = Math.sqrt((squares / pools - mean * mean) / pools);
            most = Math.max(most, Math.abs(mean - size * Rate.dorfmanCost(prevalence, size)) / error);
            most = Math.max(most, Math.abs(Estimation.offBy(prevalence, 20, 60, run.count("repeats"), random)));
        }
        return most;
    }

    /// A truth that is known: few causes, of which two cancel where they meet; and one with 40 % of causes.
    private static List<Bar> planted(StudyRun run) {
        double[] recalls = run.seeds().mapToDouble(seed -> recall(300, 6, seed)).toArray();
        double[] dense = run.seeds()
                .mapToDouble(seed -> {
                    Outcome outcome = Heads.search(PlantedCauses.cancelling(300, 120, seed + 50), 0.5, seed);
                    return outcome.verdict() == Outcome.Verdict.DENSE ? 1 : 0;
                })
                .toArray();
        double[] nothing = run.seeds()
                .mapToDouble(seed -> Heads.search(PlantedCauses.cancelling(300, 0, seed + 50), 0.5, seed)
                        .causes()
                        .size())
                .toArray();
        return List.of(
                Bar.instrument("planted causes found, of 6 in 300", Goal.atLeast(1), recalls),
                Bar.instrument("causes found where there are none", Goal.atMost(0), nothing),
                Bar.instrument("pooling says it is not worth it at 40 %", Goal.atLeast(1), dense));
    }

    private static double recall(int items, int causes, long seed) {
        PlantedCauses planted = PlantedCauses.cancelling(items, causes, seed + 50);
        long found = Heads.search(planted, 0.5, seed).causes().stream()
                .filter(cause -> planted.isCause(cause.item()))
                .count();
        return (double) found / causes;
    }

    /// For each design, at each prevalence: tests an item, and share of positives found with misses and dilution.
    private static List<double[]> simulate(StudyRun run, long seed) {
        List<double[]> all = new ArrayList<>();
        for (Design design : Design.values()) {
            double[] cost = new double[PREVALENCES.length];
            double[] found = new double[PREVALENCES.length];
            for (int i = 0; i < PREVALENCES.length; i++) {
                int items = design == Design.COMP ? Math.min(2000, run.count("items")) : run.count("items");
                RandomGenerator random = new Random(seed * 1000 + i).generator();
                BitSet positive = new BitSet(items);
                for (int item = 0; item < items; item++) {
                    positive.set(item, random.nextDouble() < PREVALENCES[i]);
                }
                cost[i] = (double) design.test(positive, items, new Design.Assay(PREVALENCES[i], 0, 0), random).tests
                        / items;
                BitSet told =
                        design.test(positive, items, new Design.Assay(PREVALENCES[i], 0.05, 0.1), random).positive;
                told.and(positive);
                found[i] = (double) told.cardinality() / positive.cardinality();
            }
            all.add(cost);
            all.add(found);
        }
        return all;
    }

    private static Figure costs(List<double[]> simulated) {
        List<Figure.Series> series = new ArrayList<>();
        for (Design design : Design.values()) {
            series.add(Figure.Series.line(name(design), PREVALENCES, simulated.get(2 * design.ordinal())));
        }
        series.add(Figure.Series.reference(
                "one test each", new double[] {PREVALENCES[0], PREVALENCES[PREVALENCES.length - 1]}, new double[] {1, 1
                }));
        return new Figure(
                "What a design costs",
                "Tests for each item, simulated without misses. Below 1, pooling saves tests.",
                new Figure.Curves(Figure.Axis.log("prevalence"), Figure.Axis.of("tests an item"), series));
    }

    private static Figure found(List<double[]> simulated) {
        List<Figure.Series> series = new ArrayList<>();
        for (Design design : Design.values()) {
            series.add(Figure.Series.line(name(design), PREVALENCES, simulated.get(2 * design.ordinal() + 1)));
        }
        return new Figure(
                "What a design misses",
                "Share of positives found where a test misses 5 % and a pool with share s of positives is seen with"
                        + " chance 0.95 s^0.1.",
                new Figure.Curves(Figure.Axis.log("prevalence"), Figure.Axis.of("share found"), series));
    }

    private static String name(Design design) {
        return switch (design) {
            case DORFMAN -> "Dorfman";
            case MATRIX -> "matrix";
            case HALVING -> "halving";
            case COMP -> "COMP";
        };
    }

    private static Figure effects(Heads heads, StudyRun run) {
        double[] sorted = Arrays.stream(heads.effects())
                .map(Math::abs)
                .boxed()
                .sorted(Comparator.reverseOrder())
                .mapToDouble(Double::doubleValue)
                .toArray();
        double[] ranks =
                IntStream.rangeClosed(1, sorted.length).asDoubleStream().toArray();
        double threshold = run.real("threshold");
        return new Figure(
                "What each head does",
                "The change of the log probability of the repeated token when a head is put to its mean, alone;"
                        + " ranked.",
                new Figure.Curves(
                        Figure.Axis.log("rank"),
                        Figure.Axis.of("nats"),
                        List.of(
                                Figure.Series.points("heads", ranks, sorted),
                                Figure.Series.reference(
                                        "counts as an effect",
                                        new double[] {1, sorted.length},
                                        new double[] {threshold, threshold}))));
    }
}
