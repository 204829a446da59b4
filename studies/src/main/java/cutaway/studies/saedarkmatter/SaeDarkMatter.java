package cutaway.studies.saedarkmatter;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.judge.Bench;
import cutaway.features.judge.CodedTokens;
import cutaway.features.judge.ErrorSplit;
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
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// The error of dictionaries of several widths, split into what is linear in the activation and what is not: on tokens
/// whose directions are known, and where a text is given on a model's activations ([OnText]).
public final class SaeDarkMatter implements Study {

    private static final int[] WIDTHS = {128, 256, 512};
    private static final int WIDEST = WIDTHS.length - 1;

    @Override
    public Card card() {
        return new Card(
                "sae-dark-matter",
                "Decomposing The Dark Matter of Sparse Autoencoders",
                2024,
                "arXiv:2410.14670",
                "About half of a dictionary's error and over 90 % of its norm are linear in the activation; larger"
                        + " dictionaries fail on the same contexts; the rest holds fewer features that are still to be"
                        + " learned.",
                "TopK dictionaries of tokens made of 1,024 directions in 64 dimensions, common and rare, and of a"
                        + " model's activations over a text; the map from activation to error by least squares on"
                        + " tokens of its own.");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("tokens", "to fit on, and as many to measure on", 6000, 20_000, 150_000),
                Parameter.of("k", "latents of a token", 16, 16, 16).atMost(WIDTHS[0]),
                Parameter.of("steps", "of training each dictionary, of 256 tokens", 400, 1500, 10_000),
                Parameter.of("text-block", "of the model, after which activations are read, from 0", 15),
                Parameter.of("text-back", "blocks before it, of a dictionary whose output is to foretell the error", 1),
                Parameter.of("text-train", "tokens of the text to train dictionaries on", 6000, 80_000, 300_000),
                Parameter.of("text-fit", "tokens to fit on, and as many to measure on", 4000, 60_000, 150_000),
                Parameter.of("text-width", "latents of the narrowest; the others have 2 and 4 times as many", 1024),
                Parameter.of("text-k", "latents of a token", 32),
                Parameter.of("text-steps", "of training each dictionary, of 1,024 tokens", 200, 1200, 6000),
                Parameter.of("text-seeds", "seeds at most of dictionaries of the text", 1, 2, 3),
                Parameter.of("text-whole", "tokens that the whole model is run on", 1000, 6000, 20_000));
    }

    @Override
    public Optional<String> text() {
        return Optional.of("dictionaries of a model's activations over it, on which the paper's claims are measured");
    }

    /// Of one seed.
    ///
    /// @param widths by width
    /// @param planted R² found of an error of which half is linear
    /// @param permuted R² with activations of other tokens
    /// @param untrained FVU of first weights
    /// @param shrunk R² of the error of half of the activation
    /// @param wideByNarrow R² of the widest dictionary's error norm from the narrowest's
    /// @param secondary FVU of a dictionary of the nonlinear errors over that of one of the linear errors
    /// @param pursued FVU with codes by gradient pursuit over that of the encoder, of the widest
    private record Measured(
            List<ErrorSplit.Measured> widths,
            double planted,
            double permuted,
            double untrained,
            double shrunk,
            double wideByNarrow,
            double secondary,
            double pursued) {

        ErrorSplit.Measured narrowest() {
            return widths.getFirst();
        }

        ErrorSplit.Measured widest() {
            return widths.getLast();
        }
    }

    @Override
    public Findings run(StudyRun run) {
        run.checkAtMost("text-k", "text-width");
        Optional<OnText> onText = run.text().map(text -> OnText.measure(run, text)); // first: it may be refused
        List<Measured> all = run.each("dictionaries", seed -> measure(run, seed));
        List<Bar> bars = new ArrayList<>(List.of(
                Bar.instrument(
                                "R2 of a planted error of which half is linear",
                                Goal.between(0.45, 0.55),
                                each(all, Measured::planted))
                        .against("with activations of other tokens", Goal.atMost(0.02), each(all, Measured::permuted)),
                Bar.instrument(
                                "FVU of the widest dictionary",
                                Goal.atMost(ErrorSplit.TRUSTED),
                                each(all, it -> it.widest().fvu()))
                        .against("of first weights", each(all, Measured::untrained)),
                Bar.claim(
                                "error foretold, vector (R2), at " + WIDTHS[0] + " latents",
                                "about 0.5",
                                Goal.between(0.25, 0.75),
                                each(all, it -> it.narrowest().vector()))
                        .against("of half of the activation", each(all, Measured::shrunk)),
                Bar.claim(
                        "norm of the widest's error from the narrowest's (R2)",
                        "the same contexts",
                        Goal.atLeast(0.7),
                        each(all, Measured::wideByNarrow)),
                Bar.claim(
                        "FVU of a dictionary of the rest, of one of the linear part",
                        "worse",
                        Goal.atLeast(1.15),
                        each(all, Measured::secondary)),
                Bar.claim(
                        "FVU by gradient pursuit, of the encoder's",
                        "slightly lower",
                        Goal.atMost(1),
                        each(all, Measured::pursued))));
        List<Figure> figures = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        onText.ifPresentOrElse(
                found -> {
                    bars.addAll(found.bars());
                    figures.addAll(found.figures());
                    notes.addAll(found.notes());
                },
                () -> notes.add("Without --text nothing was measured on a model's activations, which the paper's claims"
                        + " are of: half of the error and over 90 % of its norm linear, the same contexts, and what the"
                        + " parts cost the model. The bars above are of synthetic tokens."));
        figures.add(figure(all.getFirst()));
        notes.add(String.format(
                Locale.ROOT,
                "Synthetic tokens are independent directions in random company. That the norm of the error is linear is"
                        + " a claim about a model's activations, which they do not hold: their R2 is %.4f, and no bar.",
                Bar.median(all.stream().map(it -> it.narrowest().norm()).toList())));
        return new Findings(bars, figures, notes, onText.isPresent());
    }

    private static double[] each(List<Measured> all, ToDoubleFunction<Measured> of) {
        return all.stream().mapToDouble(of).toArray();
    }

    private static Measured measure(StudyRun run, long seed) {
        int count = run.count("tokens");
        int k = run.count("k");
        int steps = run.count("steps");
        try (Scope _ = Scope.open();
                Zipf zipf = Zipf.draw(seed)) {
            Tensor fit = zipf.tokens(count, 10_000_000 + seed);
            Tensor test = zipf.tokens(count, 20_000_000 + seed);
            List<ErrorSplit.Measured> widths = new ArrayList<>();
            List<double[]> norms = new ArrayList<>();
            double secondary = Double.NaN;
            double pursued = Double.NaN;
            for (int i = 0; i < WIDTHS.length; i++) {
                run.progress("a dictionary of " + WIDTHS[i] + ", seed " + seed, (double) i / WIDTHS.length);
                try (Dictionary dictionary = zipf.train(WIDTHS[i], k, steps, seed);
                        CodedTokens ofFit = CodedTokens.encoded(dictionary, fit, fit, new int[count]);
                        CodedTokens ofTest = CodedTokens.encoded(dictionary, test, test, new int[count]);
                        ErrorSplit split = ErrorSplit.of(ofFit)) {
                    widths.add(split.measure(ofTest, List.of(), seed));
                    norms.add(ErrorSplit.norms(ofTest.error()));
                    if (i == 0) {
                        run.progress("dictionaries of errors, seed " + seed, 0.2);
                        secondary = Shares.secondary(split, ofFit, ofTest, Zipf.training(k, steps), WIDTHS[0], seed);
                    }
                    if (i == WIDEST) {
                        pursued = Shares.pursued(dictionary, ofTest);
                    }
                }
            }
            return new Measured(
                    widths,
                    planted(fit, test, seed),
                    widths.getFirst().permuted(),
                    untrained(zipf, k, test, seed),
                    Shares.shrunk(fit, test, seed),
                    ErrorSplit.r2(
                            ErrorSplit.line(norms.getFirst(), norms.getLast(), norms.getFirst()), norms.getLast()),
                    secondary,
                    pursued);
        }
    }

    /// An error that is a random linear map of the activation, and as much noise.
    private static double planted(Tensor fit, Tensor test, long seed) {
        Random random = new Random(seed + 31);
        Tensor map = random.normal(Zipf.D, Zipf.D);
        try (CodedTokens ofFit = withError(fit, map, random);
                CodedTokens ofTest = withError(test, map, random);
                ErrorSplit split = ErrorSplit.of(ofFit)) {
            return split.measure(ofTest, List.of(), seed).vector();
        }
    }

    private static CodedTokens withError(Tensor x, Tensor map, Random random) {
        Tensor linear = x.minus(x.mean(0, true)).matmul(map);
        Tensor sizes = linear.square().mean(0, true).sqrt(); // [1, d]
        Tensor noise = random.normal(x.dim(0), x.dim(1)).times(sizes);
        return new CodedTokens(x, x, x.minus(linear).minus(noise), new double[(int) x.dim(0)], new int[(int) x.dim(0)]);
    }

    private static double untrained(Zipf zipf, int k, Tensor test, long seed) {
        try (Dictionary dictionary = zipf.train(WIDTHS[WIDEST], k, 0, seed)) {
            return 1 - Bench.fit(dictionary, test).r2();
        }
    }

    private static Figure figure(Measured shown) {
        double[] widths = new double[WIDTHS.length];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = WIDTHS[i];
        }
        return new Figure(
                "What is foretold of the error, by width",
                "A linear map of the activation, fitted to other tokens: of synthetic tokens the error's vector is"
                        + " foretold in part, less the wider the dictionary, its norm hardly.",
                new Figure.Curves(
                        Figure.Axis.log("latents"),
                        Figure.Axis.of("R2"),
                        List.of(
                                line("vector", widths, shown, ErrorSplit.Measured::vector),
                                line("norm", widths, shown, ErrorSplit.Measured::norm),
                                line("activations of other tokens", widths, shown, ErrorSplit.Measured::permuted))));
    }

    private static Figure.Series line(
            String name, double[] widths, Measured shown, ToDoubleFunction<ErrorSplit.Measured> of) {
        return Figure.Series.line(
                name, widths, shown.widths.stream().mapToDouble(of).toArray());
    }
}
