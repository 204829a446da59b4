package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.select.Components;
import cutaway.features.select.Denoiser;
import cutaway.features.select.DictionaryDenoiser;
import cutaway.features.select.Halves;
import cutaway.features.select.Masking;
import cutaway.features.select.Selection;
import cutaway.features.select.SplitTest;
import cutaway.features.select.Thinning;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.DoubleFunction;
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
            "What is not seen is some numbers of each activation, a part at a time (--split mask); of counts, the part"
                    + " that each count is thinned by (thin); or the same rows measured once more (halves, with"
                    + " --other). Losses are shares of the variance, on rows that components were not fitted to.",
            "mask is to be trusted where the noise of a number is independent of the other numbers'. With --other it is"
                    + " tested whether it is."
        },
        footer = {
            "",
            "Example:",
            "  cutaway features select acts --ranks 0,8,32,128",
            "  cutaway features select acts --dictionaries many/width-512-k-8,many/width-512-k-16",
            "  cutaway features select counts.safetensors --split thin --ranks 2,4,8,16",
            "  cutaway features select one.safetensors --split halves --other two.safetensors"
        },
        mixinStandardHelpOptions = true)
final class FeaturesSelect implements Callable<Integer> {

    /// What a choice is made by.
    enum By {
        selfsup,
        train
    }

    /// What is not seen.
    enum Split {
        mask("hidden"),
        thin("other part"),
        halves("other half");

        private final String column;

        Split(String column) {
            this.column = column;
        }
    }

    @Parameters(
            paramLabel = "STORE",
            description = "What cutaway harvest has written, or a .safetensors file with a matrix, rows by columns.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Option(
            names = "--site",
            paramLabel = "SITE",
            description = "Whose activations (default: the store's first); of a file, the matrix's name where it has"
                    + " several.")
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
            names = "--split",
            paramLabel = "HOW",
            defaultValue = "mask",
            description = "What is not seen: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Split split = Split.mask;

    @Option(
            names = "--other",
            paramLabel = "STORE",
            description = "The same rows measured once more, with noise of its own: what halves scores on, and what"
                    + " tells whether the noise of hidden numbers is foretold by the others.")
    private @Nullable Path other;

    @Option(
            names = "--share",
            paramLabel = "X",
            defaultValue = "0.9",
            description = "Of thin: the part of each count that is seen, between 0 and 1 (default: ${DEFAULT-VALUE}).")
    private double share;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Rows to fit on at most, and as many others to score on (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--parts",
            paramLabel = "N",
            defaultValue = "8",
            description = "In how many parts numbers are hidden, one after another (default: ${DEFAULT-VALUE}).")
    private int parts;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of every random parting (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param fitted rows that components were fitted to
    /// @param scored others
    /// @param apart what these are of: other documents, contexts or rows
    /// @param byDocument whether they are of other documents
    /// @param lines of each setting
    /// @param tests of the noise, one a choice, where rows are measured once more
    private record Found(
            String version,
            String store,
            String site,
            int fitted,
            int scored,
            String apart,
            boolean byDocument,
            String split,
            int parts,
            String by,
            List<Line> lines,
            List<Test> tests) {}

    /// @param setting such as `rank 8`, or a dictionary's folder
    /// @param selfSupervised share of the variance that it misses of what it does not see
    /// @param train of what it sees
    private record Line(String choice, String setting, double selfSupervised, double train, boolean isChosen) {}

    /// Whether the noise of hidden numbers is foretold by the others.
    ///
    /// @param setting that is chosen
    /// @param difference the loss to the rows once more, less that to the rows; shares of the variance
    /// @param z in standard errors, rows taken as independent
    /// @param flagged whether choosing by hidden numbers is not to be trusted
    private record Test(String choice, String setting, double difference, double z, boolean flagged) {}

    @Override
    public Integer call() {
        if (tokens < 2) {
            throw new BadInputException("--tokens " + tokens + "; expected at least 2.");
        }
        if (split == Split.halves && other == null) {
            throw new BadInputException(
                    "--split halves scores on the same rows measured once more; give them by --other.");
        }
        if (split == Split.thin && (other != null || !dictionaries.isEmpty())) {
            throw new BadInputException("--split thin parts counts in two and fits components to one of them; leave"
                    + " --other and --dictionaries out.");
        }
        try (SelectRows rows = SelectRows.of(folder, other, site, tokens, seed);
                Scope _ = Scope.open()) {
            List<Line> lines = new ArrayList<>();
            List<Test> tests = new ArrayList<>();
            if (ranks != null || dictionaries.isEmpty()) {
                ofComponents(rows, lines, tests);
            }
            if (!dictionaries.isEmpty()) {
                ofDictionaries(rows, lines, tests);
            }
            Found found = new Found(
                    Cutaway.Version.number(),
                    folder.toString(),
                    rows.name(),
                    Math.toIntExact(rows.fit().dim(0)),
                    Math.toIntExact(rows.test().dim(0)),
                    rows.apart(),
                    rows.apart().equals("documents"),
                    split.name(),
                    parts,
                    by.name(),
                    lines,
                    tests);
            if (console.isJson()) {
                console.json(found);
            } else {
                print(found);
            }
        }
        return 0;
    }

    private void ofComponents(SelectRows rows, List<Line> lines, List<Test> tests) {
        double[] values = ranks(rows.test().dim(1));
        Name name = rank -> "rank " + (int) rank;
        if (split == Split.thin) {
            try (Thinning fit = Thinning.of(rows.fit(), share, new Random(seed).generator());
                    Thinning test = Thinning.of(rows.test(), share, new Random(seed + 1).generator());
                    Components components = Components.of(fit.first())) {
                Selection selection = Halves.select(
                        "rank",
                        values,
                        rank -> components.ofRank((int) rank),
                        test.first(),
                        test.second(),
                        test.scale());
                add(lines, "components", selection, variance(test.second()), variance(test.first()), name);
            }
            return;
        }
        try (Components components = Components.of(rows.fit())) {
            choose(rows, "components", "rank", values, rank -> components.ofRank((int) rank), name, lines, tests);
        }
    }

    private void ofDictionaries(SelectRows rows, List<Line> lines, List<Test> tests) {
        double[] means = rows.fit().mean(0, false).toDoubles();
        double[] values =
                IntStream.range(0, dictionaries.size()).asDoubleStream().toArray();
        List<Denoiser> opened = new ArrayList<>();
        List<Dictionary> all = new ArrayList<>();
        try {
            for (Path path : dictionaries) {
                Dictionary dictionary = DictionaryFiles.openOne(path);
                all.add(dictionary);
                if (rows.site().isPresent()
                        && !dictionary.origin().inputs().isEmpty()
                        && !dictionary
                                .origin()
                                .inputs()
                                .equals(List.of(rows.site().get()))) {
                    throw new BadInputException("the dictionary " + path + " reads "
                            + dictionary.origin().inputs().getFirst().text() + ", not " + rows.name()
                            + "; give dictionaries of that site, or its --site.");
                }
                opened.add(new DictionaryDenoiser(dictionary, means));
            }
            choose(
                    rows,
                    "dictionaries",
                    "dictionary",
                    values,
                    number -> opened.get((int) number),
                    number -> dictionaries.get((int) number).toString(),
                    lines,
                    tests);
        } finally {
            all.forEach(Dictionary::close);
        }
    }

    /// By hidden numbers, or by the rows measured once more.
    private void choose(
            SelectRows rows,
            String choice,
            String setting,
            double[] values,
            DoubleFunction<Denoiser> of,
            Name name,
            List<Line> lines,
            List<Test> tests) {
        Tensor x = rows.test();
        Masking masking = new Masking(parts, seed);
        Optional<Tensor> again = rows.again();
        Selection selection = split == Split.halves
                ? Halves.select(setting, values, of, x, again.orElseThrow(), 1)
                : masking.select(setting, values, of, x);
        double variance = variance(x);
        double ofUnseen = split == Split.halves ? variance(again.orElseThrow()) : variance;
        add(lines, choice, selection, ofUnseen, variance, name);
        again.ifPresent(once -> {
            double chosen = selection.chosen().value();
            Denoiser denoiser = of.apply(chosen);
            SplitTest test = SplitTest.of(masking.losses(denoiser, x, x), masking.losses(denoiser, x, once));
            tests.add(new Test(choice, name.of(chosen), test.difference() / variance, test.z(), test.isFlagged()));
        });
    }

    private static double variance(Tensor x) {
        return Scope.free(() -> x.minus(x.mean(0, true)).square().mean().item());
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

    private void add(List<Line> lines, String choice, Selection selection, double ofUnseen, double ofSeen, Name name) {
        Selection.Point chosen = by == By.selfsup ? selection.chosen() : selection.byTrain();
        selection
                .points()
                .forEach(point -> lines.add(new Line(
                        choice,
                        name.of(point.value()),
                        point.selfSupervised() / ofUnseen,
                        point.train() / ofSeen,
                        point.equals(chosen))));
    }

    private void print(Found found) {
        console.line(
                "%s of %s: %d %s to score on, %d of other %s to fit on, %s",
                found.site,
                found.store,
                found.scored,
                found.apart.equals("rows") ? "rows" : "tokens",
                found.fitted,
                found.apart,
                switch (split) {
                    case mask -> "numbers hidden in " + found.parts + " parts";
                    case thin -> String.format(Locale.ROOT, "counts thinned, %.2f of each seen", share);
                    case halves -> "scored on " + other;
                });
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("", false),
                new AlignedTable.Head(split.column, true),
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
        found.tests.forEach(test -> console.line(
                "noise of hidden numbers, with %s: %s (%.1f standard errors)",
                test.setting,
                test.flagged
                        ? "foretold by the others, or the other rows are not the same; a choice by hidden numbers is"
                                + " not to be trusted"
                        : "not foretold by the others",
                test.z));
    }
}
