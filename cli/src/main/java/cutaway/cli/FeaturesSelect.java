package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.select.Components;
import cutaway.features.select.Denoiser;
import cutaway.features.select.DictionaryDenoiser;
import cutaway.features.select.Masking;
import cutaway.features.select.Selection;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.HeldOut;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features select`: a rank or a dictionary, chosen without a truth.
@Command(
        name = "select",
        description = {
            "Chooses how many principal components activations have, or which of some dictionaries is the best"
                + " denoiser of them, without a truth: by what each says of numbers that it does not see (Noise2Self,"
                + " Batson and Royer 2019). Printed beside it is the loss of what is seen, which falls with every"
                + " component and every latent more.",
            "Losses are shares of the variance, on tokens that components were not fitted to. It is to be trusted where"
                    + " the noise of a number is independent of the other numbers'."
        },
        footer = {
            "",
            "Example:",
            "  cutaway features select acts --ranks 0,8,32,128",
            "  cutaway features select acts --dictionaries many/width-512-k-8,many/width-512-k-16"
        },
        mixinStandardHelpOptions = true)
final class FeaturesSelect implements Callable<Integer> {

    /// What a choice is made by.
    enum By {
        selfsup,
        train
    }

    @Parameters(paramLabel = "STORE", description = "What cutaway harvest has written.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Option(names = "--site", paramLabel = "SITE", description = "Whose activations (default: the store's first).")
    private @Nullable String site;

    @Option(
            names = "--ranks",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            description = "Numbers of principal components to choose from, such as 0,8,32 (default: powers of 2 up to"
                    + " half of the dimensions, where no dictionaries are given).")
    private @Nullable List<Integer> ranks;

    @Option(
            names = "--dictionaries",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "DIR",
            description = "Dictionaries of that site to choose from, such as those of several k.")
    private List<Path> dictionaries = List.of();

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "selfsup",
            description = "What is chosen by: selfsup, what is said of hidden numbers, or train, of seen ones (default:"
                    + " ${DEFAULT-VALUE}).")
    private By by = By.selfsup;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Tokens to fit on at most, and as many others to score on (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--parts",
            paramLabel = "N",
            defaultValue = "8",
            description = "In how many parts numbers are hidden, one after another (default: ${DEFAULT-VALUE}).")
    private int parts;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the parting (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param fitted tokens that components were fitted to
    /// @param scored others
    /// @param byDocument whether these are of other documents; else of other contexts
    /// @param lines of each setting
    private record Found(
            String version,
            String store,
            String site,
            int fitted,
            int scored,
            boolean byDocument,
            int parts,
            String by,
            List<Line> lines) {}

    /// @param setting such as `rank 8`, or a dictionary's folder
    /// @param selfSupervised share of the variance that it misses of hidden numbers
    /// @param train of seen ones
    private record Line(String choice, String setting, double selfSupervised, double train, boolean isChosen) {}

    @Override
    public Integer call() {
        if (tokens < 2) {
            throw new BadInputException("--tokens " + tokens + "; expected at least 2.");
        }
        try (ActivationStore store = ActivationStore.open(folder)) {
            Site of = site(store);
            try (HeldOut held = HeldOut.of(store, List.of(of), List.of(of), tokens)) {
                Found found = new Found(
                        Cutaway.Version.number(),
                        folder.toString(),
                        of.text(),
                        held.fit().size(),
                        held.test().size(),
                        held.byDocument(),
                        parts,
                        by.name(),
                        lines(held, of));
                if (console.isJson()) {
                    console.json(found);
                } else {
                    print(found);
                }
            }
        }
        return 0;
    }

    private Site site(ActivationStore store) {
        return site == null
                ? store.sites().getFirst()
                : TrainingData.of(store, List.of(site)).getFirst();
    }

    private List<Line> lines(HeldOut held, Site of) {
        List<Line> lines = new ArrayList<>();
        Masking masking = new Masking(parts, seed);
        try (Scope _ = Scope.open()) {
            Tensor x = held.test().x().to(Dtype.F64);
            double variance = x.minus(x.mean(0, true)).square().mean().item();
            if (ranks != null || dictionaries.isEmpty()) {
                double[] values = ranks(x.dim(1));
                try (Components components = Components.of(held.fit().x())) {
                    Selection selection = masking.select("rank", values, rank -> components.ofRank((int) rank), x);
                    add(lines, "components", selection, variance, rank -> "rank " + (int) rank);
                }
            }
            if (!dictionaries.isEmpty()) {
                double[] means = held.fit().x().mean(0, false).toDoubles();
                double[] values =
                        IntStream.range(0, dictionaries.size()).asDoubleStream().toArray();
                List<Denoiser> opened = new ArrayList<>();
                List<Dictionary> all = new ArrayList<>();
                try {
                    for (Path path : dictionaries) {
                        Dictionary dictionary = DictionaryFiles.openOne(path);
                        all.add(dictionary);
                        if (!dictionary.origin().inputs().isEmpty()
                                && !dictionary.origin().inputs().equals(List.of(of))) {
                            throw new BadInputException("the dictionary " + path + " reads "
                                    + dictionary.origin().inputs().getFirst().text() + ", not " + of.text()
                                    + "; give dictionaries of that site, or its --site.");
                        }
                        opened.add(new DictionaryDenoiser(dictionary, means));
                    }
                    Selection selection = masking.select("dictionary", values, number -> opened.get((int) number), x);
                    add(
                            lines,
                            "dictionaries",
                            selection,
                            variance,
                            number -> dictionaries.get((int) number).toString());
                } finally {
                    all.forEach(Dictionary::close);
                }
            }
        }
        return lines;
    }

    private double[] ranks(long d) {
        if (ranks == null) {
            return IntStream.iterate(1, rank -> rank <= d / 2, rank -> 2 * rank)
                    .asDoubleStream()
                    .toArray();
        }
        return ranks.stream().mapToDouble(Integer::doubleValue).toArray();
    }

    private interface Name {
        String of(double value);
    }

    private void add(List<Line> lines, String choice, Selection selection, double variance, Name name) {
        Selection.Point chosen = by == By.selfsup ? selection.chosen() : selection.byTrain();
        selection
                .points()
                .forEach(point -> lines.add(new Line(
                        choice,
                        name.of(point.value()),
                        point.selfSupervised() / variance,
                        point.train() / variance,
                        point.equals(chosen))));
    }

    private void print(Found found) {
        console.line(
                "%s of %s: %d tokens to score on, %d of other %s to fit on, numbers hidden in %d parts",
                found.site,
                found.store,
                found.scored,
                found.fitted,
                found.byDocument ? "documents" : "contexts",
                found.parts);
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("", false),
                new AlignedTable.Head("hidden", true),
                new AlignedTable.Head("seen", true),
                new AlignedTable.Head("chosen", false));
        List<List<String>> rows = found.lines.stream()
                .map(line -> Arrays.asList(
                        line.setting,
                        String.format(Locale.ROOT, "%.4f", line.selfSupervised),
                        String.format(Locale.ROOT, "%.4f", line.train),
                        line.isChosen ? "by " + found.by : ""))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        console.line("shares of the variance that are missed");
    }
}
