package cutaway.studies.additionhelix;

import cutaway.interp.geometry.FitScores;
import cutaway.interp.geometry.LabelFeatures;
import cutaway.interp.geometry.LabelSplit;
import cutaway.interp.geometry.ManifoldFit;
import cutaway.interp.geometry.PeriodSpectrum;
import cutaway.interp.geometry.PrincipalComponents;
import cutaway.studies.Bar;
import cutaway.studies.Card;
import cutaway.studies.Figure;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Parameter;
import cutaway.studies.Study;
import cutaway.studies.StudyRun;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Numbers on a helix, and what a net answers when a point of the helix stands for a number that was not fitted.
public final class AdditionHelix implements Study {

    private static final LabelFeatures.Fourier PAPERS = new LabelFeatures.Fourier(List.of(2.0, 5.0, 10.0, 100.0), true);
    private static final List<Double> PLANTED = List.of(2.0, 2.5, 10.0 / 3, 5.0, 10.0, 100.0);
    private static final double HELD_OUT = 0.25;
    private static final int SHUFFLES = 9;
    private static final int MOST_PERIODS = 10;
    private static final double[] NUMBERS =
            IntStream.range(0, AddingNet.NUMBERS).asDoubleStream().toArray();

    /// What one seed gives.
    ///
    /// @param paper scores of the paper's periods
    /// @param patched share of sums that are right where the fit stands for the first number
    /// @param whole the same of the number's own embedding
    /// @param components the same of as many principal components
    /// @param circle the same of the helix without n
    /// @param first preactivations of the first hidden layer
    /// @param second of the second
    private record Measured(
            double accuracy,
            List<Double> periods,
            FitScores scores,
            FitScores paper,
            double patched,
            double patchedPaper,
            double whole,
            double components,
            double circle,
            double polynomial,
            double shuffled,
            LastLayer last,
            LastLayer.Neurons first,
            LastLayer.Neurons second) {}

    @Override
    public Card card() {
        return new Card(
                "addition-helix",
                "Language Models Use Trigonometry to Do Addition",
                2025,
                "arXiv:2502.00873",
                "Models hold numbers on a helix, cosine and sine of some periods and the number itself; it is what"
                        + " sums are computed from, and the sum is on a helix too.",
                "Nets that add two tokens, 0 to 99, are trained. The helix is fitted to the embeddings of three"
                        + " quarters of the numbers, its periods chosen on these alone; the others are scored, and"
                        + " points of the helix are put in their place.");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("steps", "of training", 1200, 4000, 10_000),
                Parameter.of("periods", "of the helix", 6),
                Parameter.of("prompts", "that the transformer adds", 400, 1000, 3000),
                Parameter.of("sums", "asked of the language model", 60, 1000, 3000));
    }

    @Override
    public Findings run(StudyRun run) {
        int count = run.count("periods");
        List<FitScores> planted = run.each("planted helices", seed -> planted(helix(seed), seed));
        List<FitScores> noise =
                run.each("noise", seed -> planted(new Random(seed + 31).normal(AddingNet.NUMBERS, 64), seed));
        List<Integer> found = run.each("planted periods", AdditionHelix::periodsFound);
        try (AddingNet net = AddingNet.train(run)) {
            List<Measured> all = run.each("measuring", seed -> measure(net, seed, count));
            List<Bar> bars = List.of(
                    Bar.instrument(
                                    "a planted helix of six periods, told on numbers held out (R2)",
                                    Goal.atLeast(0.8),
                                    each(planted, one -> one.fit().heldOut()))
                            .against(
                                    "the same search in noise",
                                    Goal.atMost(0.05),
                                    each(noise, one -> one.fit().heldOut())),
                    Bar.instrument(
                            "planted periods that are chosen, of six", Goal.between(6, 6), each(found, one -> one)),
                    Bar.instrument(
                            "sums of held-out pairs that the nets get right",
                            Goal.atLeast(0.95),
                            each(all, Measured::accuracy)),
                    Bar.claim(
                                    "embeddings of numbers held out, told by the helix (R2)",
                                    "high",
                                    Goal.atLeast(0.65),
                                    each(all, one -> one.scores.fit().heldOut()))
                            .against("better of polynomial and shuffled", each(all, AdditionHelix::rival)),
                    Bar.claim(
                                    "sums that are right where the helix stands for a number held out",
                                    "near all",
                                    Goal.atLeast(0.95),
                                    each(all, Measured::patched))
                            .against("shuffled helix", Goal.atMost(0.08), each(all, Measured::shuffled)),
                    Bar.claim(
                                    "the same, of those with its own embedding",
                                    "near 1",
                                    Goal.atLeast(0.95),
                                    each(all, one -> one.patched / one.whole))
                            .against(
                                    "polynomial of as many columns",
                                    Goal.atMost(0.25),
                                    each(all, Measured::polynomial)),
                    Bar.claim(
                                    "last layer, told by the helix of a + b, sums held out (R2)",
                                    "a helix of a + b",
                                    Goal.atLeast(0.8),
                                    each(all, one -> one.last.sum()))
                            .against("helix of a - b", Goal.atMost(0.2), each(all, one -> one.last.difference())));
            AddingTransformer transformer = AddingTransformer.measure(run, run.count("prompts"), 0);
            LanguageModels.Reported language = LanguageModels.report(run, run.count("sums"));
            List<Figure> figures = new ArrayList<>(figures(net, all.getFirst(), count));
            figures.add(transformer.figure());
            figures.addAll(language.figures());
            List<String> notes = new ArrayList<>(notes(all));
            notes.add(transformer.note());
            notes.addAll(language.notes());
            return new Findings(bars, figures, notes);
        }
    }

    private static double rival(Measured one) {
        return Math.max(
                one.scores.named("poly").heldOut(), one.scores.named("shuffled").heldOut());
    }

    private static <T> double[] each(List<T> all, ToDoubleFunction<T> read) {
        return all.stream().mapToDouble(read).toArray();
    }

    private static Tensor helix(long seed) {
        LabelFeatures features = new LabelFeatures.Fourier(PLANTED, false);
        Random random = new Random(seed + 5);
        return Scope.keep(() -> {
            Tensor x =
                    Tensor.of(LabelFeatures.rows(features.over(NUMBERS), NUMBERS), AddingNet.NUMBERS, features.count());
            Tensor noise = random.normal(AddingNet.NUMBERS, 64).times(0.7).to(x.dtype());
            return x.matmul(random.normal(features.count(), 64).to(x.dtype())).plus(noise);
        });
    }

    /// Fitted as the nets' embeddings are, its periods chosen on the numbers that are not held out.
    private static FitScores planted(Tensor embedding, long seed) {
        LabelSplit split = LabelSplit.of(NUMBERS, HELD_OUT, seed);
        FitScores scores = scores(embedding, split, chosen(embedding, split, PLANTED.size()), seed);
        embedding.close();
        return scores;
    }

    private static int periodsFound(long seed) {
        Tensor embedding = helix(seed);
        List<Double> chosen = chosen(embedding, LabelSplit.of(NUMBERS, HELD_OUT, seed), PLANTED.size())
                .periods();
        embedding.close();
        return (int) PLANTED.stream()
                .filter(period -> chosen.stream().anyMatch(one -> Math.abs(one - period) < 1e-9))
                .count();
    }

    private static LabelFeatures.Fourier chosen(Tensor embedding, LabelSplit split, int count) {
        return new LabelFeatures.Fourier(spectrum(embedding, split).choose(count), true);
    }

    private static PeriodSpectrum spectrum(Tensor embedding, LabelSplit split) {
        return Scope.free(() -> PeriodSpectrum.of(
                LabelSplit.rows(embedding, split.training()),
                LabelSplit.labels(NUMBERS, split.training()),
                PeriodSpectrum.candidates(NUMBERS)));
    }

    private static FitScores scores(Tensor embedding, LabelSplit split, LabelFeatures features, long seed) {
        return FitScores.of(embedding, NUMBERS, features, ManifoldFit.Settings.USUAL, split, SHUFFLES, seed);
    }

    private static Measured measure(AddingNet net, long seed, int count) {
        try (Tensor last = net.activations(seed, AddingNet.LAST);
                Tensor first = net.activations(seed, AddingNet.FIRST_NEURONS);
                Tensor second = net.activations(seed, AddingNet.SECOND_NEURONS);
                Scope _ = Scope.open()) {
            Tensor embedding = net.embedding(seed);
            LabelSplit split = LabelSplit.of(NUMBERS, HELD_OUT, seed);
            LabelFeatures.Fourier helix = chosen(embedding, split, count);
            double[] held = LabelSplit.labels(NUMBERS, split.heldOut());
            LabelFeatures circle = new LabelFeatures.Fourier(helix.periods(), false);
            LabelFeatures polynomial = new LabelFeatures.Polynomial(helix.count());
            double[] shuffled = FitScores.shuffledLabels(NUMBERS, new Random(seed + 1).generator());
            PrincipalComponents few =
                    PrincipalComponents.of(LabelSplit.rows(embedding, split.training()), helix.count());
            return new Measured(
                    net.accuracy(seed),
                    helix.periods(),
                    scores(embedding, split, helix, seed),
                    scores(embedding, split, PAPERS, seed),
                    net.accuracyOf(seed, AddingNet.Stand.by(fit(embedding, split, NUMBERS, helix)), held),
                    net.accuracyOf(seed, AddingNet.Stand.by(fit(embedding, split, NUMBERS, PAPERS)), held),
                    net.accuracyOf(seed, _ -> LabelSplit.rows(embedding, split.heldOut()), held),
                    net.accuracyOf(seed, _ -> few.back(few.codes(LabelSplit.rows(embedding, split.heldOut()))), held),
                    net.accuracyOf(seed, AddingNet.Stand.by(fit(embedding, split, NUMBERS, circle)), held),
                    net.accuracyOf(seed, AddingNet.Stand.by(fit(embedding, split, NUMBERS, polynomial)), held),
                    net.accuracyOf(seed, AddingNet.Stand.by(fit(embedding, split, shuffled, helix)), held),
                    LastLayer.of(last, helix, HELD_OUT, seed),
                    LastLayer.neurons(first, helix, HELD_OUT, seed),
                    LastLayer.neurons(second, helix, HELD_OUT, seed));
        }
    }

    private static ManifoldFit fit(Tensor embedding, LabelSplit split, double[] labels, LabelFeatures features) {
        return Scope.free(() -> ManifoldFit.of(
                LabelSplit.rows(embedding, split.training()),
                LabelSplit.labels(labels, split.training()),
                features,
                ManifoldFit.Settings.USUAL));
    }

    private static List<Figure> figures(AddingNet net, Measured first, int count) {
        try (Scope _ = Scope.open()) {
            Tensor embedding = net.embedding(0);
            LabelSplit split = LabelSplit.of(NUMBERS, HELD_OUT, 0);
            double[] held = LabelSplit.labels(NUMBERS, split.heldOut());
            PeriodSpectrum spectrum = spectrum(embedding, split);
            List<Double> order = spectrum.choose(Math.max(count, MOST_PERIODS));
            List<LabelFeatures> helices = IntStream.rangeClosed(1, order.size())
                    .mapToObj(n -> (LabelFeatures) new LabelFeatures.Fourier(order.subList(0, n), true))
                    .toList();
            double[] x = IntStream.rangeClosed(1, order.size()).asDoubleStream().toArray();
            double[] told = each(
                    helices,
                    helix -> fit(embedding, split, NUMBERS, helix)
                            .r2(LabelSplit.rows(embedding, split.heldOut()), held));
            double[] patched = each(
                    helices,
                    helix -> net.accuracyOf(0, AddingNet.Stand.by(fit(embedding, split, NUMBERS, helix)), held));
            double[] seen = each(
                    helices,
                    helix -> fit(embedding, split, NUMBERS, helix)
                            .r2(
                                    LabelSplit.rows(embedding, split.training()),
                                    LabelSplit.labels(NUMBERS, split.training())));
            return List.of(
                    new Figure(
                            "A helix of more and more periods",
                            "Periods are added in the order in which they were chosen on three quarters of the numbers;"
                                    + " all lines but the dashed one are of the others.",
                            new Figure.Curves(
                                    Figure.Axis.of("periods"),
                                    Figure.Axis.of("share"),
                                    List.of(
                                            Figure.Series.line("sums right, patched", x, patched),
                                            Figure.Series.line("R2", x, told),
                                            Figure.Series.reference("R2 on numbers that were fitted", x, seen)))),
                    new Figure(
                            "What stands for a number held out",
                            "The share of sums that are right in all digits, of the first seed. The circle is the helix"
                                    + " without n; components see the number's own embedding.",
                            new Figure.Bars(
                                    Figure.Axis.of("sums right"),
                                    List.of(
                                            "its own embedding",
                                            "as many components",
                                            "helix",
                                            "circle",
                                            "the paper's four periods",
                                            "polynomial",
                                            "shuffled helix"),
                                    List.of(
                                            first.whole,
                                            first.components,
                                            first.patched,
                                            first.circle,
                                            first.patchedPaper,
                                            first.polynomial,
                                            first.shuffled))),
                    new Figure(
                            "Period spectrum of the embedding",
                            "What cosine and sine of each period tell of the embedding's variance, on the numbers that"
                                    + " are fitted; the dashed line is chance.",
                            new Figure.Curves(
                                    Figure.Axis.log("period"),
                                    Figure.Axis.of("share of variance"),
                                    List.of(
                                            Figure.Series.points(
                                                    "periods",
                                                    each(spectrum.periods(), one -> one),
                                                    each(spectrum.shares(), one -> one)),
                                            Figure.Series.reference("chance", new double[] {2, 100}, new double[] {
                                                spectrum.chance(), spectrum.chance()
                                            })))),
                    new Figure(
                            "What tells the last layer",
                            "Shares of its variance on pairs that were not fitted. One column a sum is the most that"
                                    + " any function of the sum can tell.",
                            new Figure.Bars(
                                    Figure.Axis.of("R2"),
                                    List.of(
                                            "helix of a + b",
                                            "one column a sum",
                                            "helices of a and b",
                                            "helix of a - b"),
                                    List.of(
                                            first.last.sum(),
                                            first.last.ownPeriods(),
                                            first.last.anySum(),
                                            first.last.both(),
                                            first.last.difference()))));
        }
    }

    private static List<String> notes(List<Measured> all) {
        return List.of(
                "Periods chosen, by seed: "
                        + all.stream()
                                .map(one -> one.periods.stream()
                                        .map(period -> words(period))
                                        .collect(Collectors.joining(", ")))
                                .collect(Collectors.joining("; "))
                        + ".",
                "The paper's four periods (2, 5, 10, 100): R2 "
                        + join(all, one -> one.paper.fit().heldOut()) + ", sums right "
                        + join(all, Measured::patchedPaper)
                        + "; as many principal components as columns, which see the number itself: "
                        + join(all, Measured::components) + ".",
                "Sums right where the circle stands for a number held out, the helix without n: "
                        + join(all, Measured::circle) + ".",
                "Preactivations of neurons, told by the helices of a and b, sums held out (R2): first layer "
                        + join(all, one -> one.first.parts()) + ", second "
                        + join(all, one -> one.second.parts()) + "; with the helix of a + b beside them "
                        + join(all, one -> one.first.withSum()) + ", and " + join(all, one -> one.second.withSum())
                        + "; with that of a - b in its place " + join(all, one -> one.first.withDifference()) + ", and "
                        + join(all, one -> one.second.withDifference()) + ".",
                "Last layer, by as many periods chosen on it at the sums that are fitted: R2 "
                        + join(all, one -> one.last.ownPeriods()) + "; one column a sum, the most that any function of"
                        + " it tells: " + join(all, one -> one.last.anySum()) + ".",
                "The nets are MLPs with a token for each number and two hidden layers (neurons of the first only see"
                        + " sums of what is known of a and of b, which no helix of the sum can be); heads are those of"
                        + " a transformer of the lab. The paper's language models are not run.",
                "The recipe (decay 1, two hidden layers) and the bar of accuracy (0.95, from 0.98) were set after"
                        + " earlier runs on these seeds.");
    }

    private static String join(List<Measured> all, ToDoubleFunction<Measured> read) {
        return all.stream().map(one -> words(read.applyAsDouble(one))).collect(Collectors.joining(", "));
    }

    private static String words(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
    }
}
