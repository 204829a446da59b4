package cutaway.studies.saedarkmatter;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.judge.Bench;
import cutaway.features.judge.CodedTokens;
import cutaway.features.judge.ErrorSplit;
import cutaway.features.judge.Settings;
import cutaway.features.judge.SplicedError;
import cutaway.features.store.Texts;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.studies.Bar;
import cutaway.studies.Figure;
import cutaway.studies.Goal;
import cutaway.studies.HarvestedText;
import cutaway.studies.StudyRun;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Dictionaries of three widths of a model's activations over a text: what the paper's claims are about.
///
/// Numbers are of the widest, whose error is the least, where nothing else is said.
///
/// @param widths latents
/// @param all by seed
/// @param notes of the text
record OnText(int[] widths, List<Measured> all, List<String> notes) {

    private static final int BATCH = 1024;
    private static final double RATE = 2e-3;
    private static final String LOSS = "loss of the model";

    /// Of one seed.
    ///
    /// @param splits by width
    /// @param norms R2 of the norm of the widest's error from less, by what that is
    /// @param untrained FVU of first weights
    /// @param shrunk R2 of the error of half of the activation
    /// @param wideByNarrow R2 of the widest dictionary's error norm from the narrowest's
    /// @param secondary FVU of a dictionary of the nonlinear errors over that of one of the linear errors
    /// @param pursued squared error with codes by gradient pursuit over that with the encoder's
    /// @param nonlinearPursued the same of the nonlinear error
    /// @param earlier nonlinear error with an earlier dictionary's output in the map, over that without
    /// @param spliced what the parts are worth to the model
    record Measured(
            List<ErrorSplit.Measured> splits,
            Map<String, Double> norms,
            double untrained,
            double shrunk,
            double wideByNarrow,
            double secondary,
            double pursued,
            double nonlinearPursued,
            Shares.Earlier earlier,
            SplicedError spliced) {

        ErrorSplit.Measured widest() {
            return splits.getLast();
        }

        double largestFvu() {
            return splits.stream().mapToDouble(ErrorSplit.Measured::fvu).max().orElseThrow();
        }

        double bestOfLess() {
            return norms.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElseThrow();
        }
    }

    /// Harvests the text, and trains and measures the dictionaries of each seed.
    ///
    /// @throws BadInputException when the model has not the block, or the text is too short
    static OnText measure(StudyRun run, Texts text) {
        Model model = run.model();
        int block = run.count("text-block");
        if (block >= model.sizes().layers()) {
            throw new BadInputException("text-block is " + block + "; this model has blocks 0 to "
                    + (model.sizes().layers() - 1) + ".");
        }
        int before = block - run.count("text-back");
        if (before < 0) {
            throw new BadInputException("text-back is " + run.count("text-back") + ", and before text-block " + block
                    + " are no more than " + block + " blocks; give fewer.");
        }
        Site site = new Site.Resid(block, Site.Moment.POST);
        Site earlier = new Site.Resid(before, Site.Moment.POST);
        int narrowest = run.count("text-width");
        int[] widths = {narrowest, 2 * narrowest, 4 * narrowest};
        int seeds = Math.min(run.seedCount(), run.count("text-seeds"));
        try (HarvestedText tokens = HarvestedText.of(
                model,
                text,
                List.of(site, earlier),
                run.count("text-train"),
                run.count("text-fit"),
                done -> run.progress("activations of the text", done))) {
            WholeRuns whole = WholeRuns.of(model, tokens, run);
            List<Measured> all = IntStream.range(0, seeds)
                    .mapToObj(seed -> measure(run, model, List.of(site, earlier), tokens, whole, widths, seed))
                    .toList();
            return new OnText(widths, all, notes(text, tokens, block, before, all));
        }
    }

    /// The model's loss at tokens of the first contexts of the two parts that are fitted and measured on.
    ///
    /// @param fit by row of the part, NaN where the model was not run or no token follows
    /// @param test the same of the other
    /// @param contexts of the test part, ids of each: those to splice into
    private record WholeRuns(double[] fit, double[] test, List<int[]> contexts) {

        static WholeRuns of(Model model, HarvestedText tokens, StudyRun run) {
            run.progress("the model's loss", 0);
            int count = run.count("text-whole");
            return new WholeRuns(
                    losses(model, tokens, tokens.fit(), count),
                    losses(model, tokens, tokens.test(), count),
                    IntStream.of(tokens.test().firstContexts(count))
                            .mapToObj(tokens.contexts()::get)
                            .toList());
        }

        private static double[] losses(Model model, HarvestedText tokens, HarvestedText.Part part, int count) {
            Map<Integer, double[]> found = new HashMap<>();
            for (int context : part.firstContexts(count)) {
                int[] ids = tokens.contexts().get(context);
                found.put(context, losses(model, ids));
            }
            double[] losses = new double[part.size()];
            Arrays.setAll(losses, i -> {
                double[] of = found.getOrDefault(part.contexts()[i], new double[0]);
                return part.positions()[i] < of.length ? of[part.positions()[i]] : Double.NaN;
            });
            return losses;
        }

        /// At each position but the last, nats.
        private static double[] losses(Model model, int[] ids) {
            long[] next = Arrays.stream(ids).skip(1).asLongStream().toArray();
            return Scope.free(() -> model.logits(ids)
                    .slice(0, 0, next.length)
                    .logSoftmax(-1)
                    .gather(1, Tensor.of(next, next.length, 1))
                    .negate()
                    .toDoubles());
        }

        /// R2 of the norm of an error from the loss, by a straight line.
        double foretell(double[] fitNorms, double[] testNorms) {
            int[] ofFit = known(fit);
            int[] ofTest = known(test);
            return ErrorSplit.r2(
                    ErrorSplit.line(some(fit, ofFit), some(fitNorms, ofFit), some(test, ofTest)),
                    some(testNorms, ofTest));
        }

        private static int[] known(double[] losses) {
            return IntStream.range(0, losses.length)
                    .filter(i -> !Double.isNaN(losses[i]))
                    .toArray();
        }

        private static double[] some(double[] values, int[] rows) {
            return IntStream.of(rows).mapToDouble(row -> values[row]).toArray();
        }
    }

    /// @param sites the dictionaries', and that of the earlier one
    private static Measured measure(
            StudyRun run,
            Model model,
            List<Site> sites,
            HarvestedText tokens,
            WholeRuns whole,
            int[] widths,
            long seed) {
        TopKTraining training = training(run, sites.getFirst());
        HarvestedText.Part fit = tokens.fit();
        HarvestedText.Part test = tokens.test();
        List<ErrorSplit.Measured> splits = new ArrayList<>();
        try (Dictionary narrow = trained(run, training, tokens, widths[0], seed);
                CodedTokens narrowFit = coded(narrow, fit);
                CodedTokens narrowTest = coded(narrow, test);
                ErrorSplit ofNarrow = ErrorSplit.of(narrowFit)) {
            splits.add(ofNarrow.measure(narrowTest, List.of(), seed));
            for (int i = 1; i < widths.length - 1; i++) {
                try (Dictionary dictionary = trained(run, training, tokens, widths[i], seed);
                        CodedTokens ofFit = coded(dictionary, fit);
                        CodedTokens ofTest = coded(dictionary, test);
                        ErrorSplit split = ErrorSplit.of(ofFit)) {
                    splits.add(split.measure(ofTest, List.of(), seed));
                }
            }
            try (Dictionary wide = trained(run, training, tokens, widths[widths.length - 1], seed);
                    CodedTokens ofFit = coded(wide, fit);
                    CodedTokens ofTest = coded(wide, test);
                    ErrorSplit split = ErrorSplit.of(ofFit)) {
                ErrorSplit.Measured measured = split.measure(ofTest, List.of(), seed);
                splits.add(measured);
                Map<String, Double> norms = new LinkedHashMap<>(measured.norms());
                norms.put(
                        LOSS,
                        Scope.free(() ->
                                whole.foretell(ErrorSplit.norms(ofFit.error()), ErrorSplit.norms(ofTest.error()))));
                run.progress("dictionaries of errors of the text, seed " + seed, 0.5);
                return new Measured(
                        splits,
                        norms,
                        untrained(training, tokens, widths[0], seed),
                        Shares.shrunk(fit.x(), test.x(), seed),
                        ofNarrow.normOf(narrowTest, ofFit, ofTest),
                        Shares.secondary(split, ofFit, ofTest, training, widths[0], seed),
                        Shares.pursued(wide, ofTest),
                        Shares.nonlinearPursued(wide, ofFit, ofTest),
                        earlier(run, training(run, sites.getLast()), tokens, widths[0], ofFit, ofTest, seed),
                        SplicedError.measure(
                                model,
                                wide,
                                split,
                                whole.contexts,
                                new Settings(
                                        HarvestedText.CONTEXT,
                                        Integer.MAX_VALUE,
                                        HarvestedText.SKIPPED,
                                        HarvestedText.SINK,
                                        4,
                                        seed),
                                (step, at, of) -> run.progress(step, (double) at / of)));
            }
        }
    }

    private static TopKTraining training(StudyRun run, Site site) {
        Origin origin = new Origin("", List.of(site), List.of(site), Map.of());
        return new TopKTraining(run.count("text-k"), run.count("text-steps"), BATCH, RATE, origin);
    }

    /// A dictionary of the earlier site is trained, and its output put into the map of the error.
    private static Shares.Earlier earlier(
            StudyRun run,
            TopKTraining training,
            HarvestedText tokens,
            int width,
            CodedTokens fit,
            CodedTokens test,
            long seed) {
        run.progress("a dictionary of an earlier block, seed " + seed, 0.7);
        Tensor x = tokens.fit().earlier().orElseThrow();
        Tensor xTest = tokens.test().earlier().orElseThrow();
        try (Dictionary dictionary =
                        training.trainScaled(tokens.train().earlier().orElseThrow(), width, seed);
                CodedTokens output =
                        CodedTokens.encoded(dictionary, x, x, tokens.fit().ids());
                CodedTokens outputTest = CodedTokens.encoded(
                        dictionary, xTest, xTest, tokens.test().ids())) {
            return Shares.earlier(fit, test, output.made(), outputTest.made(), seed);
        }
    }

    private static Dictionary trained(StudyRun run, TopKTraining training, HarvestedText tokens, int width, long seed) {
        run.progress("a dictionary of the text of " + width + ", seed " + seed, 0.2);
        return training.trainScaled(tokens.train().x(), width, seed);
    }

    private static CodedTokens coded(Dictionary dictionary, HarvestedText.Part part) {
        return CodedTokens.encoded(dictionary, part.x(), part.x(), part.ids());
    }

    private static double untrained(TopKTraining training, HarvestedText tokens, int width, long seed) {
        TopKTraining none = new TopKTraining(training.k(), 0, training.batch(), training.rate(), training.origin());
        try (Dictionary dictionary = none.trainScaled(tokens.train().x(), width, seed)) {
            return 1 - Bench.fit(dictionary, tokens.test().x()).r2();
        }
    }

    private double[] each(ToDoubleFunction<Measured> of) {
        return all.stream().mapToDouble(of).toArray();
    }

    List<Bar> bars() {
        return List.of(
                Bar.instrument(
                                "text: largest FVU of the " + widths.length + " dictionaries",
                                Goal.atMost(ErrorSplit.TRUSTED),
                                each(Measured::largestFvu))
                        .against("of first weights", each(Measured::untrained)),
                Bar.instrument(
                                "text: error foretold by activations of other tokens, vector (R2)",
                                Goal.atMost(0.02),
                                each(it -> it.widest().permuted()))
                        .against("of half of the activation, by its own", each(Measured::shrunk)),
                Bar.claim(
                        "text: error foretold, vector (R2), at " + widths[widths.length - 1] + " latents",
                        "about 0.5",
                        Goal.between(0.25, 0.75),
                        each(it -> it.widest().vector())),
                Bar.claim(
                        "text: error foretold, norm (R2)",
                        "> 0.9",
                        Goal.atLeast(0.7),
                        each(it -> it.widest().norm())),
                Bar.claim(
                        "text: the same, less the best of four that hold less",
                        "above all",
                        Goal.atLeast(0.01),
                        each(it -> it.widest().norm() - it.bestOfLess())),
                Bar.claim(
                        "text: norm of the widest's error from the narrowest's (R2)",
                        "the same contexts",
                        Goal.atLeast(0.7),
                        each(Measured::wideByNarrow)),
                Bar.claim(
                        "text: FVU of a dictionary of the rest, of one of the linear part",
                        "worse",
                        Goal.atLeast(1.15),
                        each(Measured::secondary)),
                Bar.claim(
                        "text: squared error by gradient pursuit, of the encoder's",
                        "slightly lower",
                        Goal.atMost(1),
                        each(Measured::pursued)),
                Bar.claim(
                        "text: nonlinear error by gradient pursuit, of the encoder's",
                        "very slightly lower",
                        Goal.atMost(1),
                        each(Measured::nonlinearPursued)),
                Bar.claim(
                                "text: nonlinear error with an earlier dictionary's output in the map, of that by"
                                        + " pursuit",
                                "lower",
                                Goal.atMost(1),
                                each(it -> it.earlier.own() / it.nonlinearPursued))
                        .against(
                                "with the outputs of other tokens",
                                each(it -> it.earlier.shuffled() / it.nonlinearPursued)));
    }

    private static List<String> notes(Texts text, HarvestedText tokens, int block, int before, List<Measured> all) {
        List<String> notes = new ArrayList<>();
        notes.add(String.format(
                Locale.ROOT,
                "Text: %s; residual stream after block %d, %,d tokens to train on, %,d to fit on and %,d to measure on,"
                        + " of other %s.",
                text.files().stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .toList(),
                block,
                tokens.train().size(),
                tokens.fit().size(),
                tokens.test().size(),
                tokens.byDocument() ? "documents" : "stretches of one document"));
        Measured shown = all.getFirst();
        notes.add("Norm of the error from less, seed 0: "
                + String.join(
                        ", ",
                        shown.norms.entrySet().stream()
                                .map(one -> String.format(Locale.ROOT, "%s %.2f", one.getKey(), one.getValue()))
                                .toList())
                + "; the loss is known of the first contexts of each part alone.");
        notes.add(String.format(
                Locale.ROOT,
                "Nonlinear error, seed 0: by gradient pursuit %.3f of the encoder's; with the output of a dictionary"
                        + " after block %d in the map %.3f of that without, with those of other tokens %.3f.",
                shown.nonlinearPursued,
                before,
                shown.earlier.own(),
                shown.earlier.shuffled()));
        SplicedError spliced = shown.spliced;
        notes.add(String.format(
                Locale.ROOT,
                "In place of the activation, seed 0, %d tokens (%.3f nats as it is, %.3f with the mean):%s.",
                spliced.tokens(),
                spliced.whole(),
                spliced.mean(),
                String.join(";", spliced.rows().stream().map(OnText::words).toList())));
        return notes;
    }

    private static String words(SplicedError.Row row) {
        return String.format(
                Locale.ROOT,
                " %s %.1f %% of the variance and %.1f %% of the loss, of the error's %.1f %% and %.1f %%",
                row.what(),
                100 * row.variance(),
                100 * row.loss(),
                100 * row.errorVariance(),
                100 * row.errorLoss());
    }

    List<Figure> figures() {
        Measured shown = all.getFirst();
        double[] x = Arrays.stream(widths).asDoubleStream().toArray();
        List<String> names = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        shown.spliced.rows().stream().skip(1).forEach(row -> {
            names.add(row.what() + ", squared error");
            values.add(row.errorVariance());
            names.add(row.what() + ", loss");
            values.add(row.errorLoss());
        });
        return List.of(
                new Figure(
                        "What is foretold of the error of a model's activations, by width",
                        "A linear map of the activation, fitted to other text, foretells so much of the error.",
                        new Figure.Curves(
                                Figure.Axis.log("latents"),
                                Figure.Axis.of("R2"),
                                List.of(
                                        line("vector", x, shown, ErrorSplit.Measured::vector),
                                        line("norm", x, shown, ErrorSplit.Measured::norm),
                                        line("FVU", x, shown, ErrorSplit.Measured::fvu)))),
                new Figure(
                        "What each part of the error makes good",
                        "Spliced into the model beside the reconstruction: of its squared error, and of the loss that"
                                + " it costs.",
                        new Figure.Bars(Figure.Axis.of("share made good"), names, values)));
    }

    private static Figure.Series line(
            String name, double[] widths, Measured shown, ToDoubleFunction<ErrorSplit.Measured> of) {
        return Figure.Series.line(
                name, widths, shown.splits.stream().mapToDouble(of).toArray());
    }
}
