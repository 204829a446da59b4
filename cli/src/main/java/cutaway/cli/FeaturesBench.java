package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.judge.Bench;
import cutaway.features.judge.Collages;
import cutaway.features.judge.Identifiability;
import cutaway.features.judge.Labelled;
import cutaway.features.judge.LabelledTexts;
import cutaway.features.judge.Pairing;
import cutaway.features.judge.Twins;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.HeldOut;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.site.Site;
import cutaway.model.Model;
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
import java.util.stream.Stream;
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
            "With --labelled, also whether one latent tells each label (soft identifiability): texts of several labels"
                + " are put together to collages, and the latent and threshold that best tell on half of them whether"
                + " a label is there are scored on the other half.",
            "Give several trainings of each kind: what one training finds and another does not is no property of the"
                    + " model. Trainings that began at the same directions agree for that alone."
        },
        footer = {
            "",
            "Example:",
            "  cutaway train dictionary --activations acts --site resid_post[15] --seeds 2 --out many",
            "  cutaway features bench many/width-4096-k-32-seed-0 many/width-4096-k-32-seed-1 --activations acts",
            "  cutaway features bench many/width-4096-k-32-seed-0 --activations acts --labelled"
                    + " docs/examples/topics.jsonl"
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

    @Option(
            names = "--labelled",
            paramLabel = "FILE",
            description =
                    "JSON lines such as {\"text\": \"...\", \"label\": \"...\"}, as cutaway features probe takes them:"
                            + " what collages are made of.")
    private @Nullable Path labelled;

    @Option(
            names = "--collages",
            paramLabel = "N",
            defaultValue = "200",
            description = "Collages of one to three labels, half of them to choose latents on (default:"
                    + " ${DEFAULT-VALUE}).")
    private int collages;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the collages (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param collages empty where no labelled texts are given
    /// @param stability of each dictionary with each, 1 on the diagonal
    private record Found(
            String version,
            String store,
            String site,
            int tokens,
            Optional<Collaged> collages,
            List<Line> dictionaries,
            double[][] stability) {}

    /// What latents are to identify.
    ///
    /// @param objects the labels
    private record Collaged(String labelled, int collages, long seed, ModelFacts model, List<String> objects) {}

    /// Of one dictionary.
    ///
    /// @param active share of latents that any token has
    /// @param outOfData mean of 1 less the largest cosine of a direction with a token
    /// @param plausibility mean over classes; empty where none are given
    /// @param identifiability of the labels; empty where none are given
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
            Optional<Identifiability.Found> identifiability,
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
            Optional<Tensor> classifier = Optional.ofNullable(classes).map(FeaturesBench::read);
            Optional<Identified> identified = Optional.ofNullable(labelled).map(file -> identified(file, opened));
            try (HeldOut held = HeldOut.of(store, List.of(of), List.of(of), tokens)) {
                Found found = found(of, opened, held.test().x(), classifier, identified);
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

    /// What labels are told by which latents.
    ///
    /// @param each dictionary's, in order
    private record Identified(Collaged collaged, List<Identifiability.Found> each) {}

    private Identified identified(Path file, List<Dictionary> opened) {
        Collages made = Collages.of(LabelledTexts.read(file, LabelledTexts.Fields.USUAL), collages, seed);
        try (Model of = weights.open(model.path(), console);
                Labelled read = made.read(of, opened.getFirst(), console::step)) {
            console.stepsDone();
            return new Identified(
                    new Collaged(file.toString(), collages, seed, model.facts(of, weights), made.objects()),
                    opened.stream()
                            .map(dictionary -> made.identified(dictionary, read, seed))
                            .toList());
        }
    }

    private Found found(
            Site of, List<Dictionary> opened, Tensor x, Optional<Tensor> classifier, Optional<Identified> identified) {
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
                            classifier.map(given -> Bench.plausibility(dictionary, given)),
                            identified.map(all -> all.each.get(i)),
                            count == 1 ? Optional.empty() : Optional.of(others),
                            latents(partners.get(i)));
                })
                .toList();
        return new Found(
                Cutaway.Version.number(),
                activations.toString(),
                of.text(),
                Math.toIntExact(x.dim(0)),
                identified.map(Identified::collaged),
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
                new AlignedTable.Head("identifies", true),
                new AlignedTable.Head("shuffled", true),
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
                        line.identifiability.map(it -> number(it.accuracy())).orElse("-"),
                        line.identifiability.map(it -> number(it.shuffled())).orElse("-"),
                        line.stability.map(FeaturesBench::number).orElse("-")))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        found.collages.ifPresent(collaged -> printObjects(collaged, found.dictionaries));
    }

    private void printObjects(Collaged collaged, List<Line> dictionaries) {
        console.line(
                "%nthe latent that best tells each label of %d collages of %s; chance is 0.500",
                collaged.collages, collaged.labelled);
        List<AlignedTable.Head> heads = new ArrayList<>(List.of(new AlignedTable.Head("", false)));
        collaged.objects.forEach(object -> heads.add(new AlignedTable.Head(object, true)));
        List<List<String>> rows = dictionaries.stream()
                .map(line -> Stream.concat(
                                Stream.of(line.dictionary),
                                line.identifiability.stream()
                                        .flatMap(it -> it.objects().stream()
                                                .map(one -> one.latent() + " (" + number(one.accuracy()) + ")")))
                        .toList())
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
