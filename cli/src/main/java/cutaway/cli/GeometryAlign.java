package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.geometry.InterchangeSubspace;
import cutaway.interp.geometry.InterchangeSubspace.Case;
import cutaway.interp.geometry.InterchangeSubspace.Score;
import cutaway.interp.geometry.InterchangeSubspace.Trial;
import cutaway.interp.geometry.InterchangeSubspace.Where;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PairFile;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway geometry align`: the subspace through which one prompt's answer can be put into another.
@Command(
        name = "align",
        description = {
            "Trains the subspace of a site through which the contrast's answer can be put into the prompt's run, and"
                    + " the other way round (distributed alignment search, Geiger et al. 2023): the part of the vector"
                    + " that lies in it is exchanged, the rest stays.",
            "Told is on how many pairs that it was not trained on the exchanged answer becomes the likelier one,"
                + " beside a random subspace of the same rank, one that was trained on outcomes dealt at random, and"
                + " the whole vector."
        },
        footer = {
            "",
            "Example:",
            "  cutaway geometry align docs/examples/names.json --layer 20 --at last --rank 2 --steps 30",
            "",
            "PAIRS: as in cutaway sweep."
        },
        mixinStandardHelpOptions = true)
final class GeometryAlign implements Callable<Integer> {

    @Parameters(paramLabel = "PAIRS", description = "Pairs of prompts, or a template of them.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path pairs;

    @Option(
            names = "--layer",
            required = true,
            paramLabel = "N",
            description = "After whose block the residual stream is exchanged.")
    private int layer;

    @Option(
            names = "--at",
            paramLabel = "PLACE",
            defaultValue = "last",
            description = "difference (the first position at which the prompts differ) or last (default:"
                    + " ${DEFAULT-VALUE}).")
    private String place = "last";

    @Option(
            names = "--rank",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the subspace (default: ${DEFAULT-VALUE}).")
    private int rank;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "50",
            description = "Of training (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            description = "Runs of a step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--rate",
            paramLabel = "X",
            defaultValue = "0.01",
            description = "Learning rate of Adam (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            defaultValue = "0.5",
            description = "Share of the pairs, the last ones, that is not trained on (default: ${DEFAULT-VALUE}).")
    private double heldOut;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of every random draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where to write the directions (safetensors, [rank, dModel]).")
    private @Nullable Path out;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param trained cases, two of each pair
    /// @param out the file that was written; absent without one
    private record Found(
            String version,
            ModelFacts model,
            String pairs,
            Site site,
            Where at,
            InterchangeSubspace.Settings settings,
            int trained,
            int heldOut,
            Score found,
            Score random,
            Score dealt,
            Score whole,
            Score none,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String out) {}

    @Override
    public Integer call() {
        InterchangeSubspace.Settings settings =
                new InterchangeSubspace.Settings(rank, steps, batch, rate, heldOut, seed);
        Where at = Choice.of("--at", place, Where.values());
        List<PromptPair> texts = PairFile.read(pairs);
        if (out != null) {
            OutFile.check(out);
        }
        try (Model opened = weights.open(model.path(), console)) {
            int layers = opened.sizes().layers();
            if (layer < 0 || layer >= layers) {
                throw new BadInputException("--layer is " + layer + "; the model has 0 to " + (layers - 1) + ".");
            }
            Site site = new Site.Resid(layer, Site.Moment.POST);
            List<Case> cases = InterchangeSubspace.cases(Pair.read(opened, texts), at);
            Trial trial = InterchangeSubspace.train(
                    opened, site, cases, settings, done -> console.progress("training subspaces", done));
            if (out != null) {
                write(out, trial.subspace(), site);
            }
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    pairs.toString(),
                    site,
                    at,
                    settings,
                    trial.trained(),
                    trial.heldOut(),
                    trial.found(),
                    trial.random(),
                    trial.dealt(),
                    trial.whole(),
                    trial.none(),
                    out == null ? null : out.toString()));
        }
        return 0;
    }

    private static void write(Path file, InterchangeSubspace subspace, Site site) {
        Scope.free(() -> {
            double[] all = Arrays.stream(subspace.directions())
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            int count = subspace.directions().length;
            tensors.put("directions", Tensor.of(all, count, all.length / count));
            TensorFile.write(file, tensors, Map.of("site", site.text()));
            return null;
        });
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        console.line(
                "%s  %s at %s, rank %d, %d cases trained, %d held out, %s, cutaway %s",
                found.pairs,
                found.site.text(),
                found.at == Where.LAST ? "the last position" : "the first difference",
                rank,
                found.trained,
                found.heldOut,
                found.model.name(),
                found.version);
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("exchanged", false),
                new AlignedTable.Head("other answer likelier", true),
                new AlignedTable.Head("margin, nats", true));
        List<List<String>> rows = List.of(
                row("the trained subspace", found.found),
                row("a random one", found.random),
                row("trained on outcomes dealt at random", found.dealt),
                row("the whole vector", found.whole),
                row("nothing", found.none));
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        if (found.out != null) {
            console.line("wrote %s", found.out);
        }
    }

    private static List<String> row(String what, Score score) {
        return List.of(
                what,
                String.format(Locale.ROOT, "%.2f", score.accuracy()),
                String.format(Locale.ROOT, "%+.2f", score.margin()));
    }
}
