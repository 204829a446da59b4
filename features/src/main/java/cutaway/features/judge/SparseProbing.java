package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// k-sparse probing: how well k latents tell a class, against the best logistic probe of the whole activation
/// (Gurnee et al. 2023, arXiv:2305.01610; SAEBench, arXiv:2503.09532, section 3).
///
/// The latents are those whose mean differs most between the classes, by absolute value, over the rows for fitting;
/// a logistic probe is fitted to them, and all are tested on rows that share no group with those. Accuracy is
/// balanced: the mean of the accuracies in the class and outside.
public final class SparseProbing {

    private static final int[] LATENTS = {1, 2, 5};

    private SparseProbing() {}

    /// A row for each k, with as many latents drawn at random as `chance`, principal components, random directions
    /// and neurons as rivals; and one for the dense probe.
    ///
    /// @param wanted the class
    public static List<Judgement.Row> rows(Dictionary dictionary, Labelled data, int wanted, long seed) {
        try (Scope _ = Scope.open()) {
            HeldOut halves = data.split(seed);
            Labelled fit = data.rows(halves.selection());
            Labelled test = data.rows(halves.heldOut());
            Bootstrap bootstrap = Bootstrap.seeded(seed);
            List<Judgement.Row> rows = new ArrayList<>();
            Map<String, Coding> rivals = rivals(dictionary, fit.x(), seed);
            Coding own = Coding.of(dictionary);
            for (int k : LATENTS) {
                Map<String, Estimate> others = new LinkedHashMap<>();
                others.put("chance", estimate(tested(own, fit, test, wanted, k, seed, true), bootstrap));
                rivals.forEach((name, rival) ->
                        others.put(name, estimate(tested(rival, fit, test, wanted, k, seed, false), bootstrap)));
                rows.add(new Judgement.Row(
                        "probe of " + k + (k == 1 ? " latent" : " latents"),
                        "balanced accuracy",
                        estimate(tested(own, fit, test, wanted, k, seed, false), bootstrap),
                        others));
            }
            Logistic dense = Logistic.best(fit.x(), fit.are(wanted), fit.groups(), seed);
            rows.add(new Judgement.Row(
                    "probe of the activation",
                    "balanced accuracy",
                    estimate(Tested.of(dense.right(test.x(), test.are(wanted)), test, wanted), bootstrap),
                    Map.of()));
            rivals.values().forEach(Coding::close);
            return rows;
        }
    }

    private static Map<String, Coding> rivals(Dictionary dictionary, Tensor x, long seed) {
        int d = dictionary.dIn();
        Map<String, Coding> rivals = new LinkedHashMap<>();
        try (Moments moments = new Moments(d, d)) {
            moments.add(x, x);
            rivals.put("PCA", LinearCoding.fit(moments, true, d));
        }
        Coding own = Coding.of(dictionary);
        SparseRows codes = own.encode(x);
        int k = Math.max(1, (int) Math.round((double) codes.values().length / codes.rows()));
        Tensor floats = x.to(Dtype.F32);
        rivals.put("random", Coding.owning(Rivals.random(floats, floats, dictionary.width(), k, seed)));
        rivals.put("neurons", Coding.owning(Rivals.neurons(floats, d)));
        return rivals;
    }

    /// Which test rows were told right.
    private record Tested(double[] right, boolean[] is, int[] groups) {
        static Tested of(double[] right, Labelled test, int wanted) {
            return new Tested(right, test.are(wanted), test.groups());
        }
    }

    /// @param random whether the latents are drawn from those that are active at all, in place of chosen
    private static Tested tested(
            Coding coding, Labelled fit, Labelled test, int wanted, int k, long seed, boolean random) {
        try (Scope _ = Scope.open()) {
            LatentColumns fitted = new LatentColumns(coding.encode(fit.x()));
            double[] scores = fitted.meanDifference(fit.are(wanted));
            Random draws = new Random(seed);
            for (int i = 0; i < scores.length; i++) {
                boolean silent = scores[i] == 0;
                scores[i] = random ? (silent ? 0 : 1) + draws.generator().nextDouble() : Math.abs(scores[i]);
            }
            int[] latents = LatentColumns.largest(scores, k);
            Logistic probe = Logistic.best(fitted.dense(latents), fit.are(wanted), fit.groups(), seed);
            Tensor there = new LatentColumns(coding.encode(test.x())).dense(latents);
            return Tested.of(probe.right(there, test.are(wanted)), test, wanted);
        }
    }

    /// Groups are what is drawn anew.
    private static Estimate estimate(Tested tested, Bootstrap bootstrap) {
        int[] names = Arrays.stream(tested.groups).distinct().sorted().toArray();
        double[][] sums = new double[names.length][4]; // right and all inside, right and all outside
        for (int row = 0; row < tested.right.length; row++) {
            double[] group = sums[Arrays.binarySearch(names, tested.groups[row])];
            int at = tested.is[row] ? 0 : 2;
            group[at] += tested.right[row];
            group[at + 1]++;
        }
        int[] all = IntStream.range(0, names.length).toArray();
        return new Estimate(balanced(sums, all), bootstrap.of(names.length, drawn -> balanced(sums, drawn)));
    }

    private static double balanced(double[][] sums, int[] groups) {
        double[] all = new double[4];
        for (int group : groups) {
            for (int i = 0; i < 4; i++) {
                all[i] += sums[group][i];
            }
        }
        return (all[0] / all[1] + all[2] / all[3]) / 2;
    }
}
