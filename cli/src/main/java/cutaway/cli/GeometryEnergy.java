package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.lab.context.ContextGeometry;
import cutaway.lab.context.WordGraph;
import cutaway.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cutaway geometry energy`: whether a model's states become the graph that its context walks on.
@Command(
        name = "energy",
        description = {
            "Gives a model walks on a graph whose nodes are words, and measures by layer and length of context whether"
                    + " its states become that graph (Park et al. 2024): Dirichlet energy, the sum over edges of |x_i -"
                    + " x_j|^2 of the words' mean states, over what it is when the words change places. 1 is chance.",
            "A model that attends to the word before makes neighbours alike without a graph: \"no echo\" is the energy"
                    + " once that is taken out, as the same walks out of order tell it; \"shuffled\" is the energy in"
                    + " these."
        },
        footer = {
            "",
            "Example:",
            "  cutaway geometry energy --graph grid:3x3 --walks 2 --lengths 50,200,400",
            "",
            "p: the share of 1,000 permutations of the words whose energy is as low. Spearman: of steps on the graph"
                    + " with distances in the states' first two principal components. Angle: the smaller one between"
                    + " these and the two smoothest functions on the graph, degrees. Of 5 lengths and more, where the"
                    + " energy bends is said; --json has where the words stand in the components, by length."
        },
        mixinStandardHelpOptions = true)
final class GeometryEnergy implements Callable<Integer> {

    @Option(
            names = "--graph",
            paramLabel = "GRAPH",
            defaultValue = "grid:3x3",
            description = "grid:ROWSxCOLUMNS, ring:N, ring:N/STRIDE, or a file with two words a line, an edge each"
                    + " (default: ${DEFAULT-VALUE}).")
    private String graph = "grid:3x3";

    @Option(
            names = "--words",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "WORD",
            description = "Words of the nodes, in order, a token each (default: usual ones, drawn by --seed).")
    private List<String> words = new ArrayList<>();

    @Option(
            names = "--walks",
            paramLabel = "N",
            defaultValue = "4",
            description = "Contexts, at least 2; each is run twice, once out of order (default: ${DEFAULT-VALUE}).")
    private int walks;

    @Option(
            names = "--lengths",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            defaultValue = "50,100,200,400",
            description = "Words of context at which is measured, ascending (default: ${DEFAULT-VALUE}).")
    private List<Integer> lengths = new ArrayList<>();

    @Option(
            names = "--layers",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            description = "Layers whose residual stream is read, after the block (default: every third).")
    private List<Integer> layers = new ArrayList<>();

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "100",
            description = "Words at the end of a context whose states are averaged (default: ${DEFAULT-VALUE}).")
    private int window;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of words and walks (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What the model says of a length.
    ///
    /// @param neighbours probability of all neighbours of the word that is read, together
    /// @param shuffled the same in walks out of order
    private record Mass(int length, double neighbours, double shuffled) {}

    /// What `--json` prints.
    ///
    /// @param bends of the layers' energies; none of fewer than 5 lengths
    /// @param pictures where words stand, by layer and length
    private record Found(
            String version,
            ModelFacts model,
            String graph,
            List<String> words,
            ContextGeometry.Settings settings,
            List<Mass> mass,
            List<ContextGeometry.Row> rows,
            List<ContextGeometry.Bend> bends,
            List<ContextGeometry.Picture> pictures) {}

    @Override
    public Integer call() {
        try (Model opened = weights.open(model.path(), console)) {
            WordGraph of = WordGraph.parse(graph, words, opened.tokenizer(), seed);
            List<Integer> read = layers.isEmpty() ? everyThird(opened.sizes().layers()) : layers;
            ContextGeometry.Settings settings = new ContextGeometry.Settings(walks, lengths, read, window, 1, seed);
            ContextGeometry found =
                    ContextGeometry.of(opened, of, settings, done -> console.progress("running walks", done));
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    of.name(),
                    of.words(),
                    settings,
                    lengths.stream()
                            .map(length -> new Mass(length, found.neighbourMass(length), found.shuffledMass(length)))
                            .toList(),
                    found.rows(ContextGeometry.Half.BOTH),
                    read.stream()
                            .flatMap(layer -> found.bend(layer, ContextGeometry.Half.BOTH).stream())
                            .toList(),
                    read.stream()
                            .flatMap(layer -> found.pictures(layer, ContextGeometry.Half.BOTH).stream())
                            .toList()));
        }
        return 0;
    }

    private static List<Integer> everyThird(int layers) {
        return IntStream.range(0, layers)
                .filter(layer -> (layers - 1 - layer) % 3 == 0)
                .boxed()
                .toList();
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        console.line(
                "%s  %s, %d walks, windows of %d words, %s, cutaway %s",
                found.graph,
                String.join(" ", found.words),
                found.settings.walks(),
                found.settings.window(),
                found.model.name(),
                found.version);
        found.mass.forEach(mass -> console.line(
                "%,d words: neighbours have %.3f of the probability of the next word (out of order %.3f)",
                mass.length, mass.neighbours, mass.shuffled));
        List<AlignedTable.Head> heads =
                List.of("layer", "words", "energy", "p", "no echo", "shuffled", "Spearman", "angle").stream()
                        .map(name -> new AlignedTable.Head(name, true))
                        .toList();
        List<List<String>> rows = found.rows.stream()
                .map(row -> List.of(
                        Integer.toString(row.layer()),
                        Integer.toString(row.length()),
                        number(row.energy()),
                        number(row.chance()),
                        number(row.withoutEcho()),
                        number(row.shuffled()),
                        number(row.spearman()),
                        Double.isNaN(row.angle()) ? "-" : String.format(Locale.ROOT, "%.0f", row.angle())))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        found.bends.forEach(bend -> console.line(
                "layer %d: energy bends at %,.0f words, from %+.3f to %+.3f for a doubling; the bend spares %.2f of a"
                        + " straight line's squared error",
                bend.layer(), bend.words(), bend.before() * Math.log(2), bend.after() * Math.log(2), bend.gain()));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }
}
