package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.judge.reading.Interpretation;
import cutaway.features.judge.reading.KeywordJudge;
import cutaway.features.judge.reading.LatentTexts;
import cutaway.features.judge.reading.ModelJudge;
import cutaway.features.store.ActivationStore;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.statistics.Interval;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features explain`: explanations of latents, and whether they foretell where the latents are active.
@Command(
        name = "explain",
        description = {
            "Explains latents by the tokens on which they are active, and scores each explanation on other texts:"
                    + " detection, whether it tells texts with the latent active from others, and fuzzing, whether it"
                    + " tells the right tokens from as many others. A local model reads, beside a count of the"
                    + " keywords themselves; 0.5 is guessing."
        },
        footer = {
            "",
            "Example:",
            "  cutaway harvest books --sites resid_post[15] --order document --out acts",
            "  cutaway features explain resid-15 --activations acts --latents 1,2,3",
            "",
            "Detection of another latent's texts by the same explanation stands beside: a judge that only tells odd"
                    + " texts from ordinary ones finds these, too. Intervals are 95 %%, over texts drawn anew."
        },
        mixinStandardHelpOptions = true)
final class FeaturesExplain implements Callable<Integer> {

    @Parameters(paramLabel = "DICTIONARY", description = "The folder of a dictionary.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path dictionary;

    @Option(
            names = "--activations",
            required = true,
            paramLabel = "STORE",
            description = "What cutaway harvest --order document has written of the site that it reads.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path activations;

    @Option(
            names = "--latents",
            required = true,
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "LATENTS",
            description = "Their numbers, from 0: 1,2,3.")
    private List<Integer> latents = new ArrayList<>();

    @Option(
            names = "--shown",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "Active texts that an explanation is made of, and as many others (default:" + " ${DEFAULT-VALUE}).")
    private int shown;

    @Option(
            names = "--tested",
            paramLabel = "N",
            defaultValue = "10",
            description = "Other texts of each kind that it is tested on (default: ${DEFAULT-VALUE}).")
    private int tested;

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "32",
            description = "Tokens of a text (default: ${DEFAULT-VALUE}).")
    private int window;

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

    /// What is said of a latent.
    ///
    /// @param share of the texts in which it is active
    /// @param read by the local model
    /// @param counted by keywords
    /// @param ofAnother detection by the model of another latent's texts; absent of a single latent
    private record Explained(
            int latent, double share, Interpretation read, Interpretation counted, Optional<Double> ofAnother) {}

    /// What `--json` prints.
    private record Result(
            String version,
            String dictionary,
            String activations,
            ModelFacts model,
            int window,
            Interpretation.Settings settings,
            List<Explained> latents) {}

    @Override
    public Integer call() {
        if (window < 2 || shown < 1 || tested < 1) {
            throw new BadInputException("--window is " + window + ", --shown " + shown + " and --tested " + tested
                    + "; expected at least 2 tokens and 1 text of each.");
        }
        Interpretation.Settings settings = new Interpretation.Settings(shown, tested, seed);
        try (ActivationStore store = ActivationStore.open(activations);
                Dictionary opened = DictionaryFiles.openOne(dictionary);
                Model of = weights.open(model.path(), console)) {
            if (!store.facts().model().sha256().equals(of.sha256())) {
                throw new BadInputException("the store " + activations + " was harvested from "
                        + store.facts().model().name() + ", and --model is another; give that one.");
            }
            List<LatentTexts> texts = LatentTexts.of(
                    opened,
                    store,
                    latents.stream().distinct().toList(),
                    of.tokenizer()::token,
                    new LatentTexts.Settings(window, shown + tested, seed),
                    done -> console.progress("encoding", done / (double) store.vectors()));
            print(new Result(
                    Cutaway.Version.number(),
                    dictionary.toString(),
                    activations.toString(),
                    model.facts(of, weights),
                    window,
                    settings,
                    explained(of, texts, settings)));
        }
        return 0;
    }

    private List<Explained> explained(Model of, List<LatentTexts> texts, Interpretation.Settings settings) {
        List<LatentTexts> enough =
                texts.stream().filter(one -> isEnough(one, settings)).toList();
        if (enough.isEmpty()) {
            throw new BadInputException("none of the latents " + latents + " has " + (shown + tested)
                    + " texts of " + activations + " with it active and as many without (--shown and --tested"
                    + " together); give others, a store of more text, or less of both.");
        }
        ModelJudge judge = new ModelJudge(of);
        List<Explained> all = new ArrayList<>();
        for (int i = 0; i < enough.size(); i++) {
            LatentTexts own = enough.get(i);
            LatentTexts other = enough.get((i + 1) % enough.size());
            console.progress("reading the texts of latent " + own.latent());
            Interpretation read = Interpretation.of(judge, own.active(), own.silent(), settings);
            all.add(new Explained(
                    own.latent(),
                    (double) own.activeWindows() / own.windows(),
                    read,
                    Interpretation.of(new KeywordJudge(), own.active(), own.silent(), settings),
                    enough.size() == 1
                            ? Optional.empty()
                            : Optional.of(read.ofAnother(
                                    judge,
                                    other.active().subList(0, tested),
                                    own.silent().subList(0, tested)))));
        }
        return all;
    }

    private boolean isEnough(LatentTexts own, Interpretation.Settings settings) {
        int needed = settings.shown() + settings.tested();
        boolean enough = own.active().size() >= needed && own.silent().size() >= needed;
        if (!enough) {
            console.note("latent " + own.latent() + " is left out: it is active in " + own.activeWindows() + " of "
                    + own.windows() + " texts; " + needed + " with and " + needed + " without are needed");
        }
        return enough;
    }

    private void print(Result result) {
        if (console.isJson()) {
            console.json(result);
            return;
        }
        console.line(
                "%s  on texts of %d tokens of %s, read by %s, cutaway %s%n",
                result.dictionary, result.window, result.activations, result.model.name(), result.version);
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("latent", true),
                new AlignedTable.Head("texts", true),
                new AlignedTable.Head("detection", true),
                new AlignedTable.Head("[95 %]", false),
                new AlignedTable.Head("fuzzing", true),
                new AlignedTable.Head("[95 %]", false),
                new AlignedTable.Head("another's", true),
                new AlignedTable.Head("keywords", true),
                new AlignedTable.Head("explanation", false));
        List<List<String>> rows = result.latents.stream()
                .map(one -> List.of(
                        Integer.toString(one.latent),
                        String.format(Locale.ROOT, "%.1f %%", 100 * one.share),
                        number(one.read.detection()),
                        range(one.read.detectionInterval()),
                        number(one.read.fuzzing()),
                        range(one.read.fuzzingInterval()),
                        one.ofAnother.map(FeaturesExplain::number).orElse("-"),
                        number(one.counted.detection()),
                        one.read.explanation().text()))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String range(Optional<Interval> interval) {
        return interval.map(found -> "[" + number(found.low()) + ", " + number(found.high()) + "]")
                .orElse("");
    }
}
