package cutaway.features.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.store.HarvestSettings.Kept;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.table.Query;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a harvest writes is what the model computes, each token of the text once.
class HarvestTest {

    private static final int CONTEXT = 16;

    private static final Site RESID = new Site.Resid(1, Site.Moment.POST);

    private static final List<int[]> DOCUMENTS =
            List.of(Words.draw(1, 40), Words.draw(2, 3), new int[0], Words.draw(3, 15), Words.draw(4, 1));

    @TempDir
    private Path folder;

    private Texts texts(List<int[]> documents) {
        return Texts.of(List.of(Words.lines(folder.resolve("text.jsonl"), documents)), "text");
    }

    private static HarvestSettings settings(Order order, Kept kept, Site... sites) {
        return new HarvestSettings(List.of(sites), 0, CONTEXT, 7, order, kept);
    }

    private StoreFacts harvest(Model model, List<int[]> documents, HarvestSettings settings, String out) {
        return Harvest.run(
                model,
                Words.facts(model),
                texts(documents),
                settings,
                folder.resolve(out),
                Limits.USUAL,
                Harvest.Progress.NONE);
    }

    /// Each context alone, in a pass of its own: contexts of several documents share a row in the harvest.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox", "gemma3", "qwen3", "bert"})
    void vectorsAreThoseOfRuns(String family) {
        boolean encoder = family.equals("bert");
        Site[] sites = {
            RESID,
            new Site.MlpOut(0),
            new Site.Resid(2, Site.Moment.PRE),
            new Site.Heads(1, Site.HeadPart.Z),
            new Site.Head(1, 2, Site.HeadPart.Z),
            new Site.Heads(0, Site.HeadPart.RESULT),
            new Site.Neuron(0, 5, Site.NeuronPart.POST),
            new Site.NormScale(2, Site.Norm.BEFORE_ATTENTION)
        };
        List<int[]> contexts = Words.contexts(DOCUMENTS, CONTEXT - (encoder ? 2 : 1), encoder);
        try (Model model =
                Model.open(Words.model(folder, family, encoder, tensor -> tensor), WeightOptions.in(Arithmetic.F64))) {
            harvest(model, DOCUMENTS, settings(Order.SHUFFLED, Kept.USUAL, sites), "acts");
            try (ActivationStore store = ActivationStore.open(folder.resolve("acts"));
                    Scope scope = Scope.open()) {
                int head = model.sizes().dHead();
                assertEquals(
                        List.of(32, 32, 32, 4 * head, head, 4 * 32, 1, 1),
                        store.facts().layout().widths());
                assertEquals(40 + 3 + 15 + 1, store.vectors());
                var all = store.batch(store.sites(), (int) store.vectors(), 0);
                for (int i = 0; i < contexts.size(); i++) {
                    try (Trace trace = Runs.run(model, Batch.of(contexts.get(i)), List.of(), List.of(sites))) {
                        for (Site site : sites) {
                            Tensor found = all.at(site);
                            Tensor expected = trace.at(site).reshape(contexts.get(i).length, -1);
                            int seen = 0;
                            for (int row = 0; row < all.size(); row++) {
                                if (all.contexts()[row] == i) {
                                    int position = all.positions()[row];
                                    assertEquals(contexts.get(i)[position], all.tokens()[row]);
                                    assertClose(expected.select(0, position), found.select(0, row), site);
                                    seen++;
                                }
                            }
                            assertEquals(contexts.get(i).length - (encoder ? 2 : 1), seen);
                        }
                    }
                }
            }
        }
    }

    /// The model computes in float64, and the store rounds to float32: by 2^-24 at most.
    private static void assertClose(Tensor expected, Tensor found, Site site) {
        double error = found.to(Dtype.F64).minus(expected).norm();
        assertTrue(error <= 1e-7 * expected.norm(), () -> site.text() + " is off by " + error);
    }

    @Test
    void documentsAreCountedWithTheEmptyOnes() {
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            harvest(model, DOCUMENTS, settings(Order.DOCUMENT, Kept.USUAL, RESID), "acts");
            try (ActivationStore store = ActivationStore.open(folder.resolve("acts"))) {
                List<Integer> documents = new ArrayList<>();
                store.sequences().forEach(context -> documents.add(context.documents()[0]));
                assertEquals(List.of(0, 0, 0, 1, 3, 4), documents);
            }
            assertEquals(
                    List.of(List.of(2, 3L)),
                    Query.run("SELECT document, place FROM documents WHERE document = 2", folder.resolve("acts"))
                            .rows());
        }
    }

    @Test
    void specialTokensAreKeptWhereTheyAreAskedFor() {
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            Kept special = new Kept(StoredType.F32, true, true, false);
            harvest(model, DOCUMENTS, settings(Order.DOCUMENT, special, RESID), "acts");
            try (ActivationStore store = ActivationStore.open(folder.resolve("acts"))) {
                List<int[]> found = new ArrayList<>();
                store.sequences().forEach(context -> found.add(context.tokens()));
                List<int[]> expected = Words.contexts(DOCUMENTS, CONTEXT - 1, false);
                assertEquals(expected.size(), found.size());
                for (int i = 0; i < found.size(); i++) {
                    assertArrayEquals(expected.get(i), found.get(i));
                }
            }
        }
    }

    /// The word w5 embeds to a vector that is a thousand times as long as its own.
    @Test
    void sinksAreLeftOut() {
        Path changed = Words.model(folder, "llama", false, embedding -> {
            Tensor factors = Tensor.ones(97, 1);
            factors.slice(0, 5, 6).assign(Tensor.scalar(1000).reshape(1, 1));
            return embedding.times(factors);
        });
        int[] words = {3, 5, 9, 10, 5, 11, 96, 40, 41, 42};
        try (Model model = Model.open(changed)) {
            Kept cut = new Kept(StoredType.F32, false, false, false);
            harvest(model, List.of(words), settings(Order.DOCUMENT, cut, new Site.Embed()), "acts");
            try (ActivationStore store = ActivationStore.open(folder.resolve("acts"))) {
                var only = store.sequences().iterator().next();
                assertArrayEquals(new int[] {3, 9, 10, 11, 96, 40, 41, 42}, only.tokens());
                assertArrayEquals(new int[] {1, 3, 4, 6, 7, 8, 9, 10}, only.positions());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void anInterruptedHarvestGoesOnToTheSameBytes(Order order) throws IOException {
        List<int[]> documents =
                IntStream.range(0, 60).mapToObj(i -> Words.draw(i, 1 + i)).toList();
        HarvestSettings settings = settings(order, new Kept(StoredType.F32, false, true, true), RESID);
        Texts texts = texts(documents);
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            Limits limits = Words.least(model, settings);
            Path whole = folder.resolve("whole");
            StoreFacts facts =
                    Harvest.run(model, Words.facts(model), texts, settings, whole, limits, Harvest.Progress.NONE);
            assertTrue(
                    facts.contents().shards().size() > 5,
                    () -> "shards " + facts.contents().shards());
            assertEquals(60 * 61 / 2, facts.vectors());

            Path broken = folder.resolve("broken");
            for (long stop : new long[] {100, 600, 1300}) {
                assertThrows(
                        Stopped.class,
                        () -> Harvest.run(
                                model, Words.facts(model), texts, settings, broken, limits, (vectors, wanted) -> {
                                    if (vectors > stop) {
                                        throw new Stopped();
                                    }
                                }));
                if (Files.exists(broken)) {
                    Files.writeString(broken.resolve(".tokens-00006.parquet.1.tmp"), "half");
                    Files.writeString(broken.resolve("vectors-00006.safetensors"), "what was being written");
                    assertThrows(BadInputException.class, () -> ActivationStore.open(broken));
                }
            }
            long[] known = new long[1];
            Harvest.run(model, Words.facts(model), texts, settings, broken, limits, new Harvest.Progress() {
                @Override
                public void harvested(long vectors, long wanted) {}

                @Override
                public void resumed(long vectors) {
                    known[0] = vectors;
                }
            });
            assertTrue(known[0] > 1000, () -> "only " + known[0] + " were kept");
            assertSameFiles(whole, broken);
        }
    }

    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static void assertSameFiles(Path one, Path other) throws IOException {
        Map<String, byte[]> expected = files(one);
        Map<String, byte[]> found = files(other);
        assertEquals(expected.keySet(), found.keySet());
        for (String name : expected.keySet()) {
            assertArrayEquals(expected.get(name), found.get(name), name);
        }
    }

    private static Map<String, byte[]> files(Path folder) throws IOException {
        var files = new TreeMap<String, byte[]>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                files.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @Test
    void theSeedDecidesTheOrderAndNothingElse() throws IOException {
        List<int[]> documents = List.of(Words.draw(1, 500));
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            for (String out : List.of("one", "same", "other")) {
                long seed = out.equals("other") ? 8 : 7;
                HarvestSettings settings =
                        new HarvestSettings(List.of(RESID), 0, CONTEXT, seed, Order.SHUFFLED, Kept.USUAL);
                harvest(model, documents, settings, out);
            }
        }
        assertSameFiles(folder.resolve("one"), folder.resolve("same"));
        String rows = "SELECT context, position, token, norm_1_resid_post FROM tokens ORDER BY ";
        assertNotEquals(
                Query.run(rows + "shard, row", folder.resolve("one")).rows(),
                Query.run(rows + "shard, row", folder.resolve("other")).rows());
        assertEquals(
                Query.run(rows + "context, position", folder.resolve("one")).rows(),
                Query.run(rows + "context, position", folder.resolve("other")).rows());
    }

    /// Of the context w3 w9 w4 alone: at each word the next one's logit, by a run of its own; null at the last.
    @Test
    void theLossIsThatOfTheNextToken() {
        int[] words = {3, 9, 4};
        try (Model model = Model.open(Words.model(folder, "llama"));
                Scope scope = Scope.open()) {
            Kept loss = new Kept(StoredType.F32, false, true, true);
            harvest(model, List.of(words, Words.draw(5, 6)), settings(Order.DOCUMENT, loss, RESID), "acts");
            var rows = Query.run("SELECT loss FROM tokens WHERE document = 0 ORDER BY row", folder.resolve("acts"))
                    .rows();
            Tensor log = model.logits(Words.BOS, 3, 9, 4).logSoftmax(-1);
            assertEquals(3, rows.size());
            for (int i = 0; i < 2; i++) {
                double expected = -log.select(0, i + 1).select(0, words[i + 1]).item();
                assertEquals(expected, ((Number) rows.get(i).getFirst()).doubleValue(), 1e-5);
            }
            assertEquals(Arrays.asList((Object) null), rows.get(2));
        }
    }

    /// Half a unit in the last place: 2^-8 of bfloat16's 8 bits, 2^-11 of float16's 11.
    @ParameterizedTest
    @EnumSource(StoredType.class)
    void numbersAreRoundedToTheTypeOfTheStore(StoredType type) {
        double most = switch (type) {
            case F32 -> 0;
            case BF16 -> 0x1p-8;
            case F16 -> 0x1p-11;
        };
        try (Model model = Model.open(Words.model(folder, "llama"));
                Scope scope = Scope.open()) {
            float[][] found = new float[2][];
            for (int i = 0; i < 2; i++) {
                Kept kept = new Kept(i == 0 ? StoredType.F32 : type, false, true, false);
                harvest(model, DOCUMENTS, settings(Order.SHUFFLED, kept, RESID), "acts" + i);
                try (ActivationStore store = ActivationStore.open(folder.resolve("acts" + i))) {
                    found[i] = store.batch(store.sites(), 59, 0).joined().toFloats();
                }
            }
            double largest = 0;
            for (int i = 0; i < found[0].length; i++) {
                double error = Math.abs(found[1][i] - found[0][i]) / Math.abs(found[0][i]);
                largest = Math.max(largest, Math.abs(found[0][i]) < 1e-4 ? 0 : error); // float16 has fewer bits there
            }
            assertTrue(largest <= most * (1 + 1e-6), "off by " + largest);
            assertTrue(largest >= most / 2, "it was not rounded at all: off by " + largest);
        }
    }

    @Test
    void whatIsBeyondHalfPrecisionIsRefused() {
        Path changed = Words.model(folder, "llama", false, embedding -> embedding.times(1e7));
        try (Model model = Model.open(changed)) {
            Kept half = new Kept(StoredType.F16, false, true, false);
            String message =
                    refused(() -> harvest(model, DOCUMENTS, settings(Order.SHUFFLED, half, new Site.Embed()), "acts"));
            assertTrue(message.contains("beyond the range of f16; harvest it as bf16 or f32"), message);
            assertFalse(Files.exists(folder.resolve("acts")));
        }
    }

    @Test
    void vectorsThatAreNotFiniteAreRefused() {
        Path changed = Words.model(folder, "llama", false, embedding -> embedding.times(Double.NaN));
        try (Model model = Model.open(changed)) {
            String message = refused(
                    () -> harvest(model, DOCUMENTS, settings(Order.SHUFFLED, Kept.USUAL, new Site.Embed()), "acts"));
            assertTrue(message.contains("hook_embed is not finite at token 1 of the context 0"), message);
        }
    }

    @Test
    void theDiskIsBounded() throws IOException {
        List<int[]> documents = List.of(Words.draw(1, 900));
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            Limits small = new Limits(Limits.USUAL.memory(), 100_000);
            HarvestSettings all = settings(Order.SHUFFLED, Kept.USUAL, RESID);
            StoreFacts facts = Harvest.run(
                    model,
                    Words.facts(model),
                    texts(documents),
                    all,
                    folder.resolve("acts"),
                    small,
                    Harvest.Progress.NONE);
            assertEquals(StoreFacts.End.SIZE, facts.end());
            long bytes = files(folder.resolve("acts")).values().stream()
                    .mapToLong(file -> file.length)
                    .sum();
            assertTrue(bytes <= 100_000 && bytes > 50_000, () -> bytes + " bytes");

            HarvestSettings many = new HarvestSettings(List.of(RESID), 800, CONTEXT, 7, Order.SHUFFLED, Kept.USUAL);
            String message = refused(() -> Harvest.run(
                    model,
                    Words.facts(model),
                    texts(documents),
                    many,
                    folder.resolve("other"),
                    small,
                    Harvest.Progress.NONE));
            assertTrue(message.startsWith("800 vectors of each of 1 sites take"), message);
            assertFalse(Files.exists(folder.resolve("other")));
        }
    }

    @Test
    void asManyTokensAsAreAskedFor() {
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            HarvestSettings some = new HarvestSettings(List.of(RESID), 21, CONTEXT, 7, Order.SHUFFLED, Kept.USUAL);
            StoreFacts facts = harvest(model, DOCUMENTS, some, "acts");
            assertEquals(21, facts.vectors());
            assertEquals(StoreFacts.End.TOKENS, facts.end());
        }
    }

    @Test
    void whatCannotBeHarvestedIsSaidInASentence() throws IOException {
        Path out = folder.resolve("acts");
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            Map<String, Site> sites = new LinkedHashMap<>();
            sites.put("no site blocks.9.hook_mlp_out; this model has layers 0 to 2.", new Site.MlpOut(9));
            sites.put("it has a number for each pair of positions", new Site.Heads(0, Site.HeadPart.PATTERN));
            sites.put("this model has no site hook_pos_embed", new Site.PosEmbed());
            sites.forEach((message, site) -> assertTrue(refused(
                            () -> harvest(model, DOCUMENTS, settings(Order.SHUFFLED, Kept.USUAL, site), "acts"))
                    .contains(message)));

            HarvestSettings usual = settings(Order.SHUFFLED, Kept.USUAL, RESID);
            assertEquals(
                    "the text has no tokens to harvest: it is empty; give another text.",
                    refused(() -> harvest(model, List.of(new int[0], new int[0]), usual, "acts")));
            HarvestSettings none = new HarvestSettings(List.of(RESID), 0, 1, 7, Order.SHUFFLED, Kept.USUAL);
            assertTrue(refused(() -> harvest(model, DOCUMENTS, none, "acts")).contains("have no room for text"));
            assertFalse(Files.exists(out));

            harvest(model, DOCUMENTS, usual, "acts");
            HarvestSettings other = settings(Order.DOCUMENT, Kept.USUAL, RESID);
            assertTrue(refused(() -> harvest(model, DOCUMENTS, other, "acts")).contains("with other settings"));
            Files.createDirectories(folder.resolve("full"));
            Files.writeString(folder.resolve("full/letter.txt"), "mine");
            assertTrue(refused(() -> harvest(model, DOCUMENTS, usual, "full")).contains("holds other files"));
        }
    }

    @Test
    void anotherTextDoesNotGoOnWithAHarvest() {
        List<int[]> documents = List.of(Words.draw(1, 2000));
        HarvestSettings settings = settings(Order.SHUFFLED, Kept.USUAL, RESID);
        Path out = folder.resolve("acts");
        try (Model model = Model.open(Words.model(folder, "llama"))) {
            Limits limits = Words.least(model, settings);
            Texts first = texts(documents);
            assertThrows(
                    Stopped.class,
                    () -> Harvest.run(model, Words.facts(model), first, settings, out, limits, (vectors, wanted) -> {
                        if (vectors > 800) {
                            throw new Stopped();
                        }
                    }));
            Texts second = texts(List.of(Words.draw(2, 2000)));
            assertTrue(refused(() -> Harvest.run(
                            model, Words.facts(model), second, settings, out, limits, Harvest.Progress.NONE))
                    .startsWith("the text is not what"));
        }
    }

    static String refused(Runnable work) {
        return String.valueOf(assertThrows(BadInputException.class, work::run).getMessage());
    }
}
