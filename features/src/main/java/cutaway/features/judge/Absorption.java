package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// Feature absorption: where a class is there (a word starts with L), the latents that stand for it are silent, and
/// one that stands for something narrower (the word "lion") carries the class's direction (Chanin et al. 2024,
/// arXiv:2409.14507; the scores as SAEBench 0.6 has them).
///
/// With p the unit direction of a dense logistic probe of the class, `q_i = f_i d_i . p` is what latent i carries of
/// it and `q = x . p` what there is; main latents are those of [MainLatents]. Two scores, for each row for testing
/// that is of the class and that the probe tells so:
///
/// Full: no main latent is active; the latent of the largest q has a cosine with p of at least 0.025 and carries at
/// least 0.4 of q, which is above 0.
///
/// Fraction: M is what the main latents carry, A what the three others carry that have a cosine of at least 0.1 and
/// carry most. It is 0 where A is less than 0.4 q or `M >= q`; 1 where `M <= 0`; else `a / (a + M)`, `a = min(A, q -
/// M)`.
public final class Absorption {

    private static final double LEAST_COSINE = 0.025;
    private static final double LEAST_COSINE_OF_SHARE = 0.1;
    private static final double LEAST_SHARE = 0.4;
    private static final int ABSORBERS = 3;

    /// Of one class.
    ///
    /// @param main the latents that stand for it
    /// @param full of each row, 0 or 1
    /// @param fraction of each row, 0 to 1
    /// @param groups of the rows
    public record Found(int[] main, double[] full, double[] fraction, int[] groups) {}

    private Absorption() {}

    /// Rates over rows of all classes together; words are what is drawn anew. The rivals of a dictionary have no
    /// latents that stand for anything, so none stands beside it.
    ///
    /// @param data activations at the last token of a word; a group is a word
    /// @param classes how many there are, such as 26
    public static List<Judgement.Row> rows(Dictionary dictionary, Labelled data, int classes, long seed) {
        if (dictionary.scaling() != Scaling.NONE || dictionary.dIn() != dictionary.dOut()) {
            throw new BadInputException("absorption is measured along a direction of the activation, which this"
                    + " dictionary rescales or does not write; give an autoencoder without scaling of each token.");
        }
        List<double[]> found = new ArrayList<>();
        double main = 0;
        int counted = 0;
        for (int wanted = 0; wanted < classes; wanted++) {
            boolean[] is = data.are(wanted);
            if (IntStream.range(0, is.length).filter(i -> is[i]).count() < 8) {
                continue; // too few to fit a probe on
            }
            Found own = of(dictionary, data, wanted, seed);
            main += own.main.length;
            counted++;
            for (int i = 0; i < own.full.length; i++) {
                found.add(new double[] {own.full[i], own.fraction[i]});
            }
        }
        Bootstrap bootstrap = Bootstrap.seeded(seed);
        return List.of(
                row("absorption, full", "share of " + found.size() + " rows", found, 0, bootstrap),
                row("absorption, fraction", "of " + found.size() + " rows", found, 1, bootstrap),
                new Judgement.Row("main latents of a class", "latents", Estimate.exact(main / counted), Map.of()));
    }

    private static Judgement.Row row(String metric, String unit, List<double[]> found, int at, Bootstrap bootstrap) {
        double[] values = found.stream().mapToDouble(one -> one[at]).toArray();
        return new Judgement.Row(metric, unit, new Estimate(MaxCosine.mean(values), bootstrap.mean(values)), Map.of());
    }

    /// One class.
    static Found of(Dictionary dictionary, Labelled data, int wanted, long seed) {
        try (Scope _ = Scope.open()) {
            HeldOut halves = data.split(seed);
            Labelled fit = data.rows(halves.selection());
            Labelled test = data.rows(halves.heldOut());
            Coding coding = Coding.of(dictionary);
            int[] main = MainLatents.of(new LatentColumns(coding.encode(fit.x())), fit, wanted, seed);
            Logistic probe = Logistic.best(fit.x(), fit.are(wanted), fit.groups(), seed);
            return measured(dictionary, coding.encode(test.x()), test, wanted, probe, main);
        }
    }

    private static Found measured(
            Dictionary dictionary, SparseRows codes, Labelled test, int wanted, Logistic probe, int[] main) {
        double[] scores = probe.scores(test.x());
        Tensor direction = Tensor.of(probe.weights(), probe.weights().length, 1);
        Tensor unit = direction.over(direction.norm());
        double[] along = test.x().to(Dtype.F64).matmul(unit).toDoubles(); // [n]
        double[] carried =
                dictionary.weights().decoder().to(Dtype.F64).matmul(unit).toDoubles(); // [latent]
        double[] norms = dictionary.decoderNorms();
        boolean[] isMain = new boolean[carried.length];
        for (int latent : main) {
            isMain[latent] = true;
        }
        List<double[]> found = new ArrayList<>();
        List<Integer> groups = new ArrayList<>();
        for (int row = 0; row < scores.length; row++) {
            if (test.classes()[row] == wanted && scores[row] > 0) {
                Projections there = Projections.of(codes, row, carried, norms, isMain);
                found.add(new double[] {there.full(along[row]) ? 1 : 0, there.fraction(along[row])});
                groups.add(test.groups()[row]);
            }
        }
        return new Found(
                main,
                found.stream().mapToDouble(one -> one[0]).toArray(),
                found.stream().mapToDouble(one -> one[1]).toArray(),
                groups.stream().mapToInt(Integer::intValue).toArray());
    }

    /// What the active latents of a row carry of a probe's direction.
    ///
    /// @param mainActive whether a main latent is active
    /// @param main carried by main latents together
    /// @param top the most that one latent carries
    /// @param topCosine of that latent with the direction
    /// @param absorbing carried by the three others of large enough a cosine that carry most
    record Projections(boolean mainActive, double main, OptionalDouble top, double topCosine, double absorbing) {

        static Projections of(SparseRows codes, int row, double[] carried, double[] norms, boolean[] isMain) {
            boolean active = false;
            double main = 0;
            double top = Double.NEGATIVE_INFINITY;
            double topCosine = 0;
            List<Double> others = new ArrayList<>();
            for (int i = codes.starts()[row]; i < codes.starts()[row + 1]; i++) {
                int latent = codes.columns()[i];
                double projection = codes.values()[i] * carried[latent];
                double cosine = norms[latent] == 0 ? 0 : carried[latent] / norms[latent];
                if (isMain[latent]) {
                    active |= codes.values()[i] != 0;
                    main += projection;
                } else if (cosine >= LEAST_COSINE_OF_SHARE && projection > 0) {
                    others.add(projection);
                }
                if (projection > top) {
                    top = projection;
                    topCosine = cosine;
                }
            }
            double absorbing = others.stream()
                    .sorted((a, b) -> Double.compare(b, a))
                    .limit(ABSORBERS)
                    .mapToDouble(Double::doubleValue)
                    .sum();
            return new Projections(
                    active,
                    main,
                    Double.isInfinite(top) ? OptionalDouble.empty() : OptionalDouble.of(top),
                    topCosine,
                    absorbing);
        }

        boolean full(double along) {
            return !mainActive && along > 0 && topCosine >= LEAST_COSINE && top.orElse(0) / along >= LEAST_SHARE;
        }

        double fraction(double along) {
            if (main >= along || absorbing / along < LEAST_SHARE) {
                return 0;
            }
            if (main <= 0) {
                return 1;
            }
            double absorbed = Math.min(absorbing, along - main);
            return absorbed / (absorbed + main);
        }
    }
}
