package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// RAVEL: whether a few latents hold one attribute of an entity and no other (Huang et al. 2024, arXiv:2402.17700,
/// section 3; SAEBench, arXiv:2503.09532).
///
/// An entity (the base) gets the codes of another (the source) for the latents of an attribute:
///
///     cause        share of pairs in which that attribute is answered as the source's, where they differ
///     isolation    share in which another attribute is still answered as the base's, where they differ
///     disentangle  (cause + isolation) / 2
///
/// 0.5 costs nothing: changing nothing has no cause and all isolation, and changing everything all cause and no
/// isolation. Latents are chosen on half of the entities ([AttributeLatents]), pairs are of the other half, and
/// intervals draw the bases anew.
///
/// Beside it stand as many latents drawn at random for each pair, as many principal components, chosen as latents are,
/// and the whole activation. The papers train a mask, which finds more than this choice does.
public final class Disentangling {

    /// Entities that there must be.
    public static final int LEAST = 8;

    private final Entities entities;
    private final Entities.Answers answers;
    private final Settings settings;
    private final int[] fit;
    private final int[] test;

    /// @param latents how many are changed, such as 1, 5, 20
    /// @param sources of each base
    public record Settings(List<Integer> latents, int sources, long seed) {

        public static final Settings USUAL = new Settings(List.of(1, 5, 20), 2, 0);

        /// @throws BadInputException when there is nothing to change or no source
        public Settings {
            latents = List.copyOf(latents);
            if (latents.isEmpty() || latents.stream().anyMatch(k -> k < 1) || sources < 1) {
                throw new BadInputException("changing " + latents + " latents with " + sources
                        + " sources an entity: expected at least one of each, such as 1, 5, 20 with 2.");
            }
        }
    }

    private Disentangling(Entities entities, Entities.Answers answers, Settings settings) {
        this.entities = entities;
        this.answers = answers;
        this.settings = settings;
        HeldOut halves = HeldOut.split(entities.count(), settings.seed);
        fit = halves.selection().stream().mapToInt(Integer::intValue).toArray();
        test = halves.heldOut().stream().mapToInt(Integer::intValue).toArray();
    }

    /// For each number of latents the three scores: the mean over attributes, then those of each.
    ///
    /// @throws BadInputException when there are too few entities, or the dictionary writes another site than it
    /// reads
    public static List<Judgement.Row> rows(
            Dictionary dictionary,
            Entities entities,
            Entities.Answers answers,
            Settings settings,
            Judge.Progress progress) {
        check(dictionary);
        if (entities.count() < LEAST) {
            throw new BadInputException("there are " + entities.count() + " entities; half of them are for choosing"
                    + " latents and half for testing, so give at least " + LEAST + ".");
        }
        try (Scope _ = Scope.open()) {
            return new Disentangling(entities, answers, settings).rows(dictionary, progress);
        }
    }

    /// @throws BadInputException when a dictionary writes another site than it reads
    public static void check(Dictionary dictionary) {
        if (dictionary.dIn() != dictionary.dOut()
                || !dictionary.origin().inputs().equals(dictionary.origin().outputs())) {
            throw new BadInputException("disentangling changes the activation that a dictionary reads, and this one"
                    + " writes another site; give an autoencoder.");
        }
    }

    private List<Judgement.Row> rows(Dictionary dictionary, Judge.Progress progress) {
        List<Pairs> pairs = IntStream.range(0, entities.attributes().size())
                .mapToObj(this::pairs)
                .toList();
        List<Tensor> fitted = entities.attributes().stream()
                .map(attribute -> rows(attribute.x(), fit))
                .toList();
        Tensor x = Tensor.cat(fitted, 0); // [attribute * entity, d]
        List<List<AttributeLatents.Probe>> probes = entities.attributes().stream()
                .map(attribute -> AttributeLatents.probes(x, repeated(attribute.values())))
                .toList();
        int d = dictionary.dIn();
        Coding own = Coding.of(dictionary);
        int steps = 1 + 3 * settings.latents.size();
        progress.step("changing entities", 0, steps);
        Grouped whole = measured(pairs, (attribute, asked) -> sources(pairs.get(attribute), asked));
        List<Judgement.Row> rows = new ArrayList<>();
        int done = 1;
        try (Moments moments = new Moments(d, d)) {
            moments.add(x, x);
            try (Coding components = LinearCoding.fit(moments, true, d)) {
                Contestant chosen = new Contestant(own, x, probes);
                Contestant pca = new Contestant(components, x, probes);
                for (int k : settings.latents) {
                    Map<String, Grouped> found = new LinkedHashMap<>();
                    progress.step("changing entities", done++, steps);
                    Grouped mine = measured(pairs, chosen.chosen(pairs, k));
                    progress.step("changing entities", done++, steps);
                    found.put("chance", measured(pairs, chosen.drawn(pairs, k)));
                    progress.step("changing entities", done++, steps);
                    found.put("PCA", measured(pairs, pca.chosen(pairs, k)));
                    found.put("whole", whole);
                    rows.addAll(rows(k, mine, found));
                }
            }
        }
        return rows;
    }

    /// A coding whose latents are changed.
    private final class Contestant {

        private final List<Interchange> changes;
        private final List<double[]> scores;
        private final LatentColumns codes;

        Contestant(Coding coding, Tensor fitted, List<List<AttributeLatents.Probe>> probes) {
            codes = new LatentColumns(coding.encode(fitted));
            scores = probes.stream()
                    .map(of -> AttributeLatents.scores(coding, codes, of))
                    .toList();
            changes = entities.attributes().stream()
                    .map(attribute -> new Interchange(coding, attribute.x()))
                    .toList();
        }

        Change chosen(List<Pairs> pairs, int k) {
            return (attribute, asked) -> {
                Pairs of = pairs.get(attribute);
                boolean[][] latents = new boolean[of.bases.length][];
                Arrays.fill(latents, LatentColumns.chosen(scores.get(attribute), k));
                return changes.get(asked).of(of.bases, of.sources, latents);
            };
        }

        /// Others for each pair, the same whatever is asked.
        Change drawn(List<Pairs> pairs, int k) {
            return (attribute, asked) -> {
                Pairs of = pairs.get(attribute);
                boolean[][] latents = new boolean[of.bases.length][];
                Random random = new Random(settings.seed + attribute);
                for (int pair = 0; pair < latents.length; pair++) {
                    latents[pair] = LatentColumns.chosen(codes.drawn(random), k);
                }
                return changes.get(asked).of(of.bases, of.sources, latents);
            };
        }
    }

    /// Entities that get something of others.
    private record Pairs(int[] bases, int[] sources) {}

    /// Sources of the tested half that differ in an attribute, drawn for each base.
    private Pairs pairs(int attribute) {
        int[] values = entities.attributes().get(attribute).values();
        RandomGenerator random = new Random(settings.seed + attribute).generator();
        List<int[]> pairs = new ArrayList<>();
        for (int base : test) {
            int[] others = IntStream.of(test)
                    .filter(other -> values[other] != values[base])
                    .toArray();
            for (int i = 0; i < settings.sources && others.length > 0; i++) {
                pairs.add(new int[] {base, others[random.nextInt(others.length)]});
            }
        }
        if (pairs.isEmpty()) {
            throw new BadInputException("the entities for testing all have the same "
                    + entities.attributes().get(attribute).name() + "; give more entities.");
        }
        return new Pairs(
                pairs.stream().mapToInt(pair -> pair[0]).toArray(),
                pairs.stream().mapToInt(pair -> pair[1]).toArray());
    }

    /// Activations of the pairs of an attribute, in the prompts that ask for one, `[pair, d]`.
    private interface Change {
        Tensor of(int attribute, int asked);
    }

    private Tensor sources(Pairs pairs, int asked) {
        return rows(entities.attributes().get(asked).x(), pairs.sources);
    }

    /// Hits and counts of cause and isolation, four for each attribute, by base.
    private Grouped measured(List<Pairs> pairs, Change change) {
        int attributes = entities.attributes().size();
        List<double[]> terms = new ArrayList<>();
        List<Integer> bases = new ArrayList<>();
        for (int attribute = 0; attribute < attributes; attribute++) {
            Pairs of = pairs.get(attribute);
            double[][] own = new double[of.bases.length][4 * attributes];
            for (int asked = 0; asked < attributes; asked++) {
                int[] values = entities.attributes().get(asked).values();
                int[] said;
                try (Scope _ = Scope.open()) {
                    said = answers.of(asked, of.bases, change.of(attribute, asked));
                }
                for (int pair = 0; pair < said.length; pair++) {
                    int base = values[of.bases[pair]];
                    int source = values[of.sources[pair]];
                    int at = 4 * attribute + (asked == attribute ? 0 : 2);
                    if (base != source) {
                        own[pair][at] += said[pair] == (asked == attribute ? source : base) ? 1 : 0;
                        own[pair][at + 1]++;
                    }
                }
            }
            terms.addAll(List.of(own));
            IntStream.of(of.bases).forEach(bases::add);
        }
        return Grouped.of(bases.stream().mapToInt(Integer::intValue).toArray(), terms.toArray(double[][]::new));
    }

    private List<Judgement.Row> rows(int k, Grouped mine, Map<String, Grouped> rivals) {
        int attributes = entities.attributes().size();
        String latents = ", k = " + k;
        List<Judgement.Row> rows = new ArrayList<>(scores("", latents, 0, attributes, mine, rivals));
        for (int i = 0; i < attributes; i++) {
            String name = " " + entities.attributes().get(i).name();
            rows.addAll(scores(name, latents, i, i + 1, mine, rivals));
        }
        return rows;
    }

    private List<Judgement.Row> scores(
            String of, String latents, int first, int end, Grouped mine, Map<String, Grouped> rivals) {
        ToDoubleFunction<double[]> cause = sums -> mean(sums, first, end, 0);
        ToDoubleFunction<double[]> isolation = sums -> mean(sums, first, end, 2);
        return List.of(
                row(
                        "disentangle" + of + latents,
                        mine,
                        rivals,
                        sums -> (cause.applyAsDouble(sums) + isolation.applyAsDouble(sums)) / 2),
                row("cause" + of + latents, mine, rivals, cause),
                row("isolation" + of + latents, mine, rivals, isolation));
    }

    /// The mean over some attributes of hits over counts.
    private static double mean(double[] sums, int first, int end, int from) {
        double total = 0;
        for (int attribute = first; attribute < end; attribute++) {
            total += sums[4 * attribute + from] / sums[4 * attribute + from + 1];
        }
        return total / (end - first);
    }

    private Judgement.Row row(
            String metric, Grouped mine, Map<String, Grouped> rivals, ToDoubleFunction<double[]> value) {
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed);
        Map<String, Estimate> others = new LinkedHashMap<>();
        rivals.forEach((name, rival) -> others.put(name, rival.estimate(bootstrap, value)));
        return new Judgement.Row(metric, "", mine.estimate(bootstrap, value), others);
    }

    private int[] repeated(int[] values) {
        return IntStream.range(0, entities.attributes().size())
                .flatMap(_ -> IntStream.of(fit).map(entity -> values[entity]))
                .toArray();
    }

    private static Tensor rows(Tensor x, int[] which) {
        long[] index = IntStream.of(which).asLongStream().toArray();
        return x.gatherRows(0, Tensor.of(index, index.length));
    }
}
