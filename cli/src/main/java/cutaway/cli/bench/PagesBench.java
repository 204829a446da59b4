package cutaway.cli.bench;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.Numbers;
import cutaway.features.pages.FeaturePage;
import cutaway.features.pages.FeaturePages;
import cutaway.features.pages.PageSettings;
import cutaway.features.pages.Pages;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Order;
import cutaway.features.store.StoreFacts.ModelFacts;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.TemporaryFolder;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Pages of all features of a dictionary in Cutaway and in SAEDashboard, from the same weights and contexts,
/// by turns, each in a process of its own. Times count only where both have features fire as often and as much.
public final class PagesBench {

    private static final Site SITE = new Site.Resid(15, Site.Moment.POST);
    private static final int K = 32;
    private static final double WANTED = 5;

    /// Pages of SAEDashboard's usual layout: 20 top examples and 5 of each of 10 bands, 5 tokens before and after,
    /// histograms of 50 bins, 10 tokens raised and lowered.
    private static final PageSettings SETTINGS =
            new PageSettings(20, 10, 5, 5, 5, 50, 10, 10, 0, PageSettings.Dose.NONE);

    /// Of a maximum: what other orders of float32 sums make of it.
    private static final double SAME = 1e-3;

    /// Of features and of firings: near the last place among the k, rounding decides.
    private static final double TOLERANCE = 2e-3;

    private static final int PAGES_AT_ONCE = 256;

    /// How much is measured.
    ///
    /// @param tokens a multiple of [BenchText#CONTEXT]
    public record Size(int features, int tokens, int repeats) {
        /// Some minutes.
        public static final Size USUAL = new Size(1024, 16_384, 3);

        /// Six minutes, nearly all of them the rival's.
        public static final Size WHOLE = new Size(4096, 100_096, 1);
    }

    private final Path home;
    private final Path model;
    private final Path folder;
    private final Size size;
    private final Consumer<String> progress;

    /// @param home the project's folder
    /// @param model whose activations the dictionary reads
    /// @param folder to keep text and dictionary in
    public PagesBench(Path home, Path model, Path folder, Size size, Consumer<String> progress) {
        this.home = home;
        this.model = BenchModel.folder(model, progress);
        this.folder = folder.resolve(size.features + "-" + size.tokens);
        this.size = size;
        this.progress = progress;
    }

    public StoreRow run() {
        prepare();
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        double gap = 0;
        for (int i = 0; i < size.repeats; i++) {
            progress.accept("pages beside SAEDashboard, " + (i + 1) + " of " + size.repeats);
            JsonNode their = new Rivals(home)
                    .json(List.of(
                            home.resolve("scripts/bench/dictionary_rivals").toString(),
                            "pages",
                            folder.toString(),
                            "--model",
                            model.toString()));
            JsonNode our = new Rivals(home)
                    .cutaway("--storing", "PAGES", "--model", model.toString(), "--in", folder.toString());
            theirs.add(their.path("seconds").asDouble());
            ours.add(our.path("seconds").asDouble());
            gap = Math.max(gap, gap(our, their));
        }
        return new StoreRow(
                "pages",
                "%,d features, %,d tokens".formatted(size.features, size.tokens),
                "SAEDashboard",
                WANTED,
                size.tokens,
                Measurements.median(ours.stream().mapToDouble(x -> x).toArray()),
                Measurements.median(theirs.stream().mapToDouble(x -> x).toArray()),
                "SaeVisRunner with its cache",
                gap,
                TOLERANCE);
    }

    /// How far two are apart: the larger share of features whose maxima differ, and of firings that one has and the
    /// other has not.
    ///
    /// @param ours `fired` and `max` of each feature
    static double gap(JsonNode ours, JsonNode theirs) {
        int features = ours.path("fired").size();
        if (features == 0
                || theirs.path("fired").size() != features
                || theirs.path("max").size() != features) {
            return Double.POSITIVE_INFINITY;
        }
        int other = 0;
        long apart = 0;
        long all = 0;
        for (int i = 0; i < features; i++) {
            double max = ours.path("max").get(i).asDouble();
            other += Math.abs(max - theirs.path("max").get(i).asDouble()) <= SAME * max ? 0 : 1;
            long fired = ours.path("fired").get(i).asLong();
            apart += Math.abs(fired - theirs.path("fired").get(i).asLong());
            all += fired;
        }
        return all == 0 ? Double.POSITIVE_INFINITY : Math.max(other / (double) features, apart / (double) all);
    }

    void prepare() {
        BenchText text = BenchText.of(home, folder);
        if (Files.exists(folder.resolve("settings.json"))) {
            return;
        }
        progress.accept("a dictionary for pages");
        try (Model opened = Model.open(model);
                TemporaryFolder scratch = TemporaryFolder.in(folder)) {
            text.writeContexts(opened.tokenizer(), size.tokens, folder.resolve("contexts.safetensors"));
            int some = Math.min(size.tokens, 4 * size.features);
            ModelFacts facts = BenchText.facts(opened);
            text.harvest(opened, facts, List.of(SITE), some, Order.SHUFFLED, scratch.file("some"));
            try (ActivationStore store = ActivationStore.open(scratch.file("some"));
                    Dictionary dictionary = ofExamples(store, some)) {
                DictionaryFiles.write(dictionary, Format.SAELENS, Numbers.FULL, folder.resolve("dictionary"));
            }
            Files.writeString(
                    folder.resolve("settings.json"),
                    JsonMapper.shared().writeValueAsString(Map.of("tokens", size.tokens)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A TopK dictionary whose directions are activations without their mean: features that fire about as those of a
    /// trained one, at no cost.
    private Dictionary ofExamples(ActivationStore store, int some) {
        try (Scope _ = Scope.open()) {
            Tensor x = store.batch(List.of(SITE), some, 0).joined();
            Tensor mean = x.mean(0, false);
            Tensor centred = x.slice(0, 0, size.features).minus(mean);
            Tensor rows = centred.over(centred.square().sum(1, true).sqrt());
            return new Dictionary(
                    new Dictionary.Weights(rows.copy(), Tensor.zeros(size.features), rows, mean, Optional.empty()),
                    new Activation.TopK(K, true),
                    true,
                    Scaling.NONE,
                    new Origin("bench", List.of(SITE), List.of(SITE), Map.of()));
        }
    }

    /// What Cutaway measures of itself.
    ///
    /// @param fired tokens on which each feature does
    /// @param max of each, 0 where it never fires
    public record Measured(double seconds, List<Integer> fired, List<Double> max) {}

    /// A harvest and the pages of it, in this process.
    ///
    /// @param folder what was prepared
    public static Measured measure(Path model, Path folder, String version) {
        BenchText text = new BenchText(folder.resolve("text.txt"));
        try (Model opened = Model.open(model);
                Dictionary dictionary = DictionaryFiles.openOne(folder.resolve("dictionary"));
                TemporaryFolder scratch = TemporaryFolder.in(folder)) {
            ModelFacts facts = BenchText.facts(opened);
            int tokens = JsonMapper.shared()
                    .readTree(folder.resolve("settings.json"))
                    .path("tokens")
                    .asInt();
            long begin = System.nanoTime();
            text.harvest(opened, facts, List.of(SITE), tokens, Order.DOCUMENT, scratch.file("store"));
            try (ActivationStore store = ActivationStore.open(scratch.file("store"))) {
                var _ = Pages.make(
                        dictionary,
                        new Pages.Label("bench", "bench", version),
                        store,
                        opened,
                        SETTINGS,
                        scratch.file("pages"),
                        Pages.Progress.NONE);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            List<Integer> fired = new ArrayList<>();
            List<Double> max = new ArrayList<>();
            FeaturePages pages = FeaturePages.open(scratch.file("pages"));
            for (int first = 0; first < dictionary.width(); first += PAGES_AT_ONCE) {
                for (FeaturePage page : pages.pages(first, Math.min(first + PAGES_AT_ONCE, dictionary.width()))) {
                    fired.add(page.fired());
                    max.add(page.max() == null ? 0 : page.max());
                }
            }
            return new Measured(seconds, fired, max);
        }
    }
}
