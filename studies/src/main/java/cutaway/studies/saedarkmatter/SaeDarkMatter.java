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
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The error of dictionaries of several widths, split into what is linear in the activation and what is not: on
/// tokens whose directions are known.
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
                "TopK dictionaries of tokens made of 1,024 directions in 64 dimensions, common and rare; the map from"
                        + " activation to error by least squares on tokens of its own.");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("tokens", "to fit on, and as many to measure on", 6000, 20_000, 150_000),
                Parameter.of("k", "latents of a token", 16, 16, 16),
                Parameter.of("steps", "of training each dictionary, of 256 tokens", 400, 1500, 10_000));
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

        double bestBaseline() {
            return narrowest().norms().values().stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElseThrow();
        }
    }

    @Override
    public Findings run(StudyRun run) {
        List<Measured> all = run.each("dictionaries", seed -> measure(run, seed));
        List<Bar> bars = List.of(
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
                                "error foretold, norm (R2)",
                                "> 0.9",
                                Goal.atLeast(0.7),
                                each(all, it -> it.narrowest().norm()))
                        .against("best of less", each(all, Measured::bestBaseline)),
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
                        each(all, Measured::pursued)));
        return new Findings(
                bars,
                List.of(figure(all.getFirst())),
                List.of(
                        "Tokens are synthetic: independent directions in random company. That a linear map foretells"
                            + " the norm of the error is a claim about activations of a language model, which these"
                            + " tokens do not hold; cutaway features error measures it for any dictionary and store.",
                        "Not run here: dictionaries of harvested activations in three widths, and the parts spliced"
                                + " into a model's run.",
                        "The norm's baselines are the activation's norm and the number of active latents; synthetic"
                                + " tokens have no id and no loss."));
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
                        secondary = secondary(split, ofFit, ofTest, k, steps, seed);
                    }
                    if (i == WIDEST) {
                        pursued = pursued(dictionary, ofTest);
                    }
                }
            }
            return new Measured(
                    widths,
                    planted(fit, test, seed),
                    widths.getFirst().permuted(),
                    untrained(zipf, k, test, seed),
                    shrunk(fit, test, seed),
                    ErrorSplit.r2(
                            ErrorSplit.line(norms.getFirst(), norms.getLast(), norms.getFirst()), norms.getLast()),
                    secondary,
                    pursued);
        }
    }

    /// FVU on test tokens of a dictionary of nonlinear errors, over that of one of linear errors.
    private static double secondary(ErrorSplit split, CodedTokens fit, CodedTokens test, int k, int steps, long seed) {
        Tensor linear = split.linear(fit.x());
        Tensor linearTest = split.linear(test.x());
        Tensor rest = fit.error().to(Dtype.F64).minus(linear);
        Tensor restTest = test.error().to(Dtype.F64).minus(linearTest);
        return fvu(rest, restTest, k, steps, seed) / fvu(linear, linearTest, k, steps, seed);
    }

    private static double fvu(Tensor rows, Tensor test, int k, int steps, long seed) {
        Tensor train = rows.to(Dtype.F32).contiguous();
        double scale = Math.sqrt(Zipf.D) / train.norms(1).mean().item();
        try (Dictionary dictionary = Zipf.trainOn(train.times(scale), WIDTHS[0], k, steps, seed)) {
            return 1
                    - Bench.fit(dictionary, test.to(Dtype.F32).times(scale).contiguous())
                            .r2();
        }
    }

    private static double pursued(Dictionary dictionary, CodedTokens encoded) {
        int some = Math.min(4000, encoded.size());
        Tensor x = encoded.x().slice(0, 0, some).contiguous();
        double own = encoded.error().slice(0, 0, some).square().sum().item();
        try (CodedTokens pursued = CodedTokens.pursued(dictionary, x, x, new int[some])) {
            return pursued.error().square().sum().item() / own;
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

    private static double shrunk(Tensor fit, Tensor test, long seed) {
        try (CodedTokens ofFit = half(fit);
                CodedTokens ofTest = half(test);
                ErrorSplit split = ErrorSplit.of(ofFit)) {
            return split.measure(ofTest, List.of(), seed).vector();
        }
    }

    private static CodedTokens half(Tensor x) {
        return new CodedTokens(x, x, x.times(0.5), new double[(int) x.dim(0)], new int[(int) x.dim(0)]);
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
