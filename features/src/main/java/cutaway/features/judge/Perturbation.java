package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// What probes lose when the latents of a concept are taken out of the activation (Karvonen et al. 2024,
/// arXiv:2411.18895; SAEBench, arXiv:2503.09532, section 3).
///
///     x' = x - sum_{i in S} f_i d_i        S the N latents of the largest (mean f_i in - mean f_i out) d_i . w
///
/// w is the weight of a dense logistic probe of the concept. The dictionary's error stays in x'. Latents are chosen
/// and probes fitted on rows that share no group with those that are tested. Beside each stands what N latents drawn
/// at random of the active ones do.
public final class Perturbation {

    /// How many latents are taken out.
    static final int[] ABLATED = {1, 2, 5, 10, 20, 50};

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
    public static List<Judgement.Row> tpp(Dictionary dictionary, Labelled data, int classes, long seed) {
        try (Scope _ = Scope.open()) {
            Split split = new Split(dictionary, data, seed);
            List<Logistic> probes = IntStream.range(0, classes)
                    .mapToObj(j -> Logistic.best(split.fit.x(), split.fit.are(j), split.fit.groups(), seed))
                    .toList();
            List<Judgement.Row> rows = new ArrayList<>();
            for (int n : ABLATED) {
                if (n <= dictionary.width()) {
                    rows.add(new Judgement.Row(
                            "TPP, " + n + (n == 1 ? " latent" : " latents"),
                            "accuracy",
                            Estimate.exact(tpp(split, probes, n, false)),
                            Map.of("chance", Estimate.exact(tpp(split, probes, n, true)))));
                }
            }
            return rows;
        }
    }

    private static double tpp(Split split, List<Logistic> probes, int n, boolean random) {
        double own = 0;
        double others = 0;
        int classes = probes.size();
        for (int i = 0; i < classes; i++) {
            boolean[] chosen = split.latents(i, probes.get(i), n, random);
            Tensor without = split.without(chosen);
            for (int j = 0; j < classes; j++) {
                boolean[] are = split.test.are(j);
                double drop = MaxCosine.mean(probes.get(j).right(split.test.x(), are))
                        - MaxCosine.mean(probes.get(j).right(without, are));
                own += i == j ? drop : 0;
                others += i == j ? 0 : drop;
            }
        }
        return own / classes - others / (classes * (classes - 1.0));
    }

    /// Spurious correlation removal: how far a probe that learned two concepts as one comes back to the wanted one
    /// once the latents of the other are taken out, in accuracy on balanced data:
    ///
    ///     SCR = (A_changed - A_biased) / (A_clean - A_biased)
    ///
    /// A_biased of a probe fitted where the two go together, A_clean of one fitted on balanced data. 1 is all the
    /// way, 0 none, below 0 worse than before.
    ///
    /// @param biased the wanted concept and the other go together; class 1 has both, class 0 neither
    /// @param balanced classes 0 to 3: `wanted + 2 other`, all as often
    public static List<Judgement.Row> scr(Dictionary dictionary, Labelled biased, Labelled balanced, long seed) {
        try (Scope _ = Scope.open()) {
            Labelled wanted = with(balanced, c -> c % 2);
            Labelled other = with(balanced, c -> c / 2);
            Split toWanted = new Split(dictionary, wanted, seed);
            Split toOther = new Split(dictionary, other, seed);
            Logistic clean = Logistic.best(toWanted.fit.x(), toWanted.fit.are(1), toWanted.fit.groups(), seed);
            Logistic wrong = Logistic.best(biased.x(), biased.are(1), biased.groups(), seed);
            Logistic ofOther = Logistic.best(toOther.fit.x(), toOther.fit.are(1), toOther.fit.groups(), seed);
            boolean[] is = toWanted.test.are(1);
            double best = MaxCosine.mean(clean.right(toWanted.test.x(), is));
            double before = MaxCosine.mean(wrong.right(toWanted.test.x(), is));
            List<Judgement.Row> rows = new ArrayList<>();
            for (int n : ABLATED) {
                if (n <= dictionary.width()) {
                    rows.add(new Judgement.Row(
                            "SCR, " + n + (n == 1 ? " latent" : " latents"),
                            "1 is all",
                            Estimate.exact(scr(toOther, ofOther, wrong, is, n, false, before, best)),
                            Map.of("chance", Estimate.exact(scr(toOther, ofOther, wrong, is, n, true, before, best)))));
                }
            }
            return rows;
        }
    }

    private static double scr(
            Split split,
            Logistic ofOther,
            Logistic wrong,
            boolean[] is,
            int n,
            boolean random,
            double before,
            double best) {
        Tensor without = split.without(split.latents(1, ofOther, n, random));
        return (MaxCosine.mean(wrong.right(without, is)) - before) / (best - before);
    }

    private static Labelled with(Labelled data, IntUnaryOperator of) {
        return new Labelled(data.x(), IntStream.of(data.classes()).map(of).toArray(), data.groups());
    }

    /// Rows to choose latents and fit probes on, and rows to test on. The same seed and groups split alike.
    private static final class Split {

        private final Dictionary dictionary;
        private final Coding coding;
        private final Labelled fit;
        private final Labelled test;
        private final SparseRows fitted;
        private final SparseRows tested;
        private final long seed;

        Split(Dictionary dictionary, Labelled data, long seed) {
            this.dictionary = dictionary;
            this.seed = seed;
            HeldOut halves = data.split(seed);
            fit = data.rows(halves.selection());
            test = data.rows(halves.heldOut());
            coding = Coding.of(dictionary);
            fitted = coding.encode(fit.x());
            tested = coding.encode(test.x());
        }

        boolean[] latents(int wanted, Logistic probe, int n, boolean random) {
            double[] scores = new LatentColumns(fitted).meanDifference(fit.are(wanted));
            Tensor w = Tensor.of(probe.weights(), probe.weights().length, 1);
            double[] reads = Scope.free(
                    () -> dictionary.weights().decoder().to(Dtype.F64).matmul(w).toDoubles());
            Random draws = new Random(seed + wanted);
            for (int i = 0; i < scores.length; i++) {
                scores[i] =
                        random ? (scores[i] == 0 ? 0 : 1) + draws.generator().nextDouble() : scores[i] * reads[i];
            }
            boolean[] chosen = new boolean[scores.length];
            for (int latent : LatentColumns.largest(scores, n)) {
                chosen[latent] = random || scores[latent] > 0;
            }
            return chosen;
        }

        /// The rows for testing without what some latents write, `[n, d]`.
        Tensor without(boolean[] latents) {
            double[] values = tested.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = latents[tested.columns()[i]] ? 0 : values[i];
            }
            return Scope.keep(() -> {
                Tensor whole = coding.decode(tested, test.x()).to(Dtype.F64);
                Tensor rest = coding.decode(tested.with(values), test.x()).to(Dtype.F64);
                return test.x().to(Dtype.F64).minus(whole.minus(rest));
            });
        }
    }
}
