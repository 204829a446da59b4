package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.store.Texts;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.lens.LensScore;
import cutaway.interp.lens.LensSettings;
import cutaway.interp.lens.LensTraining;
import cutaway.interp.lens.TunedLens;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway lens train`: a tuned lens, trained on text.
@Command(
        name = "train",
        description = {
            "Trains a tuned lens (Belrose et al. 2023): for each layer an affine map of the residual stream in front"
                + " of it, from the identity on, by the KL of what the model would then say from what it says at its"
                + " end. Told is that KL on text that was held out, beside the logit lens, which has no map.",
            "A layer costs as much as an unembedding of each token; on two cores, name a few."
        },
        footer = {
            "",
            "Example:",
            "  cutaway lens train docs --layers 5,15,25 --out lens.safetensors",
            "  cutaway lens show \"The Eiffel Tower is located in the city of\" --lens lens.safetensors"
        },
        mixinStandardHelpOptions = true)
final class LensTrain implements Callable<Integer> {

    @Parameters(
            arity = "1..*",
            paramLabel = "TEXT",
            description = "Files and folders of text, .jsonl or .parquet, as in cutaway harvest.")
    private List<Path> texts = new ArrayList<>();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Where to keep the lens: a .safetensors file.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Option(
            names = "--layers",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "LAYER",
            description = "The layers in front of which the lens reads, joined by commas (default: every fifth).")
    private int[] layers = {};

    @Option(
            names = "--field",
            paramLabel = "NAME",
            defaultValue = "text",
            description = "Field of JSON lines, or column of tables, that holds the text (default: ${DEFAULT-VALUE}).")
    private String field = "text";

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Tokens of text to use at most, of which a fifth is held out (default: ${DEFAULT-VALUE}).")
    private long tokens;

    @Option(
            names = "--context",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens of a context (default: ${DEFAULT-VALUE}).")
    private int context;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "250",
            description = "Steps of Adam (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "256",
            description = "Tokens of a step, at least (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--rate",
            paramLabel = "X",
            defaultValue = "0.1",
            description = "Learning rate, divided by the model's width; falls to 0 (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the order of texts (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Trained(String version, ModelFacts model, int contexts, TunedLens.Facts lens, String out) {}

    @Override
    public Integer call() {
        LensSettings settings = new LensSettings(steps, batch, rate, seed);
        if (tokens < 1 || context < 2) {
            throw new BadInputException(
                    "--tokens " + tokens + " and --context " + context + "; expected at least 1 and 2.");
        }
        Texts text = Texts.of(texts, field);
        OutFile.checkSafetensors(out);
        try (Model opened = weights.open(model.path(), console)) {
            List<int[]> contexts = text.contexts(opened.tokenizer(), context, tokens);
            int count = opened.sizes().layers();
            List<Integer> read = layers.length > 0
                    ? Arrays.stream(layers).distinct().sorted().boxed().toList()
                    : IntStream.range(0, count)
                            .filter(layer -> (count - layer) % 5 == 0)
                            .boxed()
                            .toList();
            ModelFacts facts = model.facts(opened, weights);
            try (TunedLens lens = LensTraining.train(
                    opened, facts.name(), contexts, read, settings, done -> console.progress("training", done))) {
                lens.write(out);
                print(new Trained(Cutaway.Version.number(), facts, contexts.size(), lens.facts(), out.toString()));
            }
        }
        return 0;
    }

    private void print(Trained trained) {
        if (console.isJson()) {
            console.json(trained);
            return;
        }
        console.line(
                "%s  %,d contexts, a fifth held out, %d steps, cutaway %s",
                trained.model.name(), trained.contexts, steps, trained.version);
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("in front of layer", true),
                new AlignedTable.Head("KL logit lens", true),
                new AlignedTable.Head("KL tuned lens", true),
                new AlignedTable.Head("same top, logit", true),
                new AlignedTable.Head("same top, tuned", true));
        List<List<String>> rows =
                trained.lens.scores().stream().map(LensTrain::row).toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        console.line("wrote %s; see a prompt through it: cutaway lens show \"...\" --lens %s", out, out);
    }

    private static List<String> row(LensScore score) {
        return List.of(
                Integer.toString(score.layer()),
                number(score.logitLens()),
                number(score.tunedLens()),
                number(score.logitLensTop()),
                number(score.tunedLensTop()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
