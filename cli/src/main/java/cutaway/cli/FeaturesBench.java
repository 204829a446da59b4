package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.judge.Bench;
import cutaway.features.judge.Pairing;
import cutaway.features.judge.Twins;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.HeldOut;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features bench`: dictionaries of one site beside each other.
@Command(
        name = "bench",
        description = {
            "Compares dictionaries of one site (Fel et al. 2025): what each explains, how far its directions are from"
                + " any data, how near to a classifier's weights, and how far the dictionaries agree: the mean cosine"
                + " of their directions, paired so that it is largest.",
            "Give several trainings of each kind: what one training finds and another does not is no property of the"
                    + " model. Trainings that began at the same directions agree for that alone."
        },
        footer = {
            "",
            "Example:",
            "  cutaway train dictionary --activations acts --site resid_post[15] --seeds 2 --out many",
            "  cutaway features bench many/width-4096-k-32-seed-0 many/width-4096-k-32-seed-1 --activations acts"
        },
        mixinStandardHelpOptions = true)
final class FeaturesBench implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "DICTIONARY", description = "Dictionaries' folders, of one site.")
    private List<Path> folders = List.of();

    @Option(
            names = "--activations",
            required = true,
            paramLabel = "STORE",
            description = "What cutaway harvest has written of that site.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path activations;

    @Option(names = "--site", paramLabel = "SITE", description = "Whose activations (default: the store's first).")
    private @Nullable String site;

    @Option(
            names = "--classes",
            paramLabel = "FILE:TENSOR",
            description = "A classifier's weights, [class, d], in a safetensors file, such as head.safetensors:weight.")
    private @Nullable String classes;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Tokens to compare on, at most (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param stability of each dictionary with each, 1 on the diagonal
    private record Found(
            String version, String store, String site, int tokens, List<Line> dictionaries, double[][] stability) {}

    /// Of one dictionary.
    ///
    /// @param active share of latents that any token has
    /// @param outOfData mean of 1 less the largest cosine of a direction with a token
    /// @param plausibility mean over classes; empty where none are given
    /// @param stability mean with the others; empty for one alone
    /// @param latents of each latent its mean cosine with its partners in the others; null of one that has none
    ///     because all others are narrower; empty for one alone
    private record Line(
            String dictionary,
            int width,
            double r2,
            double l0,
            double active,
            double outOfData,
            Optional<Double> plausibility,
            Optional<Double> stability,
            List<@Nullable Double> latents) {}

    @Override
    public Integer call() {
        if (tokens < 2) {
            throw new BadInputException("--tokens " + tokens + "; expected at least 2.");
        }
        List<Dictionary> opened = new ArrayList<>();
        try (ActivationStore store = ActivationStore.open(activations);
                Scope _ = Scope.open()) {
            Site of = site == null
                    ? store.sites().getFirst()
                    : TrainingData.of(store, List.of(site)).getFirst();
            for (Path folder : folders) {
                opened.add(DictionaryFiles.openOne(folder));
                check(folder, opened.getLast(), of, store.width(of));
            }
            Optional<Tensor> weights = Optional.ofNullable(classes).map(FeaturesBench::read);
            try (HeldOut held = HeldOut.of(store, List.of(of), List.of(of), tokens)) {
                Found found = found(of, opened, held.test().x(), weights);
                if (console.isJson()) {
                    console.json(found);
                } else {
                    print(found);
                }
            }
        } finally {
            opened.forEach(Dictionary::close);
        }
        return 0;
    }

    private static void check(Path folder, Dictionary dictionary, Site site, int width) {
        List<Site> own = dictionary.origin().inputs();
        if (dictionary.dIn() != width || dictionary.dOut() != width || (!own.isEmpty() && !own.equals(List.of(site)))) {
            throw new BadInputException("the dictionary " + folder + " reads "
                    + (own.isEmpty()
                            ? dictionary.dIn() + " numbers"
                            : own.getFirst().text()) + " and writes "
                    + dictionary.dOut() + " numbers; expected an autoencoder of " + site.text() + " (" + width
                    + "), or its own --site.");
        }
    }

    private static Tensor read(String given) {
        int colon = given.lastIndexOf(':');
        if (colon < 1) {
            throw new BadInputException("--classes " + given + " names no tensor; give FILE:TENSOR.");
        }
        String name = given.substring(colon + 1);
        try (SafetensorsFile file = SafetensorsFile.open(Path.of(given.substring(0, colon)))) {
            if (!file.names().contains(name)) {
                throw new BadInputException(given.substring(0, colon) + " has no tensor " + name + "; it has "
                        + String.join(", ", file.names()) + ".");
            }
            Map<String, Tensor> all = TensorFile.readAll(file);
            return java.util.Objects.requireNonNull(all.get(name));
        }
    }

    private Found found(Site of, List<Dictionary> opened, Tensor x, Optional<Tensor> weights) {
        int count = opened.size();
        double[][] stability = new double[count][count];
        List<List<double[]>> partners = IntStream.range(0, count)
                .<List<double[]>>mapToObj(_ -> new ArrayList<>())
                .toList();
        for (int i = 0; i < count; i++) {
            stability[i][i] = 1;
            for (int j = 0; j < i; j++) {
                console.progress("pairing directions", (double) (i * (i - 1) / 2 + j) / count / count);
                Pairing pairing = Pairing.of(
                        opened.get(i).weights().decoder(),
                        opened.get(j).weights().decoder());
                partners.get(i).add(pairing.first());
                partners.get(j).add(pairing.second());
                stability[i][j] = pairing.mean();
                stability[j][i] = stability[i][j];
            }
        }
        List<Line> lines = IntStream.range(0, count)
                .mapToObj(i -> {
                    Dictionary dictionary = opened.get(i);
                    Bench.Fit fit = Bench.fit(dictionary, x);
                    double others = 0;
                    for (int j = 0; j < count; j++) {
                        others += j == i ? 0 : stability[i][j] / (count - 1);
                    }
                    return new Line(
                            folders.get(i).toString(),
                            dictionary.width(),
                            fit.r2(),
                            fit.l0(),
                            fit.active(),
                            Bench.outOfData(dictionary, x),
                            weights.map(given -> Bench.plausibility(dictionary, given)),
                            count == 1 ? Optional.empty() : Optional.of(others),
                            latents(partners.get(i)));
                })
                .toList();
        return new Found(
                Cutaway.Version.number(),
                activations.toString(),
                of.text(),
                Math.toIntExact(x.dim(0)),
                lines,
                stability);
    }

    private static List<@Nullable Double> latents(List<double[]> partners) {
        List<@Nullable Double> latents = new ArrayList<>();
        for (double mean : Twins.perLatent(partners)) {
            latents.add(Double.isNaN(mean) ? null : mean);
        }
        return latents;
    }

    private void print(Found found) {
        console.line("%s of %s, %d tokens", found.site, found.store, found.tokens);
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("", false),
                new AlignedTable.Head("latents", true),
                new AlignedTable.Head("R2", true),
                new AlignedTable.Head("L0", true),
                new AlignedTable.Head("active", true),
                new AlignedTable.Head("from data", true),
                new AlignedTable.Head("plausible", true),
                new AlignedTable.Head("stability", true));
        List<List<String>> rows = found.dictionaries.stream()
                .map(line -> List.of(
                        line.dictionary,
                        Integer.toString(line.width),
                        number(line.r2),
                        String.format(Locale.ROOT, "%.1f", line.l0),
                        number(line.active),
                        number(line.outOfData),
                        line.plausibility.map(FeaturesBench::number).orElse("-"),
                        line.stability.map(FeaturesBench::number).orElse("-")))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
