package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.cli.report.JudgementTable;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.judge.Absorption;
import cutaway.features.judge.FirstLetter;
import cutaway.features.judge.Judge;
import cutaway.features.judge.Judgement;
import cutaway.features.judge.Labelled;
import cutaway.features.judge.Settings;
import cutaway.features.judge.Stability;
import cutaway.features.judge.Text;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features judge`: what a dictionary is worth.
@Command(
        name = "judge",
        description = "Measures how good a dictionary is on a text, beside what needs no training: as many principal"
                + " components, random directions and neurons as it has active latents.",
        footer = {
            "",
            "Example:",
            "  cutaway features judge dictionaries/layer15 --text book.txt --tokens 20000",
            "",
            "The first half of each text is for fitting (means, components, what foretells errors), the second is"
                    + " judged. Intervals are 95 %%, over contexts drawn anew."
        },
        mixinStandardHelpOptions = true)
final class FeaturesJudge implements Callable<Integer> {

    /// Tokens for fitting that there should be for each dimension.
    private static final int ENOUGH = 5;

    @Parameters(paramLabel = "DICTIONARY", description = "The folder of a dictionary.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path dictionary;

    @Option(
            names = "--text",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Text that the dictionary was not trained on: files (text, .jsonl, .parquet) and folders.")
    private List<Path> texts = new ArrayList<>();

    @Option(
            names = "--field",
            paramLabel = "NAME",
            defaultValue = "text",
            description = "Field or column of the text in .jsonl and .parquet (default: ${DEFAULT-VALUE}).")
    private String field = "text";

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "20000",
            description = "How many tokens are judged at most; as many more are for fitting (default:"
                    + " ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--context",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens that are run together (default: ${DEFAULT-VALUE}).")
    private int context;

    @Option(
            names = "--against",
            paramLabel = "DICTIONARY",
            description = "Another dictionary of the same site, such as one of another seed: how many of the latents"
                    + " are found in it too.")
    private @Nullable Path against;

    @Option(
            names = "--absorption",
            paramLabel = "WORDS",
            description = "Also measure feature absorption on the first letters of so many words, such as 2000.")
    private @Nullable Integer absorption;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of every random draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Result(
            String version,
            String dictionary,
            String trainedOn,
            List<String> sites,
            int width,
            ModelFacts model,
            List<String> texts,
            Settings settings,
            Judgement judgement) {}

    @Override
    public Integer call() {
        Settings settings =
                Settings.USUAL.withTokens(tokens).withContext(context).withSeed(seed);
        try (Dictionary opened = DictionaryFiles.openOne(dictionary)) {
            List<Judgement.Row> stability = against == null ? List.of() : stability(opened, against);
            try (Model of = weights.open(model.path(), console)) {
                Judgement judgement = Judge.judge(
                                opened, of, Text.read(of, texts, field, settings), settings, console::step)
                        .with(stability);
                if (absorption != null) {
                    judgement = judgement.with(absorption(opened, of, absorption));
                }
                console.stepsDone();
                List<String> sites =
                        opened.origin().outputs().stream().map(Site::text).toList();
                Result result = new Result(
                        Cutaway.Version.number(),
                        dictionary.toString(),
                        opened.origin().model(),
                        sites,
                        opened.width(),
                        model.facts(of, weights),
                        texts.stream().map(Path::toString).toList(),
                        settings,
                        judgement);
                print(result);
            }
        }
        return 0;
    }

    private List<Judgement.Row> absorption(Dictionary opened, Model of, int words) {
        console.step("reading words", "");
        Labelled data = FirstLetter.activations(of, opened, FirstLetter.words(of, words, seed));
        try (Tensor _ = data.x()) {
            console.step("measuring absorption", "");
            return Absorption.rows(opened, data, FirstLetter.CLASSES, seed);
        }
    }

    private List<Judgement.Row> stability(Dictionary opened, Path other) {
        try (Dictionary second = DictionaryFiles.openOne(other)) {
            if (second.dOut() != opened.dOut()) {
                throw new BadInputException("the dictionary " + other + " writes " + second.dOut() + " numbers, "
                        + dictionary + " " + opened.dOut() + "; give two of the same site.");
            }
            return Stability.rows(opened, second, seed);
        }
    }

    private void print(Result result) {
        if (console.isJson()) {
            console.json(result);
            return;
        }
        Judgement found = result.judgement;
        if (found.fitted() < ENOUGH * result.model.dModel()) {
            console.note("the " + found.fitted() + " tokens for fitting are few: what foretells errors, and components,"
                    + " are worth less than they could be; give --tokens more.");
        }
        console.line(
                "%s  %d latents at %s, on %s, cutaway %s",
                result.dictionary, result.width, String.join(", ", result.sites), result.model.name(), result.version);
        console.line(
                "%d tokens of %d contexts judged, %d others for fitting; left out: %d first of a context, %d sinks,"
                        + " %d special",
                found.tokens().counted(),
                found.contexts(),
                found.fitted(),
                found.tokens().first(),
                found.tokens().sinks(),
                found.tokens().special());
        console.line("rivals have k = %d, the dictionary's L0; intervals are 95 %%, over contexts%n", found.k());
        AlignedTable table = JudgementTable.of(found, Ink.widthOfTables());
        table.lines().forEach(line -> console.line("%s", line));
        console.line("%nlatents by how often they are active, log10 of the share of tokens");
        JudgementTable.histogram(found.histogram()).forEach(line -> console.line("%s", line));
    }
}
