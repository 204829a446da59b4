package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// What probes lose when the latents of a concept are taken out of the activation (Karvonen et al. 2024,
/// arXiv:2411.18895; SAEBench, arXiv:2503.09532, section 3). Which latents are a concept's: [ConceptLatents].
///
///     x' = x - sum_{i in S} f_i d_i
///
/// The dictionary's error stays in x'. Latents are chosen and probes fitted on rows that share no group with those
/// that are tested; intervals draw the groups of the latter anew. Accuracy is balanced: a class and the others weigh
/// alike. Beside each number stands what as many latents drawn at random of the active ones do, on average over a
/// few draws.
public final class Perturbation {

    /// How many latents are taken out.
    static final int[] ABLATED = {1, 2, 5, 10, 20, 50};

    private static final int DRAWS = 5;

    private Perturbation() {}

    /// Targeted probe perturbation: how much more the probe of a class loses by the latents of that class than by
    /// those of other classes, in accuracy:
    ///
    ///     TPP = mean_i (A_i - A_ii) - mean_{i != j} (A_j - A_ij)
    ///
    /// A_j the accuracy of the probe of class j against all others, A_ij with the latents of class i taken out. 0
    /// where latents are no more a class's than another's; at most what the probes have above chance.
    ///
    /// @param classes how many there are
    /// @throws BadInputException when the dictionary writes another site than it reads, or rescales tokens of which
    ///     a row is the mean
    public static List<Judgement.Row> tpp(Dictionary dictionary, Labelled data, int classes, long seed) {
        check(dictionary, data);
        try (Scope _ = Scope.open()) {
            HeldOut halves = data.split(seed);
            Labelled fit = data.rows(halves.selection());
            ConceptLatents latents = new ConceptLatents(dictionary, fit, data.rows(halves.heldOut()));
            List<Logistic> probes = IntStream.range(0, classes)
                    .mapToObj(j -> Logistic.best(fit.x(), fit.are(j), fit.groups(), seed))
                    .toList();
            List<Judgement.Row> rows = new ArrayList<>();
            for (int n : ABLATED) {
                if (n <= dictionary.width()) {
                    rows.add(new Judgement.Row(
                            "TPP, " + n + (n == 1 ? " latent" : " latents"),
                            "balanced accuracy",
                            tpp(latents, probes, n, false, seed),
                            Map.of("chance", tpp(latents, probes, n, true, seed))));
                }
            }
            return rows;
        }
    }

    private static Estimate tpp(ConceptLatents latents, List<Logistic> probes, int n, boolean random, long seed) {
        Labelled test = latents.test();
        int classes = probes.size();
        double[][] terms = new double[test.classes().length][4 * classes]; // lost and all, in a class and outside
        List<double[]> before = IntStream.range(0, classes)
                .mapToObj(j -> probes.get(j).right(test.x(), test.are(j)))
                .toList();
        int draws = random ? DRAWS : 1;
        for (int i = 0; i < classes; i++) {
            for (int draw = 0; draw < draws; draw++) {
                boolean[] chosen = random // others for each class: the same would cancel out in the score
                        ? latents.drawn(n, new Random(seed + draw * (long) classes + i))
                        : latents.of(i, probes.get(i), n);
                try (Scope _ = Scope.open()) {
                    Tensor without = latents.without(chosen);
                    for (int j = 0; j < classes; j++) {
                        double weight = (i == j ? 1.0 / classes : -1.0 / (classes * (classes - 1.0))) / draws;
                        double[] after = probes.get(j).right(without, test.are(j));
                        for (int row = 0; row < terms.length; row++) {
                            int at = 4 * j + (test.classes()[row] == j ? 0 : 2);
                            terms[row][at] += weight * (before.get(j)[row] - after[row]);
                            terms[row][at + 1] = 1;
                        }
                    }
                }
            }
        }
        return Grouped.of(test.groups(), terms)
                .estimate(
                        Bootstrap.seeded(seed),
                        sums -> IntStream.range(0, classes)
                                .mapToDouble(j -> Grouped.balanced(sums, 4 * j, 2))
                                .sum());
    }

    /// Spurious correlation removal: how far a probe that learned two concepts as one comes back to the wanted one
    /// once the latents of the other are taken out, in accuracy over the four combinations, which weigh alike:
    ///
    ///     SCR = (A_changed - A_biased) / (A_clean - A_biased)
    ///
    /// A_biased of a probe fitted on rows that have both concepts or neither, A_clean of one fitted on as many rows
    /// of each combination. 1 is all the way, 0 none, below 0 worse than before; NaN where the biased probe is no
    /// worse than the clean one, so that there is nothing to come back from.
    ///
    /// @param data classes 0 to 3: `wanted + 2 other`
    /// @throws BadInputException as [#tpp], and when a half has fewer than two rows of a combination
    public static List<Judgement.Row> scr(Dictionary dictionary, Labelled data, long seed) {
        check(dictionary, data);
        try (Scope _ = Scope.open()) {
            HeldOut halves = data.split(seed);
            Labelled fit = data.rows(halves.selection());
            Labelled test = data.rows(halves.heldOut());
            requireAll(fit);
            requireAll(test);
            Labelled biased = fit.rows(alike(fit, c -> c == 0 || c == 3, seed));
            Labelled clean = fit.rows(alike(fit, _ -> true, seed));
            boolean[] wanted = is(test, c -> c % 2 == 1);
            Logistic wrong = probe(biased, c -> c == 3, seed);
            double[] before = wrong.right(test.x(), wanted);
            double[] best = probe(clean, c -> c % 2 == 1, seed).right(test.x(), wanted);
            int[] others = IntStream.of(clean.classes()).map(c -> c / 2).toArray();
            ConceptLatents latents = new ConceptLatents(dictionary, clean.with(others), test);
            Logistic ofOther = probe(clean, c -> c >= 2, seed);
            List<Judgement.Row> rows = new ArrayList<>();
            rows.add(accuracy("SCR: biased probe", before, test, seed));
            rows.add(accuracy("SCR: clean probe", best, test, seed));
            for (int n : ABLATED) {
                if (n <= dictionary.width()) {
                    boolean[] chosen = latents.of(1, ofOther, n);
                    double[] after = Scope.free(() -> wrong.right(latents.without(chosen), wanted));
                    double[] drawn = new double[after.length];
                    for (int draw = 0; draw < DRAWS; draw++) {
                        boolean[] some = latents.drawn(n, new Random(seed + draw));
                        double[] right = Scope.free(() -> wrong.right(latents.without(some), wanted));
                        for (int row = 0; row < drawn.length; row++) {
                            drawn[row] += right[row] / DRAWS;
                        }
                    }
                    rows.add(new Judgement.Row(
                            "SCR, " + n + (n == 1 ? " latent" : " latents"),
                            "1 is all",
                            scr(before, after, best, test, seed),
                            Map.of("chance", scr(before, drawn, best, test, seed))));
                }
            }
            return rows;
        }
    }

    private static Logistic probe(Labelled data, IntPredicate wanted, long seed) {
        return Logistic.best(data.x(), is(data, wanted), data.groups(), seed);
    }

    private static boolean[] is(Labelled data, IntPredicate wanted) {
        boolean[] is = new boolean[data.classes().length];
        for (int row = 0; row < is.length; row++) {
            is[row] = wanted.test(data.classes()[row]);
        }
        return is;
    }

    private static Judgement.Row accuracy(String metric, double[] right, Labelled test, long seed) {
        return new Judgement.Row(
                metric,
                "balanced accuracy",
                estimate(List.of(right), test, seed, sums -> Grouped.balanced(sums, 0, 4)),
                Map.of());
    }

    private static Estimate scr(double[] before, double[] after, double[] best, Labelled test, long seed) {
        return estimate(List.of(before, after, best), test, seed, sums -> {
            double biased = Grouped.balanced(sums, 0, 4);
            double gap = Grouped.balanced(sums, 16, 4) - biased;
            return gap > 0 ? (Grouped.balanced(sums, 8, 4) - biased) / gap : Double.NaN;
        });
    }

    /// @param right which rows are told right, by several probes
    private static Estimate estimate(List<double[]> right, Labelled test, long seed, ToDoubleFunction<double[]> value) {
        double[][] terms = new double[test.classes().length][8 * right.size()];
        for (int probe = 0; probe < right.size(); probe++) {
            for (int row = 0; row < terms.length; row++) {
                int at = 8 * probe + 2 * test.classes()[row];
                terms[row][at] = right.get(probe)[row];
                terms[row][at + 1] = 1;
            }
        }
        return Grouped.of(test.groups(), terms).estimate(Bootstrap.seeded(seed), value);
    }

    private static void requireAll(Labelled half) {
        for (int c = 0; c < 4; c++) {
            int combination = c;
            long rows = IntStream.of(half.classes())
                    .filter(own -> own == combination)
                    .count();
            if (rows < 2) {
                throw new BadInputException("SCR needs all four combinations of label and spurious concept in both"
                        + " halves of the texts, and one has " + rows
                        + " of a combination; give more texts or groups.");
            }
        }
    }

    /// As many rows of each class as of the rarest, drawn, ascending.
    private static List<Integer> alike(Labelled data, IntPredicate wanted, long seed) {
        List<List<Integer>> byClass = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            int own = c;
            if (wanted.test(c)) {
                List<Integer> rows = new ArrayList<>(IntStream.range(0, data.classes().length)
                        .filter(row -> data.classes()[row] == own)
                        .boxed()
                        .toList());
                Collections.shuffle(rows, java.util.Random.from(new Random(seed + c).generator()));
                byClass.add(rows);
            }
        }
        int fewest = byClass.stream().mapToInt(List::size).min().orElseThrow();
        return byClass.stream()
                .flatMap(rows -> rows.stream().limit(fewest))
                .sorted()
                .toList();
    }

    private static void check(Dictionary dictionary, Labelled data) {
        obstacle(dictionary, data).ifPresent(sentence -> {
            throw new BadInputException(sentence);
        });
    }

    /// Why nothing can be taken out of these activations, in a sentence; empty where it can.
    public static Optional<String> obstacle(Dictionary dictionary, Labelled data) {
        if (dictionary.dIn() != dictionary.dOut()
                || !dictionary.origin().inputs().equals(dictionary.origin().outputs())) {
            return Optional.of("TPP and SCR take latents out of the activation that probes read, and this dictionary"
                    + " writes another site than it reads; give an autoencoder.");
        }
        if (data.isPooled() && dictionary.scaling() != Scaling.NONE) {
            return Optional.of("TPP and SCR take latents out of means over tokens, and this dictionary rescales each"
                    + " token; pool by the last token, or give a dictionary without scaling.");
        }
        return Optional.empty();
    }
}
