package cutaway.features.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.store.HarvestSettings.Kept;
import cutaway.interp.site.Site;
import cutaway.interp.table.Query;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read from a store: batches that depend on the step alone, every vector once an epoch.
class ActivationStoreTest {

    private static final Site RESID = new Site.Resid(1, Site.Moment.POST);
    private static final Site HEAD = new Site.Head(0, 1, Site.HeadPart.Z);
    private static final int VECTORS = 1500;

    @TempDir
    private static Path folder;

    @TempDir
    private Path copy;

    private static final Path shuffled() {
        return folder.resolve("shuffled");
    }

    @BeforeAll
    static void harvest() {
        List<int[]> documents =
                IntStream.range(0, 30).mapToObj(i -> Words.draw(i, 50)).toList();
        Texts texts = Texts.of(List.of(Words.lines(folder.resolve("text.jsonl"), documents)), "text");
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            for (Order order : Order.values()) {
                HarvestSettings settings = new HarvestSettings(List.of(RESID, HEAD), 0, 16, 3, order, Kept.USUAL);
                Harvest.run(
                        model,
                        Words.facts(model),
                        texts,
                        settings,
                        order == Order.SHUFFLED ? shuffled() : folder.resolve("document"),
                        Words.least(model, settings),
                        Harvest.Progress.NONE);
            }
        }
    }

    @Test
    void heldOutTokensAreOfOtherDocuments() {
        try (ActivationStore store = ActivationStore.open(shuffled());
                HeldOut held = HeldOut.of(store, List.of(RESID), List.of(RESID, HEAD), 400)) {
            assertTrue(held.byDocument());
            assertEquals(400, held.fit().size());
            assertEquals(
                    List.of(400L, 32L),
                    List.of(held.test().x().dim(0), held.test().x().dim(1)));
            assertEquals(40, held.test().y().dim(1));
            Set<Integer> fitted = new HashSet<>();
            Arrays.stream(held.fit().contexts()).forEach(fitted::add);
            assertTrue(Arrays.stream(held.test().contexts()).noneMatch(fitted::contains));
        }
    }

    @Test
    void anEpochHasEveryVectorOnce() {
        try (ActivationStore store = ActivationStore.open(shuffled())) {
            assertEquals(VECTORS, store.vectors());
            assertEquals(
                    List.of(256, 256, 256, 256, 256, 220),
                    store.facts().contents().shards());
            List<List<Integer>> epochs = new ArrayList<>();
            for (int epoch = 0; epoch < 3; epoch++) {
                List<Integer> places = new ArrayList<>();
                for (int step = 0; step < 15; step++) {
                    Batch batch = store.batch(store.sites(), 100, epoch * 15 + step);
                    for (int i = 0; i < 100; i++) {
                        places.add(1000 * batch.shards()[i] + batch.rows()[i]);
                    }
                }
                assertEquals(VECTORS, new HashSet<>(places).size());
                epochs.add(places);
            }
            assertNotEquals(epochs.get(0), epochs.get(1));
            assertNotEquals(epochs.get(1), epochs.get(2));
            assertEquals(new HashSet<>(epochs.get(0)), new HashSet<>(epochs.get(2)));
        }
    }

    /// 1500 is no multiple of 207: batches go over the end of an epoch.
    @Test
    void aBatchDependsOnItsStepAlone() {
        try (ActivationStore store = ActivationStore.open(shuffled());
                ActivationStore again = ActivationStore.open(shuffled());
                ActivationStore other = ActivationStore.open(shuffled(), 4);
                Scope scope = Scope.open()) {
            List<int[]> forwards = new ArrayList<>();
            for (int step = 0; step < 20; step++) {
                forwards.add(store.batch(store.sites(), 207, step).rows());
            }
            for (int step = 19; step >= 0; step--) {
                assertArrayEquals(
                        forwards.get(step),
                        again.batch(store.sites(), 207, step).rows());
            }
            assertNotEquals(
                    Arrays.toString(forwards.get(0)),
                    Arrays.toString(other.batch(store.sites(), 207, 0).rows()));
            assertTrue(store.batch(store.sites(), 207, 7)
                    .joined()
                    .bitsEqual(again.batch(store.sites(), 207, 7).joined()));
            // one batch of all steps' places is the steps one after another
            int[] all = store.batch(store.sites(), 207 * 20, 0).rows();
            assertArrayEquals(forwards.stream().flatMapToInt(Arrays::stream).toArray(), all);
        }
    }

    @Test
    void aBatchComesFromManyShards() {
        try (ActivationStore store = ActivationStore.open(shuffled())) {
            Set<Integer> shards = new HashSet<>();
            Arrays.stream(store.batch(store.sites(), 512, 0).shards()).forEach(shards::add);
            assertTrue(shards.size() >= 3, () -> "only " + shards);
        }
    }

    @Test
    void sitesAreJoinedInTheOrderThatIsAskedFor() {
        try (ActivationStore store = ActivationStore.open(shuffled());
                Scope scope = Scope.open()) {
            Batch batch = store.batch(List.of(HEAD, RESID), 13, 5);
            Tensor joined = batch.joined();
            assertArrayEquals(new long[] {13, 8 + 32}, joined.shape().dims());
            assertTrue(joined.isContiguous());
            assertTrue(joined.slice(1, 0, 8).contiguous().bitsEqual(batch.at(HEAD)));
            assertTrue(joined.slice(1, 8, 40).contiguous().bitsEqual(batch.at(RESID)));
        }
    }

    /// The table's rows are the shard's, in their order: its norms are those of the vectors.
    @Test
    void tablesStandBesideTheShards() {
        try (ActivationStore store = ActivationStore.open(shuffled());
                Scope scope = Scope.open()) {
            Batch batch = store.batch(store.sites(), VECTORS, 0);
            float[] norms = batch.at(RESID).square().sum(1, false).sqrt().toFloats();
            var rows = Query.run(
                            "SELECT token, position, document, context, norm_1_resid_post FROM tokens"
                                    + " ORDER BY shard, row",
                            shuffled())
                    .rows();
            assertEquals(VECTORS, rows.size());
            for (int i = 0; i < VECTORS; i++) {
                var row = rows.get(256 * batch.shards()[i] + batch.rows()[i]);
                assertEquals(
                        List.of(batch.tokens()[i], batch.positions()[i], batch.documents()[i], batch.contexts()[i]),
                        row.subList(0, 4));
                assertEquals(norms[i], ((Number) row.get(4)).floatValue(), 1e-5f * norms[i]);
            }
            assertEquals(
                    List.of(List.of(" w3")),
                    Query.run("SELECT text FROM vocabulary WHERE token = 3", shuffled())
                            .rows());
        }
    }

    @Test
    void sequencesAreTheContextsInOrder() {
        try (ActivationStore store = ActivationStore.open(folder.resolve("document"));
                Scope scope = Scope.open()) {
            int number = 0;
            for (Batch context : store.sequences()) {
                int document = number / 4; // 50 words are 15 + 15 + 15 + 5
                int from = 15 * (number % 4);
                int[] words = Words.draw(document, 50);
                assertArrayEquals(Arrays.copyOfRange(words, from, Math.min(50, from + 15)), context.tokens());
                assertEquals(number, context.contexts()[0]);
                assertEquals(1, context.positions()[0]);
                assertArrayEquals(
                        new long[] {context.size(), 40},
                        context.joined().shape().dims());
                number++;
            }
            assertEquals(120, number);
        }
        try (ActivationStore store = ActivationStore.open(shuffled())) {
            assertTrue(HarvestTest.refused(store::sequences).contains("--order document"));
        }
    }

    @Test
    void aStoreThatIsNotWholeIsRefused() throws IOException {
        try (var files = Files.list(shuffled())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        Path shard = copy.resolve("vectors-00002.safetensors");
        try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
            file.setLength(file.length() - 10);
        }
        assertTrue(refusal().contains("a shard of the store " + copy + " is damaged"), this::refusal);
        Files.copy(copy.resolve("vectors-00005.safetensors"), shard, StandardCopyOption.REPLACE_EXISTING);
        assertTrue(refusal().contains("F32 [220, 32] where the store has F32 [256, 32]"), this::refusal);
        Files.delete(shard);
        assertTrue(refusal().contains("lacks its shard vectors-00002.safetensors"), this::refusal);
        Files.writeString(copy.resolve("store.json"), "{\"format\": 1}");
        assertTrue(refusal().contains("store.json is no description of a store"), this::refusal);
        Files.delete(copy.resolve("store.json"));
        assertTrue(refusal().contains("is no store of activations"), this::refusal);
    }

    private String refusal() {
        return HarvestTest.refused(() -> ActivationStore.open(copy));
    }

    @Test
    void aSiteThatWasNotHarvestedIsNamed() {
        try (ActivationStore store = ActivationStore.open(shuffled())) {
            String message = HarvestTest.refused(() -> store.batch(List.of(new Site.MlpOut(0)), 3, 0));
            assertTrue(message.contains("no vectors of blocks.0.hook_mlp_out; it has those of blocks.1"), message);
        }
    }
}
