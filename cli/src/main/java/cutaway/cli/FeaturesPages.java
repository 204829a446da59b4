package cutaway.cli;

import cutaway.cli.report.Ink;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.judge.Twins;
import cutaway.features.pages.PageSettings;
import cutaway.features.pages.Pages;
import cutaway.features.pages.PagesFacts;
import cutaway.features.store.ActivationStore;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features pages`: what each latent of a dictionary is about, as tables.
@Command(
        name = "pages",
        description = {
            "Makes a page for every latent of a dictionary, as Parquet tables: what it fires on most and in equal parts"
                    + " of its range, how often, which tokens it raises and lowers, which latents are near and which"
                    + " fire with it, and what multiplying it does, measured.",
            "The folder is complete or not there."
        },
        footer = {
            "",
            "Example:",
            "  cutaway harvest books --sites resid_post[15] --order document --out acts",
            "  cutaway features pages resid-15 --activations acts --out pages --dose 20",
            "  cutaway features page pages 123",
            "  cutaway features pages many/seed-0 --twins many/seed-1,many/seed-2 --activations acts --out stable",
            "  cutaway query \"SELECT * FROM features ORDER BY fired DESC LIMIT 10\" --in pages"
        },
        mixinStandardHelpOptions = true)
final class FeaturesPages implements Callable<Integer> {

    @Parameters(paramLabel = "DICTIONARY", description = "The dictionary's folder.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Option(
            names = "--activations",
            required = true,
            paramLabel = "STORE",
            description = "What cutaway harvest --order document has written of the sites that it reads.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path activations;

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "The pages' folder, a new one.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Option(
            names = "--twins",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "DICTIONARIES",
            description =
                    "Other trainings of the same site and kind, from other seeds: each page then says how well they"
                            + " find its direction again, the mean cosine of the best pairing (see cutaway features"
                            + " bench).")
    private List<Path> twins = List.of();

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "10",
            description = "Examples with the greatest activations (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--bands",
            paramLabel = "N",
            defaultValue = "5",
            description = "Equal parts of the range from 0 to the maximum (default: ${DEFAULT-VALUE}).")
    private int bands;

    @Option(
            names = "--per-band",
            paramLabel = "N",
            defaultValue = "5",
            description = "Examples drawn of each (default: ${DEFAULT-VALUE}).")
    private int perBand;

    @Option(
            names = "--before",
            paramLabel = "N",
            defaultValue = "24",
            description = "Tokens of an example before the one that it is about (default: ${DEFAULT-VALUE}).")
    private int before;

    @Option(
            names = "--after",
            paramLabel = "N",
            defaultValue = "8",
            description = "Tokens after it (default: ${DEFAULT-VALUE}).")
    private int after;

    @Option(
            names = "--dose",
            paramLabel = "N",
            defaultValue = "0",
            description = "Measure what multiplying does for the N most active latents: those whose activations have"
                    + " the greatest sum (default: ${DEFAULT-VALUE}).")
    private int dose;

    @Option(
            names = "--dose-latents",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "LATENTS",
            description = "Measure it for these, too: 17,123.")
    private List<Integer> latents = List.of();

    @Option(
            names = "--dose-examples",
            paramLabel = "N",
            defaultValue = "5",
            description = "Of the top examples of each, measure it at so many (default: ${DEFAULT-VALUE}).")
    private int examples;

    @Option(
            names = "--factors",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "FACTORS",
            defaultValue = "0,2,4,8",
            description = "What its activation is multiplied by; 0 removes it (default: ${DEFAULT-VALUE}).")
    private List<Double> factors = List.of();

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the draws and of random directions (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What is printed.
    private record Made(Path out, PagesFacts facts) {}

    @Override
    public Integer call() {
        PageSettings usual = PageSettings.USUAL;
        PageSettings settings = new PageSettings(
                top,
                bands,
                perBand,
                before,
                after,
                usual.bins(),
                usual.neighbours(),
                usual.tokens(),
                seed,
                new PageSettings.Dose(dose, latents, examples, factors));
        Interruption.advise("what was encoded and measured is kept in " + Pages.unfinished(out)
                + ": the same command goes on from there.");
        PagesFacts facts;
        try (ActivationStore store = ActivationStore.open(activations);
                Dictionary dictionary = DictionaryFiles.openOne(folder);
                Model opened = weights.open(model.path(), console)) {
            if (dictionary.origin().leavesSinksOut()
                    && store.facts().settings().kept().sinks()) {
                console.note(
                        "the store keeps attention sinks, and this dictionary was trained without them: what it says"
                                + " of those counts for nothing; harvest with --no-sinks");
            }
            Pages.Label label = new Pages.Label(
                    folder.toString(),
                    DictionaryFiles.sha256(folder) + " " + weights.typeName(),
                    Cutaway.Version.number());
            facts = Pages.make(dictionary, label, found(dictionary), store, opened, settings, out, this::tell);
        } finally {
            console.stepsDone();
        }
        print(facts);
        return 0;
    }

    /// How well the twins find each latent again.
    private Twins found(Dictionary dictionary) {
        List<Dictionary> opened = new ArrayList<>();
        try {
            for (Path twin : twins) {
                opened.add(DictionaryFiles.openOne(twin));
                check(twin, opened.getLast(), dictionary);
            }
            if (opened.isEmpty()) {
                return Twins.NONE;
            }
            tell("pair directions with twins", 0);
            return Twins.of(dictionary, twins.stream().map(Path::toString).toList(), opened, seed);
        } finally {
            opened.forEach(Dictionary::close);
        }
    }

    /// A dictionary is found again in itself, which says nothing; and in one of another site by chance alone.
    private void check(Path twin, Dictionary opened, Dictionary dictionary) {
        if (DictionaryFiles.sha256(twin).equals(DictionaryFiles.sha256(folder))) {
            throw new BadInputException(
                    "the twin " + twin + " is the dictionary itself; give trainings from other" + " seeds.");
        }
        List<Site> own = dictionary.origin().outputs();
        List<Site> other = opened.origin().outputs();
        if (opened.dOut() != dictionary.dOut() || (!own.isEmpty() && !other.isEmpty() && !own.equals(other))) {
            throw new BadInputException("the twin " + twin + " writes " + written(other, opened)
                    + ", and the dictionary " + written(own, dictionary) + "; give trainings of the same site.");
        }
    }

    private static String written(List<Site> sites, Dictionary dictionary) {
        return sites.isEmpty()
                ? dictionary.dOut() + " numbers"
                : sites.stream().map(Site::text).collect(Collectors.joining(", "));
    }

    private void tell(String step, double part) {
        if (Console.OVERWRITES) {
            console.step(step, String.format(Locale.ROOT, "%.0f %%", 100 * part));
        } else {
            console.progress(step, part);
        }
    }

    private void print(PagesFacts facts) {
        if (console.isJson()) {
            console.json(new Made(out, facts));
            return;
        }
        console.line(
                "%s  pages of %,d latents of %s over %,d tokens",
                out, facts.width(), facts.dictionary(), facts.tokens());
        console.line("  %s  %s", facts.model().name(), facts.model().sha256().substring(0, 12));
        if (facts.doses() > 0) {
            console.line("  doses of %,d latents", facts.doses());
        }
        PagesFacts.@Nullable TwinFacts found = facts.twins();
        if (found != null) {
            console.line(
                    "  stability %.3f in %s; %.3f of random directions",
                    found.mean(), Ink.count(found.dictionaries().size(), "twin"), found.random());
        }
        if (!facts.logits()) {
            console.note("what this dictionary writes reaches the logits by no linear map: the pages have none");
        }
        if (facts.coactivationTokens() < facts.tokens()) {
            console.note(String.format(
                    Locale.ROOT,
                    "latents that fire together are counted on %,d of the tokens, evenly spaced",
                    facts.coactivationTokens()));
        }
        console.note("see one: ./cutaway features page " + out + " 0");
    }
}
