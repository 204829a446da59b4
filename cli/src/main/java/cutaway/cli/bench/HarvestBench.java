package cutaway.cli.bench;

import cutaway.features.store.ActivationStore;
import cutaway.features.store.Order;
import cutaway.features.store.StoreFacts.ModelFacts;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.TemporaryFolder;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Shuffled activations of three sites in Cutaway and in SAELens' store, from the same weights and contexts, by turns,
/// each in a process of its own. Times count only where both gave vectors that the sites have.
public final class HarvestBench {

    /// What is harvested, as `settings.json` tells both sides.
    ///
    /// @param layers after whose blocks the residual stream is kept
    /// @param warm_up tokens before those that are timed, which warm both up and fill the rival's buffer
    /// @param batch vectors that are given together
    /// @param compared vectors that are compared
    /// @param rows where the rival writes these
    record Settings(List<Integer> layers, int tokens, int warm_up, int batch, int compared, String rows) {

        static final Settings USUAL = new Settings(List.of(7, 15, 22), 16_384, 8192, 4096, 256, THEIRS);

        List<Site> sites() {
            return layers.stream()
                    .map(layer -> (Site) new Site.Resid(layer, Site.Moment.POST))
                    .toList();
        }
    }

    private static final int REPEATS = 3;
    private static final double WANTED = 1.2;

    /// Vectors that are looked at closely for each.
    private static final int NEAR = 8;

    /// Of a vector: what other orders of float32 sums make of it over two dozen blocks.
    private static final double TOLERANCE = 1e-3;

    static final String OURS = "vectors-cutaway.safetensors";
    private static final String THEIRS = "vectors-rival.safetensors";
    private static final String REFERENCE = "reference";

    private final Path home;
    private final Path model;
    private final Path folder;
    private final Consumer<String> progress;

    /// @param home the project's folder
    /// @param model that is harvested
    /// @param folder to keep text and vectors in
    public HarvestBench(Path home, Path model, Path folder, Consumer<String> progress) {
        this.home = home;
        this.model = BenchModel.folder(model, progress);
        this.folder = folder;
        this.progress = progress;
    }

    public StoreRow run() {
        prepare(home, model, folder, Settings.USUAL, progress);
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        String form = "fastest";
        double gap = 0;
        for (int i = 0; i < REPEATS; i++) {
            progress.accept("harvest beside SAELens, " + (i + 1) + " of " + REPEATS);
            JsonNode their = new Rivals(home)
                    .json(List.of(
                            home.resolve("scripts/bench/dictionary_rivals").toString(),
                            "harvest",
                            folder.toString(),
                            "--model",
                            model.toString(),
                            "--form",
                            form));
            form = their.path("form").asString();
            theirs.add(their.path("seconds").asDouble());
            ours.add(new Rivals(home)
                    .cutaway("--storing", "HARVEST", "--model", model.toString(), "--in", folder.toString())
                    .path("seconds")
                    .asDouble());
            gap = Math.max(gap, Math.max(gap(folder, OURS), gap(folder, THEIRS)));
        }
        return new StoreRow(
                "harvest",
                "%,d tokens, resid_post of layers %s".formatted(Settings.USUAL.tokens, Settings.USUAL.layers),
                "SAELens",
                WANTED,
                Settings.USUAL.tokens,
                Measurements.median(ours.stream().mapToDouble(x -> x).toArray()),
                Measurements.median(theirs.stream().mapToDouble(x -> x).toArray()),
                form,
                gap,
                TOLERANCE);
    }

    /// Text, contexts, and the vectors of each context, which what is measured must be among.
    static void prepare(Path home, Path model, Path folder, Settings settings, Consumer<String> progress) {
        BenchText text = BenchText.of(home, folder);
        if (Files.exists(folder.resolve("settings.json"))) {
            return;
        }
        progress.accept("contexts for a harvest");
        int tokens = settings.warm_up + settings.tokens;
        try (Model opened = Model.open(model)) {
            text.writeContexts(opened.tokenizer(), tokens, folder.resolve("contexts.safetensors"));
            text.harvest(
                    opened,
                    BenchText.facts(opened),
                    settings.sites(),
                    tokens,
                    Order.DOCUMENT,
                    folder.resolve(REFERENCE));
            Files.writeString(
                    folder.resolve("settings.json"), JsonMapper.shared().writeValueAsString(settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What Cutaway measures of itself.
    public record Measured(double seconds) {}

    /// A harvest onto the disk and all of it read back in batches, in this process.
    ///
    /// @param folder what was prepared
    public static Measured measure(Path model, Path folder) {
        BenchText text = new BenchText(folder.resolve("text.txt"));
        Settings settings = JsonMapper.shared().readValue(folder.resolve("settings.json"), Settings.class);
        List<Site> sites = settings.sites();
        int size = settings.tokens;
        try (Model opened = Model.open(model);
                TemporaryFolder scratch = TemporaryFolder.in(folder);
                Scope _ = Scope.open()) {
            ModelFacts facts = BenchText.facts(opened);
            text.harvest(opened, facts, sites, settings.warm_up, Order.SHUFFLED, scratch.file("warm-up"));
            List<Tensor> batches = new ArrayList<>();
            long begin = System.nanoTime();
            text.harvest(opened, facts, sites, size, Order.SHUFFLED, scratch.file("store"));
            try (ActivationStore store = ActivationStore.open(scratch.file("store"))) {
                for (int step = 0; step < size / settings.batch; step++) {
                    batches.add(store.batch(sites, settings.batch, step).joined());
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            long[] some = LongStream.range(0, settings.compared)
                    .map(i -> i * size / settings.compared)
                    .toArray();
            LinkedHashMap<String, Tensor> named = new LinkedHashMap<>();
            named.put("vectors", Tensor.cat(batches, 0).gatherRows(0, Tensor.of(some, some.length)));
            TensorFile.write(folder.resolve(OURS), named, Map.of());
            return new Measured(seconds);
        }
    }

    /// How far the vectors of a file are from those of the text.
    static double gap(Path folder, String file) {
        try (SafetensorsFile opened = SafetensorsFile.open(folder.resolve(file));
                ActivationStore store = ActivationStore.open(folder.resolve(REFERENCE));
                Scope _ = Scope.open()) {
            List<Tensor> contexts = new ArrayList<>();
            store.sequences().forEach(context -> contexts.add(context.joined()));
            Tensor reference = Tensor.cat(contexts, 0); // [token, site * d]
            return gap(
                    TensorFile.read(opened, "vectors"),
                    reference,
                    store.width(store.sites().getFirst()));
        }
    }

    /// How far vectors are from those of a reference that they are nearest to, as shares of these: the largest at any
    /// site. Infinite where they are not of as many tokens, but for a tenth: a store that repeats itself is none.
    ///
    /// @param vectors of all sites one after another, `[n, site * d]`
    /// @param reference the same of all tokens, `[token, site * d]`
    static double gap(Tensor vectors, Tensor reference, int d) {
        try (Scope _ = Scope.open()) {
            int near = (int) Math.min(NEAR, reference.dim(0));
            Tensor squares = vectors.matmul(reference.transpose(0, 1))
                    .times(-2)
                    .plus(reference.square().sum(1, false)); // [n, token]
            long[] nearest = squares.negate().top(near).indices().toLongs();
            float[] those =
                    reference.gatherRows(0, Tensor.of(nearest, nearest.length)).toFloats();
            float[] these = vectors.toFloats();
            int n = (int) vectors.dim(0);
            int width = (int) vectors.dim(1);
            Set<Long> tokens = new HashSet<>();
            double worst = 0;
            for (int i = 0; i < n; i++) {
                double best = Double.POSITIVE_INFINITY;
                long token = -1;
                for (int j = i * near; j < (i + 1) * near; j++) {
                    double distance = distance(these, i * width, those, j * width, width, d);
                    if (distance < best) {
                        best = distance;
                        token = nearest[j];
                    }
                }
                tokens.add(token);
                worst = Math.max(worst, best);
            }
            return tokens.size() < 0.9 * n ? Double.POSITIVE_INFINITY : worst;
        }
    }

    private static double distance(float[] a, int atA, float[] b, int atB, int width, int d) {
        double worst = 0;
        for (int site = 0; site < width; site += d) {
            double difference = 0;
            double size = 0;
            for (int i = site; i < site + d; i++) {
                double x = b[atB + i];
                difference += (a[atA + i] - x) * (a[atA + i] - x);
                size += x * x;
            }
            worst = Math.max(worst, Math.sqrt(difference / size));
        }
        return worst;
    }
}
