package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// k-sparse probing: how well k latents tell a class, against the best logistic probe of the whole activation
/// (Gurnee et al. 2023, arXiv:2305.01610; SAEBench, arXiv:2503.09532, section 3).
///
/// The latents are those whose mean differs most between the classes, by absolute value, over the rows for fitting;
/// a logistic probe is fitted to them, and all are tested on rows that share no group with those. Accuracy is
/// balanced: the mean of the accuracies in the class and outside.
public final class SparseProbing {

    private static final int[] LATENTS = {1, 2, 5};

    /// How many times latents are drawn at random; the mean stands beside.
    private static final int DRAWS = 5;

    private final Labelled fit;
    private final Labelled test;
    private final long seed;
    private final Bootstrap bootstrap;
    private final Codes own;
    private final Map<String, Codes> rivals = new LinkedHashMap<>();

    /// Codes of the rows for fitting and of those for testing.
    private record Codes(LatentColumns fit, LatentColumns test) {}

    private SparseProbing(Dictionary dictionary, Labelled data, long seed) {
        this.seed = seed;
        HeldOut halves = data.split(seed);
        fit = data.rows(halves.selection());
        test = data.rows(halves.heldOut());
        bootstrap = Bootstrap.seeded(seed);
        Coding coding = Coding.of(dictionary);
        SparseRows codes = coding.encode(fit.tokens());
        own = codes(coding);
        int d = dictionary.dIn();
        try (Moments moments = new Moments(d, d)) {
            moments.add(fit.x(), fit.x());
            rivals.put("PCA", ofMeans(LinearCoding.fit(moments, true, d)));
        }
        int k = Math.max(1, (int) Math.round((double) codes.values().length / codes.rows()));
        Tensor floats = fit.tokens().to(Dtype.F32);
        try (Coding random = Coding.owning(Rivals.random(floats, floats, dictionary.width(), k, seed))) {
            rivals.put("random", codes(random));
        }
        rivals.put("neurons", ofMeans(Coding.owning(Rivals.neurons(fit.x().to(Dtype.F32), d))));
    }

    private Codes codes(Coding coding) {
        return new Codes(new LatentColumns(fit.codes(coding)), new LatentColumns(test.codes(coding)));
    }

    /// Components and neurons are those of what the probe of the whole activation reads. Closes the coding.
    private Codes ofMeans(Coding coding) {
        try (coding) {
            return new Codes(new LatentColumns(coding.encode(fit.x())), new LatentColumns(coding.encode(test.x())));
        }
    }

    /// A row for each k, with as many latents drawn at random as `chance`, principal components, random directions
    /// and neurons as rivals; and one for the dense probe.
    ///
    /// @param wanted the class
    public static List<Judgement.Row> rows(Dictionary dictionary, Labelled data, int wanted, long seed) {
        try (Scope _ = Scope.open()) {
            return new SparseProbing(dictionary, data, seed).rows(new int[] {wanted}, "");
        }
    }

    /// The mean over classes, each against all others; where there are more than two, also the rows of each.
    ///
    /// @param names of the classes
    /// @throws BadInputException when a half has fewer than two rows of a class
    public static List<Judgement.Row> rows(Dictionary dictionary, Labelled data, List<String> names, long seed) {
        try (Scope _ = Scope.open()) {
            SparseProbing probing = new SparseProbing(dictionary, data, seed);
            probing.requireAll(names);
            if (names.size() == 2) {
                return probing.rows(new int[] {0}, "");
            }
            int[] all = new int[names.size()];
            List<Judgement.Row> rows = new ArrayList<>();
            for (int i = 0; i < all.length; i++) {
                all[i] = i;
                rows.addAll(probing.rows(new int[] {i}, names.get(i)));
            }
            rows.addAll(0, probing.rows(all, ""));
            return rows;
        }
    }

    private void requireAll(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            int own = i;
            long fitted = IntStream.of(fit.classes()).filter(c -> c == own).count();
            long tested = IntStream.of(test.classes()).filter(c -> c == own).count();
            if (fitted < 2 || tested < 2) {
                throw new BadInputException("split by groups, " + fitted + " texts of the label \"" + names.get(i)
                        + "\" are for fitting and " + tested + " for testing; give texts of it in more groups.");
            }
        }
    }

    /// @param name of the one class, empty for the mean of all
    private List<Judgement.Row> rows(int[] wanted, String name) {
        String of = name.isEmpty() ? "probe of " : name + ", ";
        List<Judgement.Row> rows = new ArrayList<>();
        for (int k : LATENTS) {
            Map<String, Estimate> others = new LinkedHashMap<>();
            others.put("chance", estimate(wanted, is -> drawn(is, k)));
            rivals.forEach((rival, codes) -> others.put(rival, estimate(wanted, is -> chosen(codes, is, k))));
            rows.add(new Judgement.Row(
                    of + k + (k == 1 ? " latent" : " latents"),
                    "balanced accuracy",
                    estimate(wanted, is -> chosen(own, is, k)),
                    others));
        }
        rows.add(new Judgement.Row(
                of + "the activation",
                "balanced accuracy",
                estimate(
                        wanted,
                        is -> Logistic.best(fit.x(), fit.are(is), fit.groups(), seed)
                                .right(test.x(), test.are(is))),
                Map.of()));
        return rows;
    }

    /// Which test rows k latents tell right.
    private double[] chosen(Codes codes, int wanted, int k) {
        double[] scores = codes.fit.meanDifference(fit.are(wanted));
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.abs(scores[i]);
        }
        return tested(codes, wanted, LatentColumns.largest(scores, k));
    }

    /// As [#chosen], of latents drawn from those that are active at all: the mean over some draws.
    private double[] drawn(int wanted, int k) {
        double[] means = new double[test.classes().length];
        for (int draw = 0; draw < DRAWS; draw++) {
            int[] latents = LatentColumns.largest(own.fit.drawn(new Random(seed + draw)), k);
            double[] right = tested(own, wanted, latents);
            for (int i = 0; i < means.length; i++) {
                means[i] += right[i] / DRAWS;
            }
        }
        return means;
    }

    private double[] tested(Codes codes, int wanted, int[] latents) {
        try (Scope _ = Scope.open()) {
            Logistic probe = Logistic.best(codes.fit.dense(latents), fit.are(wanted), fit.groups(), seed);
            return probe.right(codes.test.dense(latents), test.are(wanted));
        }
    }

    /// Balanced accuracy, the mean over classes.
    ///
    /// @param right which test rows are told right, for a class
    private Estimate estimate(int[] wanted, IntFunction<double[]> right) {
        double[][] terms = new double[test.classes().length][4 * wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            double[] told = right.apply(wanted[i]);
            boolean[] is = test.are(wanted[i]);
            for (int row = 0; row < told.length; row++) {
                int at = 4 * i + (is[row] ? 0 : 2);
                terms[row][at] = told[row];
                terms[row][at + 1] = 1;
            }
        }
        ToDoubleFunction<double[]> mean = sums -> {
            double total = 0;
            for (int i = 0; i < wanted.length; i++) {
                total += Grouped.balanced(sums, 4 * i, 2);
            }
            return total / wanted.length;
        };
        return Grouped.of(test.groups(), terms).estimate(bootstrap, mean);
    }
}
