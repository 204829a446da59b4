package cutaway.cli;

import cutaway.cli.report.CircuitRecord;
import cutaway.cli.report.CircuitSummary;
import cutaway.cli.report.Ink;
import cutaway.features.use.FeatureBasis;
import cutaway.interp.basis.ErrorName;
import cutaway.interp.basis.ErrorPart;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.circuit.CircuitFinder;
import cutaway.interp.circuit.CircuitReport;
import cutaway.interp.circuit.HalvesCurve;
import cutaway.interp.circuit.Ranking;
import cutaway.interp.circuit.SaeError;
import cutaway.interp.circuit.Settings;
import cutaway.interp.circuit.ShuffledAnswers;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PairFile;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PromptPair;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway circuit`: the heads and MLPs, and with dictionaries their errors, that suffice for an answer over many
/// prompts.
@Command(
        name = "circuit",
        description =
                "Finds the smallest set of heads and MLPs that does, on half of the prompts, most of what the model"
                        + " does, and says on the other half what it is worth, beside controls.",
        footer = {
            "",
            "Example:",
            "  cutaway circuit docs/examples/gifts.json",
            "  cutaway circuit docs/examples/gifts.json --at B2,verb,object,last --out names",
            "  cutaway circuit docs/examples/gifts.json --threshold halves",
            "  cutaway circuit docs/examples/names.json --dictionary dictionaries/smollm2-135m-instruct/resid-15"
        },
        mixinStandardHelpOptions = true)
final class Circuit implements Callable<Integer> {

    /// The threshold that is chosen from the prompts.
    private static final String HALVES = "halves";

    @Parameters(
            paramLabel = "PAIRS",
            description = "A file of prompts with their contrasts: a JSON object a line, or a template with fills.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(
            names = "--at",
            preprocessor = CommaList.class,
            paramLabel = "ROLES",
            defaultValue = "all",
            description = "Where heads and MLPs may work, as parts of their own: roles of the template, last, or"
                    + " positions such as 3, -2 or 3..5, joined by commas; without it, each at all positions"
                    + " together.")
    private String at = "all";

    @Option(
            names = "--nodes",
            preprocessor = CommaList.class,
            paramLabel = "ERRORS",
            description =
                    "With --dictionary, of a sparse autoencoder: what its features do not say as nodes beside heads"
                            + " and MLPs, as sae.error or sae.error.linear,sae.error.nonlinear, each also as"
                            + " sae.error[NAME] (default: the two parts where a map splits the error, else the whole).")
    private String nodes = "";

    @Mixin
    private final DictionaryOption dictionaries = new DictionaryOption();

    @Option(
            names = "--threshold",
            paramLabel = "SHARE",
            defaultValue = "0.8",
            description =
                    "Mean faithfulness that is enough, above 0 and up to 1 (default: ${DEFAULT-VALUE}); or halves:"
                            + " what the heads and MLPs reach whose effects two halves of the prompts agree on.")
    private String threshold = "0.8";

    @Option(
            names = "--rank",
            paramLabel = "HOW",
            defaultValue = "attribution",
            description = "What the search takes first: by attribution (two passes with gradients a prompt), or by"
                    + " ablation (two runs for each head and MLP) (default: ${DEFAULT-VALUE}).")
    private String rank = "attribution";

    @Option(
            names = "--random",
            paramLabel = "N",
            defaultValue = "99",
            description = "Random circuits to compare with, at least 19 (default: ${DEFAULT-VALUE}).")
    private int random;

    @Option(
            names = "--shuffled",
            description = "Ask each pair about the answers of another one, drawn at random: a control that should find"
                    + " nothing.")
    private boolean shuffled;

    @Option(names = "--out", paramLabel = "DIR", description = "A folder to write circuit.json into.")
    private @Nullable Path out;

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

    @Override
    public Integer call() {
        boolean byHalves = threshold.equals(HALVES);
        Settings given = Settings.seeded(seed)
                .withThreshold(byHalves ? Settings.THRESHOLD : share())
                .rankedBy(ranking())
                .withRandomCircuits(random);
        PositionChoice positions = PositionChoice.parse(at.replace(',', '+'));
        if (out != null) {
            OutFolder.check(out);
        }
        dictionaries.check();
        if (!nodes.isEmpty() && !dictionaries.isGiven()) {
            throw new BadInputException("--nodes " + nodes + " is of a dictionary; add --dictionary DIR.");
        }
        List<PromptPair> texts = PairFile.read(file);
        long start = System.nanoTime();
        CircuitRecord record;
        try (DictionaryOption.Opened bases = dictionaries.open();
                Model opened = weights.open(model.path(), console)) {
            List<SaeError> errors = errors(bases.bases());
            List<Pair> read = Pair.read(opened, texts);
            List<Pair> pairs = shuffled ? ShuffledAnswers.of(read, seed) : read;
            @Nullable
            HalvesCurve halves =
                    byHalves ? new CircuitFinder(opened, given, errors, console::step).halves(pairs, positions) : null;
            Settings settings = halves == null ? given : given.withThreshold(halves.threshold());
            CircuitReport found = new CircuitFinder(opened, settings, errors, console::step).find(pairs, positions);
            record = new CircuitRecord(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    file.toString(),
                    shuffled,
                    dictionaries.facts(),
                    halves,
                    console.command(),
                    found,
                    (System.nanoTime() - start) / 1e9);
        } finally {
            console.stepsDone();
        }
        if (out != null) {
            write(out.resolve("circuit.json"), record);
        }
        if (console.isJson()) {
            console.json(record);
        } else {
            CircuitSummary.of(record, Ink.ofTerminal()).forEach(line -> console.line("%s", line));
            if (out != null) {
                console.line("%n  wrote %s", out.resolve("circuit.json"));
            }
        }
        return 0;
    }

    private List<SaeError> errors(List<FeatureBasis> bases) {
        if (nodes.isEmpty()) {
            return bases.stream().flatMap(Circuit::errors).toList();
        }
        return Arrays.stream(nodes.split(","))
                .flatMap(name -> ErrorName.parse(name.strip()).of(bases).stream())
                .map(SaeError::new)
                .toList();
    }

    private static Stream<SaeError> errors(FeatureBasis basis) {
        List<ErrorPart> parts =
                basis.splitsError() ? List.of(ErrorPart.LINEAR, ErrorPart.NONLINEAR) : List.of(ErrorPart.WHOLE);
        return parts.stream().map(part -> new SaeError(new ErrorTerm(basis, part)));
    }

    private double share() {
        try {
            return Double.parseDouble(threshold.strip());
        } catch (NumberFormatException e) {
            throw new BadInputException(
                    "--threshold is " + threshold + "; expected a share such as 0.8, or " + HALVES + ".", e);
        }
    }

    private Ranking ranking() {
        return switch (rank) {
            case "attribution" -> Ranking.ATTRIBUTION;
            case "ablation" -> Ranking.ABLATION;
            default -> throw new BadInputException("--rank is " + rank + "; expected attribution or ablation.");
        };
    }

    private void write(Path path, CircuitRecord record) {
        try {
            WholeFile.write(path, console.pretty(record));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
