package cutaway.features.judge.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Harvest;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Limits;
import cutaway.features.store.Order;
import cutaway.features.store.Texts;
import cutaway.features.store.Words;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three contexts of seven words, and a latent that is active on one word alone: it reads that word's embedding, the
/// longest of all, so that no other word's says as much. Windows are of three tokens.
class LatentTextsTest {

    private static final Site EMBED = new Site.Embed();
    private static final int D = 32;

    @TempDir
    private static Path folder;

    private static ActivationStore store;
    private static Dictionary dictionary;
    private static int word;

    @BeforeAll
    static void harvest() {
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            double[][] embeddings = embeddings();
            word = IntStream.range(3, embeddings.length)
                    .boxed()
                    .max((a, b) -> Double.compare(norm(embeddings[a]), norm(embeddings[b])))
                    .orElseThrow();
            dictionary = dictionary(embeddings[word]);
            int[] others = IntStream.range(3, 97).filter(other -> other != word).toArray();
            List<int[]> documents = List.of(
                    new int[] {others[0], word, others[1], others[2], others[3], others[4], others[5]},
                    Arrays.copyOfRange(others, 10, 17),
                    new int[] {word, word, others[6], others[7], others[8], others[9], word});
            store = harvested(model, documents, Order.DOCUMENT);
        }
    }

    private static ActivationStore harvested(Model model, List<int[]> documents, Order order) {
        Path to = folder.resolve("acts-" + order);
        Harvest.run(
                model,
                Words.facts(model),
                Texts.of(List.of(Words.lines(folder.resolve("text.jsonl"), documents)), "text"),
                new HarvestSettings(List.of(EMBED), 0, 8, 3, order, HarvestSettings.Kept.USUAL),
                to,
                Limits.USUAL,
                Harvest.Progress.NONE);
        return ActivationStore.open(to);
    }

    private static double[][] embeddings() {
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("llama/model.safetensors"));
                Scope _ = Scope.open()) {
            double[] all = Objects.requireNonNull(TensorFile.readAll(file).get("model.embed_tokens.weight"))
                    .toDoubles();
            return IntStream.range(0, all.length / D)
                    .mapToObj(i -> Arrays.copyOfRange(all, i * D, (i + 1) * D))
                    .toArray(double[][]::new);
        }
    }

    private static double norm(double[] x) {
        return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
    }

    /// Latent 0 is active on the word, latent 1 on all, latent 2 on none.
    private static Dictionary dictionary(double[] embedding) {
        double squared = norm(embedding) * norm(embedding);
        double[] encoder = Arrays.copyOf(embedding, 3 * D);
        return new Dictionary(
                new Dictionary.Weights(
                        Tensor.of(encoder, 3, D).to(Dtype.F32),
                        Tensor.of(new double[] {-squared * (1 - 1e-5), 1, -1}, 3)
                                .to(Dtype.F32),
                        Tensor.zeros(3, D),
                        Tensor.zeros(D),
                        Optional.empty()),
                new Activation.Relu(),
                false,
                Scaling.NONE,
                new Origin("tiny", List.of(EMBED), List.of(EMBED), Map.of()));
    }

    @AfterAll
    static void close() {
        dictionary.close();
        store.close();
    }

    private static List<LatentTexts> texts(List<Integer> latents, int most, long seed) {
        return LatentTexts.of(
                dictionary, store, latents, id -> "w" + id, new LatentTexts.Settings(3, most, seed), _ -> {});
    }

    /// Counted by hand: each context is two windows of three words and one of the last word.
    @Test
    void windowsWithTheWordAreActiveAndMarkIt() {
        List<LatentTexts> found = texts(List.of(0, 1, 2), 40, 0);
        LatentTexts own = found.getFirst();
        assertEquals(3, own.activeWindows());
        assertEquals(9, own.windows());
        assertEquals(
                List.of(List.of(false, true, false), List.of(true, true, false), List.of(true)),
                own.active().stream().map(Example::marked).toList());
        own.active().forEach(example -> {
            for (int i = 0; i < example.tokens().size(); i++) {
                assertEquals(example.marked().get(i), example.tokens().get(i).equals("w" + word));
            }
        });
        assertEquals(6, own.silent().size());
        assertTrue(Stream.concat(own.silent().stream(), found.get(2).silent().stream())
                .noneMatch(example -> example.marked().contains(true)));
        assertTrue(own.silent().stream().noneMatch(example -> example.tokens().contains("w" + word)));
        assertEquals(
                List.of(9L, 0L),
                List.of(found.get(1).activeWindows(), found.get(2).activeWindows()));
        assertTrue(found.get(1).silent().isEmpty() && found.get(2).active().isEmpty());
    }

    /// Two of three windows are drawn: each in two thirds of 600 draws, 400 +- 12.
    @Test
    void eachWindowIsDrawnWithTheSameChance() {
        int[] times = new int[3];
        List<List<Boolean>> marks = List.of(List.of(false, true, false), List.of(true, true, false), List.of(true));
        for (int seed = 0; seed < 600; seed++) {
            LatentTexts drawn = texts(List.of(0), 2, seed).getFirst();
            assertEquals(2, drawn.active().size());
            assertEquals(3, drawn.activeWindows());
            drawn.active().forEach(example -> times[marks.indexOf(example.marked())]++);
        }
        for (int count : times) {
            assertEquals(400, count, 5 * 12, Arrays.toString(times));
        }
    }

    @Test
    void whatCannotBeReadIsRefused() {
        assertRefused("there is no latent 3; the dictionary has 0 to 2", dictionary, store, 3);
        try (Model model = Model.open(folder.resolve("llama"));
                ActivationStore shuffled = harvested(model, List.of(Words.draw(1, 7)), Order.SHUFFLED)) {
            assertRefused("--order document", dictionary, shuffled, 0);
        }
        Dictionary elsewhere = new Dictionary(
                dictionary.weights(), // its owner closes them
                dictionary.activation(),
                false,
                Scaling.NONE,
                new Origin(
                        "tiny",
                        List.of(new Site.Resid(0, Site.Moment.POST)),
                        List.of(new Site.Resid(0, Site.Moment.POST)),
                        Map.of()));
        assertRefused("blocks.0.hook_resid_post", elsewhere, store, 0);
    }

    private static void assertRefused(String words, Dictionary of, ActivationStore from, int latent) {
        String message = Objects.requireNonNull(assertThrows(
                        BadInputException.class,
                        () -> LatentTexts.of(
                                of, from, List.of(latent), String::valueOf, LatentTexts.Settings.USUAL, _ -> {}))
                .getMessage());
        assertTrue(message.contains(words), message);
    }
}
