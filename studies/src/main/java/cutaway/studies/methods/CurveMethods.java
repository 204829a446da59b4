package cutaway.studies.methods;

import cutaway.interp.geometry.FitScores;
import cutaway.interp.geometry.LabelFeatures;
import cutaway.interp.geometry.LabelSplit;
import cutaway.interp.geometry.ManifoldFit;
import cutaway.interp.geometry.PeriodSpectrum;
import cutaway.studies.Goal;
import cutaway.studies.methods.Rating.Asked;
import cutaway.studies.methods.Rating.Baseline;
import cutaway.studies.methods.Rating.Silence;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Curves through activations of the numbers 0 to 99: a helix of three periods in 40 dimensions, with noise.
final class CurveMethods implements Family {

    private static final String NAME = "curves";
    private static final int NUMBERS = 100;
    private static final int D = 40;
    private static final double NOISE = 0.5;
    private static final double HELD_OUT = 0.25;
    private static final int SHUFFLES = 9;
    private static final double[] LABELS =
            IntStream.range(0, NUMBERS).asDoubleStream().toArray();

    @Override
    public String name() {
        return NAME;
    }

    /// @param periods share of the planted ones that the spectrum chooses
    /// @param atRandom share of as many periods drawn at random
    /// @param peak the strongest period of noise, in what chance gives on average
    private record Seen(FitScores fit, double straight, double nothing, double periods, double atRandom, double peak) {}

    @Override
    public List<Rating> rate(int seeds) {
        List<Seen> all = IntStream.range(0, seeds).mapToObj(CurveMethods::see).toList();
        return List.of(
                Rating.of(
                        new Asked(NAME, "manifold fit", "geometry fit", "a helix of three periods, the periods given"),
                        "R2 on numbers that were not fitted",
                        Goal.atLeast(0.8),
                        of(all, one -> one.fit.fit().heldOut()),
                        List.of(
                                Baseline.of("a straight line", of(all, Seen::straight)),
                                Baseline.of(
                                        "a polynomial of as many columns",
                                        of(all, one -> one.fit.named("poly").heldOut())),
                                Baseline.of(
                                        "best of " + SHUFFLES + " shuffles",
                                        of(all, one -> one.fit.named("best of").heldOut()))),
                        Silence.of("R2 on noise", Goal.atMost(0.05), of(all, Seen::nothing))),
                Rating.of(
                        new Asked(NAME, "period spectrum", "geometry fit --periods 3", "three periods of a helix"),
                        "share of the periods chosen, of 50",
                        Goal.atLeast(1),
                        of(all, Seen::periods),
                        List.of(Baseline.of("three periods at random", of(all, Seen::atRandom))),
                        Silence.of("the strongest period of noise, of chance", Goal.atMost(2.5), of(all, Seen::peak))));
    }

    private interface OfSeen {
        double read(Seen one);
    }

    private static double[] of(List<Seen> all, OfSeen read) {
        return all.stream().mapToDouble(read::read).toArray();
    }

    private static Seen see(int seed) {
        try (Scope _ = Scope.open()) {
            Random random = new Random(seed);
            List<Double> candidates = PeriodSpectrum.candidates(LABELS);
            Set<Double> planted = drawn(candidates, random.generator());
            Tensor helix = helix(List.copyOf(planted), random);
            Tensor noise = random.normal(NUMBERS, D);
            LabelSplit split = LabelSplit.of(LABELS, HELD_OUT, seed);
            LabelFeatures features = new LabelFeatures.Fourier(List.copyOf(planted), true);
            return new Seen(
                    scores(helix, features, split, seed),
                    scores(helix, new LabelFeatures.Polynomial(1), split, seed)
                            .fit()
                            .heldOut(),
                    scores(noise, features, split, seed).fit().heldOut(),
                    share(chosen(helix, split, candidates), planted),
                    share(drawn(candidates, random.generator()), planted),
                    peak(noise, split, candidates));
        }
    }

    private static FitScores scores(Tensor x, LabelFeatures features, LabelSplit split, int seed) {
        return FitScores.of(x, LABELS, features, ManifoldFit.Settings.USUAL, split, SHUFFLES, seed);
    }

    /// Three of the periods.
    private static Set<Double> drawn(List<Double> candidates, RandomGenerator random) {
        Set<Double> drawn = new HashSet<>();
        while (drawn.size() < 3) {
            drawn.add(candidates.get(random.nextInt(candidates.size() - 1))); // without 2, which has no sine
        }
        return drawn;
    }

    private static Tensor helix(List<Double> periods, Random random) {
        double[] columns = new double[NUMBERS * 2 * periods.size()];
        for (int i = 0; i < columns.length; i++) {
            double angle = 2 * Math.PI * (i / (2 * periods.size())) / periods.get(i / 2 % periods.size());
            columns[i] = i % 2 == 0 ? Math.cos(angle) : Math.sin(angle);
        }
        Tensor x = Tensor.of(columns, NUMBERS, 2L * periods.size());
        return x.matmul(random.normal(2L * periods.size(), D).to(x.dtype()))
                .plus(random.normal(NUMBERS, D).times(NOISE).to(x.dtype()));
    }

    private static PeriodSpectrum spectrum(Tensor x, LabelSplit split, List<Double> candidates) {
        return PeriodSpectrum.of(
                LabelSplit.rows(x, split.training()), LabelSplit.labels(LABELS, split.training()), candidates);
    }

    private static Set<Double> chosen(Tensor x, LabelSplit split, List<Double> candidates) {
        return new HashSet<>(spectrum(x, split, candidates).choose(3));
    }

    private static double share(Set<Double> found, Set<Double> planted) {
        return (double) found.stream().filter(planted::contains).count() / planted.size();
    }

    private static double peak(Tensor noise, LabelSplit split, List<Double> candidates) {
        PeriodSpectrum spectrum = spectrum(noise, split, candidates);
        return spectrum.shares().stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN) / spectrum.chance();
    }
}
