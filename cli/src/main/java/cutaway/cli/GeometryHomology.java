package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.geometry.Homology;
import cutaway.interp.geometry.LabelSplit;
import cutaway.interp.geometry.LabelledPrompts;
import cutaway.interp.geometry.PrincipalComponents;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway geometry homology`: loops that activations make.
@Command(
        name = "homology",
        description = {
            "Looks for loops in what a model holds at the last token of prompts (persistent homology of the"
                + " Vietoris-Rips complex): the distance at which a loop opens and the one at which it is filled. The"
                + " points are the mean activation of each label, on a few principal components.",
            "Any cloud has short loops: the longest is held against those of clouds whose components are shuffled."
        },
        footer = {
            "",
            "Example:",
            "  cutaway geometry homology docs/examples/numbers.jsonl --sites resid_post[5] --components 4"
        },
        mixinStandardHelpOptions = true)
final class GeometryHomology implements Callable<Integer> {

    private static final int SHOWN = 3;

    @Parameters(paramLabel = "PROMPTS", description = "JSON lines with a text and a label, a number.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path prompts;

    @Option(
            names = "--sites",
            preprocessor = CommaList.class,
            paramLabel = "SITES",
            defaultValue = "resid_post[5]",
            description = "Whose vectors are the points, joined by commas (default: ${DEFAULT-VALUE}).")
    private String sites = "resid_post[5]";

    @Option(
            names = "--components",
            paramLabel = "N",
            defaultValue = "4",
            description = "Principal components that are kept (default: ${DEFAULT-VALUE}).")
    private int components;

    @Option(
            names = "--points",
            paramLabel = "N",
            defaultValue = "100",
            description = "Where there are more, as many landmarks far from one another are taken (default:"
                    + " ${DEFAULT-VALUE}).")
    private int most;

    @Option(
            names = "--shuffles",
            paramLabel = "N",
            defaultValue = "19",
            description = "Clouds to hold the longest loop against (default: ${DEFAULT-VALUE}).")
    private int shuffles;

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

    /// @param loops longest lived first
    /// @param parts when parts of the cloud joined, ascending
    private record AtSite(
            Site site, int points, Homology.Against against, List<Homology.Loop> loops, List<Double> parts) {}

    /// What `--json` prints.
    private record Found(
            String version,
            ModelFacts model,
            String prompts,
            int components,
            int shuffles,
            long seed,
            List<AtSite> sites) {}

    @Override
    public Integer call() {
        if (components < 1 || shuffles < 1 || most < 3 || most > Homology.MOST) {
            throw new BadInputException(components + " components, " + shuffles + " shuffles and " + most
                    + " points; expected at least 1 component and 1 shuffle, and 3 to " + Homology.MOST + " points.");
        }
        LabelledPrompts read = LabelledPrompts.read(prompts);
        try (Model opened = weights.open(model.path(), console);
                Scope _ = Scope.open()) {
            List<Site> where = Harvesting.sites("--sites", List.of(sites.split(",", -1)), opened.sizes());
            List<Tensor> all = read.activations(opened, where, done -> console.progress("running prompts", done));
            List<AtSite> found = new ArrayList<>();
            for (int i = 0; i < where.size(); i++) {
                found.add(atSite(where.get(i), all.get(i), read.labels()));
            }
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    prompts.toString(),
                    components,
                    shuffles,
                    seed,
                    found));
        }
        return 0;
    }

    private AtSite atSite(Site site, Tensor activations, double[] labels) {
        return Scope.free(() -> {
            Tensor means = means(activations, labels);
            Tensor codes = PrincipalComponents.of(means, components).codes(means);
            Tensor points = codes.dim(0) > most ? LabelSplit.rows(codes, Homology.landmarks(codes, most, seed)) : codes;
            Homology found = Homology.of(points);
            return new AtSite(
                    site,
                    Math.toIntExact(points.dim(0)),
                    Homology.against(points, shuffles, seed),
                    found.loops(),
                    found.parts());
        });
    }

    /// The mean activation of each label, `[label, d]`.
    private static Tensor means(Tensor activations, double[] labels) {
        List<Tensor> means = Arrays.stream(labels)
                .distinct()
                .sorted()
                .mapToObj(label -> LabelSplit.rows(
                                activations,
                                IntStream.range(0, labels.length)
                                        .filter(row -> labels[row] == label)
                                        .toArray())
                        .mean(0, false))
                .toList();
        return Tensor.stack(means, 0);
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        console.line(
                "%s  %d components, %s, cutaway %s",
                found.prompts, found.components, found.model.name(), found.version);
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("site", false),
                new AlignedTable.Head("points", true),
                new AlignedTable.Head("longest loop / width", true),
                new AlignedTable.Head("shuffled", true),
                new AlignedTable.Head("p", true),
                new AlignedTable.Head("loops, from - to", false));
        List<List<String>> rows = found.sites.stream()
                .map(at -> List.of(
                        at.site.text(),
                        Integer.toString(at.points),
                        number(at.against.longest()),
                        number(at.against.shuffled()),
                        number(at.against.p()),
                        at.loops.stream()
                                .limit(SHOWN)
                                .map(loop -> String.format(Locale.ROOT, "%.3g - %.3g", loop.birth(), loop.death()))
                                .collect(Collectors.joining(", "))))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
