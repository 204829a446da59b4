package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.judge.CodedTokens;
import cutaway.features.judge.ErrorSplit;
import cutaway.features.judge.Settings;
import cutaway.features.judge.SplicedError;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.HeldOut;
import cutaway.features.store.Texts;
import cutaway.features.use.LinearError;
import cutaway.interp.site.Site;
import cutaway.interp.table.Query;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features error`: what of a dictionary's error is linear in the activation.
@Command(
        name = "error",
        description = {
            "Splits a dictionary's error into what a linear map of the activation foretells and the rest (Engels et"
                + " al. 2024), by least squares on half of the store's documents, measured on the other half; and says"
                + " how far the error's size is foretold, beside what foretells it from less.",
            "Says something only where the dictionary leaves at most 0.35 of the variance: the error of a"
                    + " reconstruction that is the activation shrunk is all linear."
        },
        footer = {
            "",
            "Example:",
            "  cutaway harvest book.txt --sites resid_post[15] --no-sinks --loss --out acts",
            "  cutaway features error dictionaries/smollm2-135m-instruct/resid-15 acts",
            "  cutaway features error resid-15-narrow acts --against resid-15-wide --splice other-book.txt",
            "  cutaway features error resid-15-narrow acts --out resid-15-narrow/error-map.safetensors"
        },
        mixinStandardHelpOptions = true)
final class FeaturesError implements Callable<Integer> {

    private static final int ENOUGH = 5;

    @Parameters(index = "0", paramLabel = "DICTIONARY", description = "The dictionary's folder.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Parameters(
            index = "1",
            paramLabel = "STORE",
            description =
                    "What cutaway harvest has written of its sites, best without sinks (--no-sinks); with --loss the"
                            + " model's loss is one of what foretells the size.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path activations;

    @Option(
            names = "--pursuit",
            description =
                    "Find codes by gradient pursuit over the decoder, as many of each token as the encoder takes.")
    private boolean pursuit;

    @Option(
            names = "--against",
            paramLabel = "WIDER",
            description = "Another dictionary of the same sites, such as a wider one: how far the size of its error is"
                    + " foretold by this one's, a straight line.")
    private @Nullable Path against;

    @Option(
            names = "--splice",
            arity = "1..*",
            paramLabel = "TEXT",
            description = "Text that the store does not hold: the model is run on it with the reconstruction in place,"
                    + " with the linear part of the error added and with the rest added.")
    private @Nullable List<Path> splice;

    @Option(
            names = "--splice-tokens",
            paramLabel = "N",
            defaultValue = "4000",
            description = "Tokens of --splice that are run at most (default: ${DEFAULT-VALUE}).")
    private int spliceTokens;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Tokens to fit on at most, and as many to measure on (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--worst",
            paramLabel = "N",
            defaultValue = "5",
            description = "Contexts with the largest errors to name (default: ${DEFAULT-VALUE}).")
    private int worst;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Keep the map, FILE.safetensors, so that sae.error.linear and sae.error.nonlinear can be asked"
                            + " about in sweep, run and explain, by --error-map FILE; in the dictionary's folder as"
                            + " error-map.safetensors it is found there.")
    private @Nullable Path out;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the permutation that must foretell nothing (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param byDocument whether fitted and measured tokens are of other documents; else of other contexts
    /// @param against the other dictionary; absent where none was given, as what follows
    /// @param normOfAgainst R² of the norm of its error
    /// @param spliced what the parts are worth to the model; absent where no text was given
    /// @param out where the map was kept; absent where it was not
    private record Found(
            String version,
            String dictionary,
            String store,
            List<String> sites,
            boolean pursuit,
            int fitted,
            int measuredTokens,
            boolean byDocument,
            ErrorSplit.Measured measured,
            boolean isTrusted,
            List<Worst> worst,
            @Nullable String against,
            @Nullable Double normOfAgainst,
            @Nullable SplicedError spliced,
            @Nullable String out) {}

    /// @param unexplained squared errors of a context's tokens, of their squared distances from the mean
    private record Worst(int context, int tokens, double unexplained) {}

    @Override
    public Integer call() {
        if (tokens < 2 || worst < 0 || spliceTokens < 2) {
            throw new BadInputException("--tokens " + tokens + ", --worst " + worst + " and --splice-tokens "
                    + spliceTokens + "; expected at least 2, 0 and 2.");
        }
        if (out != null) {
            if (pursuit) {
                throw new BadInputException("--out keeps a map of the error that the encoder's codes leave, which"
                        + " --pursuit does not take; leave one of them out.");
            }
            OutFile.checkSafetensors(out);
        }
        try (Dictionary dictionary = DictionaryFiles.openOne(folder);
                ActivationStore store = ActivationStore.open(activations)) {
            List<Site> inputs = dictionary.origin().inputs();
            List<Site> outputs = dictionary.origin().outputs();
            DictionaryOption.checkSites(folder, dictionary);
            try (HeldOut held = HeldOut.of(store, inputs, outputs, tokens);
                    CodedTokens fit = coded(dictionary, held.fit());
                    CodedTokens test = coded(dictionary, held.test());
                    ErrorSplit split = ErrorSplit.of(fit)) {
                if (fit.size() < ENOUGH * dictionary.dIn()) {
                    console.note("the " + fit.size() + " tokens to fit on are few for " + dictionary.dIn()
                            + " numbers of an activation; what is foretold is more than is measured here.");
                }
                ErrorSplit.Measured measured = split.measure(test, losses(store, held), seed);
                Found found = new Found(
                        Cutaway.Version.number(),
                        folder.toString(),
                        activations.toString(),
                        outputs.stream().map(Site::text).toList(),
                        pursuit,
                        fit.size(),
                        test.size(),
                        held.byDocument(),
                        measured,
                        measured.isTrusted(),
                        worst(held.test(), test),
                        against == null ? null : against.toString(),
                        against == null ? null : against(against, dictionary, held, test, split),
                        splice == null ? null : spliced(splice, dictionary, store, split),
                        out == null ? null : out.toString());
                if (out != null) {
                    keep(out, dictionary, split, found);
                }
                if (console.isJson()) {
                    console.json(found);
                } else {
                    print(found);
                }
            }
        }
        return 0;
    }

    private void keep(Path file, Dictionary dictionary, ErrorSplit split, Found found) {
        LinearError.Facts facts = new LinearError.Facts(
                DictionaryFiles.sha256(folder),
                dictionary.origin().inputs().stream().map(Site::text).toList(),
                dictionary.origin().outputs().stream().map(Site::text).toList(),
                activations.toString(),
                found.fitted,
                found.measuredTokens,
                found.measured.fvu(),
                found.measured.fvuNonlinear(),
                found.measured.vector());
        try (LinearError kept = split.kept(facts)) {
            kept.write(file);
        }
    }

    private CodedTokens coded(Dictionary dictionary, HeldOut.Half half) {
        return pursuit
                ? CodedTokens.pursued(dictionary, half.x(), half.y(), half.tokens())
                : CodedTokens.encoded(dictionary, half.x(), half.y(), half.tokens());
    }

    private double against(Path wider, Dictionary dictionary, HeldOut held, CodedTokens test, ErrorSplit split) {
        try (Dictionary other = DictionaryFiles.openOne(wider)) {
            if (!other.origin().inputs().equals(dictionary.origin().inputs())
                    || !other.origin().outputs().equals(dictionary.origin().outputs())) {
                throw new BadInputException("the dictionary " + wider + " is of "
                        + other.origin().outputs().stream().map(Site::text).toList() + ", " + folder + " of "
                        + dictionary.origin().outputs().stream().map(Site::text).toList()
                        + "; give two of the same sites.");
            }
            try (CodedTokens otherFit = coded(other, held.fit());
                    CodedTokens otherTest = coded(other, held.test())) {
                return split.normOf(test, otherFit, otherTest);
            }
        }
    }

    private SplicedError spliced(List<Path> texts, Dictionary dictionary, ActivationStore store, ErrorSplit split) {
        int context = store.facts().settings().context();
        Settings settings = Settings.USUAL.withContext(context);
        try (Model of = weights.open(model.path(), console)) {
            List<int[]> contexts = Texts.of(texts, "text").contexts(of.tokenizer(), context, spliceTokens);
            return SplicedError.measure(of, dictionary, split, contexts, settings, console::step);
        } finally {
            console.stepsDone();
        }
    }

    /// The model's loss at each token, where the store has it; the mean at the last of a context, which has none.
    private List<ErrorSplit.Given> losses(ActivationStore store, HeldOut held) {
        if (!store.facts().settings().kept().loss()) {
            return List.of();
        }
        Map<Long, Double> losses = new HashMap<>();
        double sum = 0;
        String sql = "SELECT context, position, loss FROM tokens WHERE loss IS NOT NULL LIMIT 1000000";
        for (List<?> row : Query.run(sql, activations).rows()) {
            double loss = number(row.get(2)).doubleValue();
            losses.put(key(number(row.get(0)).intValue(), number(row.get(1)).intValue()), loss);
            sum += loss;
        }
        double mean = losses.isEmpty() ? 0 : sum / losses.size();
        return List.of(
                new ErrorSplit.Given("loss of the model", of(held.fit(), losses, mean), of(held.test(), losses, mean)));
    }

    private static Number number(Object value) {
        return (Number) value;
    }

    private static long key(int context, int position) {
        return ((long) context << 32) | position;
    }

    private static double[] of(HeldOut.Half half, Map<Long, Double> losses, double mean) {
        return IntStream.range(0, half.size())
                .mapToDouble(i -> losses.getOrDefault(key(half.contexts()[i], half.positions()[i]), mean))
                .toArray();
    }

    private List<Worst> worst(HeldOut.Half half, CodedTokens test) {
        double[] errors;
        double[] spreads;
        try (Scope _ = Scope.open()) {
            errors = ErrorSplit.norms(test.error());
            spreads = ErrorSplit.norms(test.y().minus(test.y().mean(0, true)));
        }
        Map<Integer, double[]> sums = new HashMap<>();
        for (int i = 0; i < errors.length; i++) {
            double[] sum = sums.computeIfAbsent(half.contexts()[i], _ -> new double[3]);
            sum[0] += errors[i] * errors[i];
            sum[1] += spreads[i] * spreads[i];
            sum[2]++;
        }
        List<Worst> all = new ArrayList<>();
        sums.forEach((context, sum) -> all.add(new Worst(context, (int) sum[2], sum[0] / sum[1])));
        return all.stream()
                .sorted(Comparator.comparingDouble(Worst::unexplained)
                        .reversed()
                        .thenComparingInt(Worst::context))
                .limit(worst)
                .toList();
    }

    private void print(Found found) {
        ErrorSplit.Measured measured = found.measured;
        console.line(
                "%s at %s%s: %d tokens, %d of other %s to fit on",
                found.dictionary,
                String.join(", ", found.sites),
                found.pursuit ? ", codes by gradient pursuit" : "",
                found.measuredTokens,
                found.fitted,
                found.byDocument ? "documents" : "contexts");
        List<List<String>> rows = new ArrayList<>();
        row(rows, "active latents of a token", measured.l0());
        row(rows, "FVU", measured.fvu());
        row(rows, "FVU with the linear part of the error added", measured.fvuNonlinear());
        row(rows, "error foretold, vector (R2, mean over dimensions)", measured.vector());
        row(rows, "error foretold, vector (R2, pooled)", measured.pooled());
        row(rows, "  by activations of other tokens (must be about 0)", measured.permuted());
        row(rows, "error foretold, norm (R2)", measured.norm());
        measured.norms().forEach((name, value) -> row(rows, "  by the " + name, value));
        if (found.normOfAgainst != null) {
            row(rows, "norm of the error of " + found.against + " (R2)", found.normOfAgainst);
        }
        List<AlignedTable.Head> heads = List.of(new AlignedTable.Head("", false), new AlignedTable.Head("", true));
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        if (found.spliced != null) {
            print(found.spliced);
        }
        found.worst.forEach(one -> console.line(
                "context %d: %.3f of the variance of its %d tokens is left", one.context, one.unexplained, one.tokens));
        if (found.out != null) {
            console.line("wrote %s: sweep, run and explain take it with --error-map", found.out);
        }
        if (!found.isTrusted) {
            console.note(String.format(
                    Locale.ROOT,
                    "the dictionary leaves %.2f of the variance; above %.2f an error may be linear only because it is"
                            + " what was shrunk.",
                    measured.fvu(),
                    ErrorSplit.TRUSTED));
        }
    }

    private void print(SplicedError spliced) {
        console.line(
                "%ncross-entropy of %d tokens: %.4f nats, %.4f with the mean activation in place",
                spliced.tokens(), spliced.whole(), spliced.mean());
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("in place", false),
                new AlignedTable.Head("nats", true),
                new AlignedTable.Head("variance", true),
                new AlignedTable.Head("loss recovered", true),
                new AlignedTable.Head("of the error: variance", true),
                new AlignedTable.Head("loss", true));
        List<List<String>> rows = spliced.rows().stream()
                .map(row -> List.of(
                        row.what(),
                        String.format(Locale.ROOT, "%.4f", row.crossEntropy()),
                        percent(row.variance()),
                        percent(row.loss()),
                        percent(row.errorVariance()),
                        percent(row.errorLoss())))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        console.line("");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static void row(List<List<String>> rows, String name, double value) {
        rows.add(List.of(name, String.format(Locale.ROOT, "%.4f", value)));
    }
}
