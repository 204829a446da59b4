package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Geometry;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.interp.codes.Capacity;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cutaway features geometry`: how a dictionary's directions share their space.
@Command(
        name = "geometry",
        description = {
            "Says how a dictionary's decoder rows share their space (Elhage et al. 2022): of each its norm, its"
                + " interference with all others, sum of (w_i . W_j)^2, and its dimensionality, |W_i|^2 over that sum"
                + " with its own: 1 for a row alone in its direction, 1/2 for one of two opposites, 2/5 for one of a"
                + " pentagon.",
            "Printed are quantiles over latents; --json has all of them. Beside them stands how many features so many"
                    + " dimensions can compute, an order of growth (Adler and Shavit 2024, arXiv:2409.15318)."
        },
        footer = {"", "Example:", "  cutaway features geometry dictionaries/smollm2-135m-instruct/resid-15"},
        mixinStandardHelpOptions = true)
final class FeaturesGeometry implements Callable<Integer> {

    private static final List<Double> QUANTILES = List.of(0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0);

    @Parameters(paramLabel = "DICTIONARY", description = "The dictionary's folder.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path folder;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param dimensions of the space
    /// @param dimensionsPerFeature dimensions over the sum of squared norms
    /// @param capacity how many features so many dimensions can compute, as an order of growth
    private record Found(
            String dictionary,
            int dimensions,
            double dimensionsPerFeature,
            Capacity capacity,
            double[] norms,
            double[] interference,
            double[] dimensionality) {}

    @Override
    public Integer call() {
        try (Dictionary dictionary = DictionaryFiles.openOne(folder)) {
            Geometry geometry = Geometry.of(dictionary.weights().decoder());
            Found found = new Found(
                    folder.toString(),
                    dictionary.dOut(),
                    geometry.dimensionsPerFeature(dictionary.dOut()),
                    Capacity.of(dictionary.dOut()),
                    geometry.norms(),
                    geometry.interference(),
                    geometry.dimensionality());
            if (console.isJson()) {
                console.json(found);
            } else {
                print(found);
            }
        }
        return 0;
    }

    private void print(Found found) {
        console.line(
                "%s  %,d directions in %,d dimensions, %.4f dimensions a feature",
                found.dictionary, found.norms.length, found.dimensions, found.dimensionsPerFeature);
        List<AlignedTable.Head> heads = QUANTILES.stream()
                .map(quantile -> new AlignedTable.Head(name(quantile), true))
                .collect(Collectors.toList());
        heads.addFirst(new AlignedTable.Head("", false));
        List<List<String>> rows = List.of(
                row("norm", found.norms),
                row("interference", found.interference),
                row("dimensionality", found.dimensionality));
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        console.line("capacity  %s", found.capacity.text());
    }

    private static String name(double quantile) {
        return quantile == 0 ? "least" : quantile == 1 ? "most" : String.format(Locale.ROOT, "%.0f %%", 100 * quantile);
    }

    private static List<String> row(String name, double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        List<String> cells = QUANTILES.stream()
                .map(quantile -> sorted[(int) Math.round(quantile * (sorted.length - 1))])
                .map(value -> String.format(Locale.ROOT, "%.4f", value))
                .collect(Collectors.toList());
        cells.addFirst(name);
        return cells;
    }
}
