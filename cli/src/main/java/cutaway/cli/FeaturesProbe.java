package cutaway.cli;

import cutaway.cli.report.Ink;
import cutaway.cli.report.JudgementTable;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.judge.Judgement;
import cutaway.features.judge.Labelled;
import cutaway.features.judge.LabelledTexts;
import cutaway.features.judge.Perturbation;
import cutaway.features.judge.Settings;
import cutaway.features.judge.SparseProbing;
import cutaway.features.judge.TextActivations;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features probe`: whether a dictionary's latents are concepts that texts are labelled with.
@Command(
        name = "probe",
        description = {
            "Measures how well a few latents of a dictionary tell the labels of texts: sparse probing, beside the best"
                    + " probe of the whole activation; targeted probe perturbation (TPP), what probes lose without the"
                    + " latents of each label; and, where texts have a second concept that may go with the label,"
                    + " spurious correlation removal (SCR).",
            "The texts are JSON lines with a text and a label each, and maybe a group and a spurious concept."
        },
        footer = {
            "",
            "Example:",
            "  cutaway features probe dictionaries/layer15 --labelled docs/examples/topics.jsonl",
            "",
            "Half of the texts is for choosing latents and fitting probes, the other half is tested; texts of one group"
                    + " are on one side. Intervals are 95 %%, over groups drawn anew."
        },
        mixinStandardHelpOptions = true)
final class FeaturesProbe implements Callable<Integer> {

    private static final List<String> RIVALS = List.of("chance", "PCA", "random", "neurons");

    @Parameters(paramLabel = "DICTIONARY", description = "The folder of a dictionary.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path dictionary;

    @Option(
            names = "--labelled",
            required = true,
            paramLabel = "FILE",
            description = "JSON lines such as {\"text\": \"...\", \"label\": \"...\"}, at least 8 of each label.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path labelled;

    @Option(
            names = "--field",
            paramLabel = "NAME",
            defaultValue = "text",
            description = "Field of the text (default: ${DEFAULT-VALUE}).")
    private String field = "text";

    @Option(
            names = "--class",
            paramLabel = "NAME",
            defaultValue = "label",
            description = "Field of the label (default: ${DEFAULT-VALUE}).")
    private String label = "label";

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "Field of the group: texts that are alike, such as those of one document (default: group,"
                    + " where texts have it; else each text is its own).")
    private @Nullable String group;

    @Option(
            names = "--spurious",
            paramLabel = "NAME",
            description = "Field of a concept that may go with the label, for SCR; both need two values (default:"
                    + " spurious, where texts have it).")
    private @Nullable String spurious;

    @Option(
            names = "--pool",
            paramLabel = "HOW",
            defaultValue = "mean",
            description = "mean: of a text's tokens, or last: its last token (default: ${DEFAULT-VALUE}).")
    private String pool = "mean";

    @Option(
            names = "--context",
            paramLabel = "N",
            defaultValue = "128",
            description = "A text is cut at so many tokens (default: ${DEFAULT-VALUE}).")
    private int context;

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
    ///
    /// @param texts of each label
    /// @param groups that the texts are of
    /// @param probes sparse probing
    /// @param tpp empty where there are two labels, or nothing can be taken out of the activation
    /// @param scr empty where texts have no spurious concept
    private record Result(
            String version,
            String dictionary,
            String trainedOn,
            List<String> sites,
            int width,
            ModelFacts model,
            String labelled,
            String field,
            String label,
            String spurious,
            TextActivations.Pool pool,
            int context,
            long seed,
            Map<String, Integer> texts,
            int groups,
            List<Judgement.Row> probes,
            List<Judgement.Row> tpp,
            List<Judgement.Row> scr) {}

    @Override
    public Integer call() {
        TextActivations.Pool pooling = Choice.of("--pool", pool, TextActivations.Pool.values());
        Settings settings = Settings.USUAL.withContext(context).withSeed(seed);
        LabelledTexts texts =
                LabelledTexts.read(labelled, new LabelledTexts.Fields(field, label, group, spurious, null));
        int[] combinations = combinations(texts);
        try (Dictionary opened = DictionaryFiles.openOne(dictionary);
                Model of = weights.open(model.path(), console);
                Labelled data = TextActivations.of(of, opened, texts, pooling, settings, console::step)) {
            console.step("probing", "");
            List<Judgement.Row> probes = SparseProbing.rows(opened, data, texts.names(), seed);
            Optional<String> obstacle = Perturbation.obstacle(opened, data);
            int labels = texts.names().size();
            List<Judgement.Row> tpp = List.of();
            List<Judgement.Row> scr = List.of();
            if (obstacle.isEmpty() && labels > 2) {
                console.step("taking latents out (TPP)", "");
                tpp = Perturbation.tpp(opened, data, labels, seed);
            }
            if (obstacle.isEmpty() && combinations.length > 0) {
                console.step("taking latents out (SCR)", "");
                scr = Perturbation.scr(opened, data.with(combinations), seed);
            }
            console.stepsDone();
            obstacle.ifPresent(console::note);
            print(new Result(
                    Cutaway.Version.number(),
                    dictionary.toString(),
                    opened.origin().model(),
                    opened.origin().inputs().stream().map(Site::text).toList(),
                    opened.width(),
                    model.facts(of, weights),
                    labelled.toString(),
                    field,
                    label,
                    spurious == null ? "spurious" : spurious,
                    pooling,
                    context,
                    seed,
                    texts.counts(),
                    (int) Arrays.stream(texts.groups()).distinct().count(),
                    probes,
                    tpp,
                    scr));
        }
        return 0;
    }

    /// Empty where there is no spurious concept, or one that was not asked for and does not fit.
    private int[] combinations(LabelledTexts texts) {
        boolean fits = texts.names().size() == 2 && texts.spuriousNames().size() == 2;
        if (texts.spuriousNames().isEmpty()) {
            return new int[0];
        }
        if (spurious == null && !fits) {
            console.note("the field \"spurious\" is left alone: SCR takes two labels and two values of it");
            return new int[0];
        }
        return texts.combinations();
    }

    private void print(Result result) {
        if (console.isJson()) {
            console.json(result);
            return;
        }
        console.line(
                "%s  %d latents at %s, on %s, cutaway %s",
                result.dictionary, result.width, String.join(", ", result.sites), result.model.name(), result.version);
        console.line(
                "%s  %s: %s; %d groups, half to fit on and half to test",
                result.labelled,
                label,
                result.texts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")),
                result.groups);
        console.line("chance: as many latents drawn at random; intervals are 95 %%, over groups%n");
        List<Judgement.Row> rows = new ArrayList<>(result.probes);
        rows.addAll(result.tpp);
        rows.addAll(result.scr);
        JudgementTable.of(rows, RIVALS, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }
}
