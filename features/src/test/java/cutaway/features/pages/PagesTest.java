package cutaway.features.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.features.judge.Twins;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Batch;
import cutaway.features.store.Harvest;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Limits;
import cutaway.features.store.Order;
import cutaway.features.store.Texts;
import cutaway.features.store.Words;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.table.Query;
import cutaway.interp.table.Table;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A dictionary of 19 latents over 1500 tokens of a random model: what pages say is counted again with plain loops over
/// all tokens and latents.
class PagesTest {

    private static final Site RESID = new Site.Resid(1, Site.Moment.POST);
    private static final int LATENTS = 19;
    private static final int SILENT = 7;
    private static final int D = 32;
    private static final int ROOM = 15; // words of a context, after BOS
    private static final int CONTEXTS = 4; // of a document of 50 words
    private static final Origin ORIGIN = new Origin("tiny", List.of(RESID), List.of(RESID), Map.of());
    private static final Pages.Label LABEL = new Pages.Label("hand-made", "abc", "test");
    private static final PageSettings SETTINGS = new PageSettings(
            6, 5, 4, 3, 2, 8, 5, 6, 3, new PageSettings.Dose(2, List.of(4), 2, List.of(0.0, 2.0, 4.0)));

    @TempDir
    private static Path folder;

    private static final List<int[]> DOCUMENTS =
            IntStream.range(0, 30).mapToObj(i -> Words.draw(i, 50)).toList();

    private static Model model;
    private static FeaturePages pages;
    private static double[][] codes; // [token, latent]
    private static int[] contexts;
    private static int[] positions;
    private static double[][] decoder;

    /// Every latent fires on about a sixth of the tokens, but for one that never does.
    private static Dictionary dictionary(Tensor mean) {
        return Scope.free(() -> {
            Tensor encoder = new Random(1).normal(LATENTS, D);
            double[] bias = mean.linear(encoder, null).negate().toDoubles();
            for (int i = 0; i < LATENTS; i++) {
                bias[i] = i == SILENT ? -1e6 : bias[i] - 0.3 * i / LATENTS;
            }
            return new Dictionary(
                    new Dictionary.Weights(
                            encoder,
                            Tensor.of(bias, LATENTS).to(cutaway.tensor.Dtype.F32),
                            new Random(2).normal(LATENTS, D),
                            new Random(3).normal(D),
                            Optional.empty()),
                    new Activation.Relu(),
                    false,
                    Scaling.NONE,
                    ORIGIN);
        });
    }

    private static ActivationStore store() {
        return ActivationStore.open(folder.resolve("acts"));
    }

    private static Dictionary dictionary() {
        try (ActivationStore store = store();
                Scope _ = Scope.open()) {
            return dictionary(store.batch(List.of(RESID), 1500, 0).joined().mean(0, true));
        }
    }

    private static PagesFacts make(Path out, PageSettings settings, Pages.Progress progress) {
        try (ActivationStore store = store();
                Dictionary dictionary = dictionary()) {
            return Pages.make(dictionary, LABEL, store, model, settings, out, progress);
        }
    }

    @BeforeAll
    static void harvest() {
        Texts texts = Texts.of(List.of(Words.lines(folder.resolve("text.jsonl"), DOCUMENTS)), "text");
        model = Model.open(Words.model(folder, "llama"));
        HarvestSettings settings =
                new HarvestSettings(List.of(RESID), 0, ROOM + 1, 3, Order.DOCUMENT, HarvestSettings.Kept.USUAL);
        Harvest.run(
                model,
                Words.facts(model),
                texts,
                settings,
                folder.resolve("acts"),
                Limits.USUAL,
                Harvest.Progress.NONE);
        make(folder.resolve("pages"), SETTINGS, Pages.Progress.NONE);
        pages = FeaturePages.open(folder.resolve("pages"));
        count();
    }

    /// Every latent of every token, in plain Java.
    private static void count() {
        try (ActivationStore store = store();
                Dictionary dictionary = dictionary();
                Scope _ = Scope.open()) {
            int n = (int) store.vectors();
            double[][] encoder = rows(dictionary.weights().encoder());
            double[] bias = dictionary.weights().encoderBias().toDoubles();
            decoder = rows(dictionary.weights().decoder());
            codes = new double[n][LATENTS];
            contexts = new int[n];
            positions = new int[n];
            int row = 0;
            for (Batch batch : store.sequences()) {
                double[][] x = rows(batch.at(RESID));
                for (int i = 0; i < x.length; i++, row++) {
                    contexts[row] = batch.contexts()[i];
                    positions[row] = batch.positions()[i];
                    for (int latent = 0; latent < LATENTS; latent++) {
                        codes[row][latent] = Math.max(0, dot(x[i], encoder[latent]) + bias[latent]);
                    }
                }
            }
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static double[][] rows(Tensor matrix) {
        double[] all = matrix.toDoubles();
        int d = (int) matrix.dim(1);
        return IntStream.range(0, all.length / d)
                .mapToObj(i -> Arrays.copyOfRange(all, i * d, (i + 1) * d))
                .toArray(double[][]::new);
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static IntStream firing(int latent) {
        return IntStream.range(0, codes.length).filter(row -> codes[row][latent] > 0);
    }

    private static double max(int latent) {
        return firing(latent).mapToDouble(row -> codes[row][latent]).max().orElse(0);
    }

    private static IntStream lively() {
        return IntStream.range(0, LATENTS).filter(latent -> latent != SILENT);
    }

    @Test
    void frequencyMaximumAndHistogramAreThoseOfAPlainCount() {
        lively().forEach(latent -> {
            FeaturePage page = pages.page(latent);
            double max = max(latent);
            assertEquals(firing(latent).count(), page.fired());
            assertTrue(page.fired() > 50, "the latent is to fire: " + page.fired());
            assertEquals(page.fired() / 1500.0, page.frequency());
            assertEquals(max, Objects.requireNonNull(page.max()), 1e-4 * max); // sums of 32 float32 products
            assertEquals(
                    firing(latent)
                            .mapToDouble(row -> codes[row][latent])
                            .average()
                            .orElseThrow(),
                    Objects.requireNonNull(page.mean()),
                    1e-4 * max);
            assertEquals(Math.sqrt(dot(decoder[latent], decoder[latent])), page.decoderNorm(), 1e-5);
            assertEquals(8, page.histogram().size());
            long undecided = 0;
            for (int bin = 0; bin < 8; bin++) {
                int above = page.histogram().subList(bin, 8).stream()
                        .mapToInt(Integer::intValue)
                        .sum();
                double edge = max * bin / 8;
                long atLeast = bin == 0 ? page.fired() : above(latent, edge + 1e-4 * max);
                long atMost = bin == 0 ? page.fired() : above(latent, edge - 1e-4 * max);
                assertTrue(
                        atLeast <= above && above <= atMost,
                        "from bin " + bin + ": " + above + ", not " + atLeast + " to " + atMost);
                undecided += atMost - atLeast; // the same word after BOS is there many times
            }
            assertTrue(4 * undecided < page.fired(), "few lie so near an edge that rounding decides: " + undecided);
        });
    }

    private long above(int latent, double least) {
        return firing(latent).filter(row -> codes[row][latent] >= least).count();
    }

    /// The greatest of each context, of which the six greatest stay.
    @Test
    void topExamplesAreTheGreatestOfAllContexts() {
        lively().forEach(latent -> {
            List<Integer> best = new ArrayList<>();
            firing(latent)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer row) -> -codes[row][latent]))
                    .forEach(row -> {
                        if (best.stream().noneMatch(other -> contexts[other] == contexts[row])) {
                            best.add(row);
                        }
                    });
            List<FeaturePage.Example> top = pages.page(latent).top();
            assertEquals(6, top.size());
            assertEquals(
                    6, top.stream().map(FeaturePage.Example::context).distinct().count());
            for (int i = 0; i < 6; i++) { // not by place: the same word after BOS gives the same codes
                assertEquals(codes[best.get(i)][latent], top.get(i).activation(), 1e-4);
                assertEquals(codes[row(top.get(i))][latent], top.get(i).activation(), 1e-4);
            }
        });
    }

    @Test
    void examplesShowTheTextAndTheLatentOnEachToken() {
        FeaturePage page = pages.page(3);
        Stream.concat(page.top().stream(), page.bands().stream().flatMap(band -> band.examples().stream()))
                .forEach(PagesTest::assertShows);
    }

    private static void assertShows(FeaturePage.Example example) {
        int[] document = DOCUMENTS.get(example.document());
        int within = example.context() - CONTEXTS * example.document();
        int length = Math.min(ROOM, document.length - within * ROOM);
        int first = Math.max(1, example.position() - 3);
        int last = Math.min(length, example.position() + 2);
        assertEquals(example.position() - first, example.at());
        List<String> words = IntStream.rangeClosed(first, last)
                .mapToObj(position -> "w" + document[within * ROOM + position - 1])
                .toList();
        assertEquals(words, example.tokens().stream().map(String::strip).toList());
        assertEquals(example.activation(), example.activations().get(example.at()), 1e-6 * example.activation());
        for (int i = 0; i < words.size(); i++) {
            int position = first + i;
            assertEquals(
                    codes[row(example.context(), position)][3],
                    example.activations().get(i),
                    1e-4);
        }
    }

    private static int row(FeaturePage.Example example) {
        return row(example.context(), example.position());
    }

    private static int row(int context, int position) {
        return IntStream.range(0, contexts.length)
                .filter(any -> contexts[any] == context && positions[any] == position)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void bandsHoldWhatTheySay() {
        lively().forEach(latent -> {
            FeaturePage page = pages.page(latent);
            double max = Objects.requireNonNull(page.max());
            assertEquals(5, page.bands().size());
            assertEquals(
                    page.fired(),
                    page.bands().stream().mapToInt(FeaturePage.Band::tokens).sum());
            for (int i = 0; i < 5; i++) {
                FeaturePage.Band band = page.bands().get(i);
                int from = 4 - i; // the greatest first
                assertEquals(from * max / 5, band.from(), 1e-6);
                assertEquals((from + 1) * max / 5, band.to(), 1e-6);
                double upTo = from == 4 ? max + 1 : band.to();
                assertEquals(
                        firing(latent)
                                .filter(row -> codes[row][latent] >= band.from() && codes[row][latent] < upTo)
                                .count(),
                        band.tokens());
                assertEquals(Math.min(4, band.tokens()), band.examples().size());
                var places = new HashSet<List<Integer>>();
                for (FeaturePage.Example example : band.examples()) {
                    assertTrue(example.activation() >= band.from() && example.activation() <= band.to());
                    assertTrue(places.add(List.of(example.context(), example.position())));
                }
            }
        });
    }

    @Test
    void aLatentThatNeverFiresHasAnEmptyPage() {
        FeaturePage page = pages.page(SILENT);
        assertEquals(0, page.fired());
        assertEquals(0, page.frequency());
        assertNull(page.max());
        assertNull(page.mean());
        assertEquals(List.of(), page.histogram());
        assertEquals(List.of(), page.top());
        assertEquals(List.of(), page.bands());
        assertEquals(List.of(), page.together());
        assertEquals(List.of(), page.doses());
        assertEquals(5, page.nearest().size()); // what it would write is known
    }

    @Test
    void nearestAreTheGreatestCosines() {
        for (int latent = 0; latent < LATENTS; latent++) {
            int of = latent;
            List<Integer> order = IntStream.range(0, LATENTS)
                    .filter(other -> other != of)
                    .boxed()
                    .sorted(Comparator.comparingDouble(other -> -cosine(of, other)))
                    .limit(5)
                    .toList();
            List<FeaturePage.Near> nearest = pages.page(latent).nearest();
            assertEquals(order, nearest.stream().map(FeaturePage.Near::latent).toList());
            nearest.forEach(near -> assertEquals(cosine(of, near.latent()), near.cosine(), 1e-5));
        }
    }

    private static double cosine(int a, int b) {
        return dot(decoder[a], decoder[b]) / Math.sqrt(dot(decoder[a], decoder[a]) * dot(decoder[b], decoder[b]));
    }

    /// phi is Pearson's correlation of firing or not, which is computed here as such.
    @Test
    void latentsThatFireTogetherAreCounted() {
        lively().forEach(latent -> {
            List<FeaturePage.Partner> together = pages.page(latent).together();
            List<Double> best = lively().filter(other -> other != latent)
                    .mapToObj(other -> both(latent, other) / (double) either(latent, other))
                    .sorted(Comparator.reverseOrder())
                    .limit(5)
                    .toList();
            assertEquals(
                    best, together.stream().map(FeaturePage.Partner::jaccard).toList());
            together.forEach(partner -> {
                assertEquals(both(latent, partner.latent()), partner.tokens());
                assertEquals(
                        both(latent, partner.latent()) / (double) either(latent, partner.latent()), partner.jaccard());
                assertEquals(correlation(latent, partner.latent()), partner.phi(), 1e-9);
            });
        });
    }

    private static long both(int a, int b) {
        return firing(a).filter(row -> codes[row][b] > 0).count();
    }

    private static long either(int a, int b) {
        return IntStream.range(0, codes.length)
                .filter(row -> codes[row][a] > 0 || codes[row][b] > 0)
                .count();
    }

    private static double correlation(int a, int b) {
        double meanA = firing(a).count() / (double) codes.length;
        double meanB = firing(b).count() / (double) codes.length;
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (double[] row : codes) {
            double x = (row[a] > 0 ? 1 : 0) - meanA;
            double y = (row[b] > 0 ? 1 : 0) - meanB;
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        return ab / Math.sqrt(aa * bb);
    }

    /// From the weights in the model's own file.
    @Test
    void logitEffectsGoThroughTheFinalNormAndTheUnembedding() {
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("llama").resolve("model.safetensors"));
                Scope _ = Scope.open()) {
            Map<String, Tensor> weights = TensorFile.readAll(file);
            double[] norm =
                    Objects.requireNonNull(weights.get("model.norm.weight")).toDoubles();
            double[][] unembedding = rows(Objects.requireNonNull(
                    weights.getOrDefault("lm_head.weight", weights.get("model.embed_tokens.weight"))));
            for (int latent = 0; latent < LATENTS; latent++) {
                double[] direction = decoder[latent].clone();
                Arrays.setAll(direction, i -> direction[i] * norm[i]);
                double[] logits = Stream.of(unembedding)
                        .mapToDouble(row -> dot(row, direction))
                        .toArray();
                double mean = Arrays.stream(logits).average().orElseThrow();
                List<Integer> order = IntStream.range(0, logits.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(token -> -logits[token]))
                        .toList();
                FeaturePage page = pages.page(latent);
                assertEquals(
                        order.subList(0, 6),
                        page.raised().stream().map(FeaturePage.Logit::token).toList());
                assertEquals(
                        order.reversed().subList(0, 6),
                        page.lowered().stream().map(FeaturePage.Logit::token).toList());
                Stream.concat(page.raised().stream(), page.lowered().stream())
                        .forEach(logit -> assertEquals(logits[logit.token()] - mean, logit.effect(), 1e-5));
            }
        }
    }

    /// Against runs of the whole prompt with the latent's row added, one at a time.
    @Test
    void dosesAreWhatTheModelDoes() {
        FeaturePage page = pages.page(4);
        assertEquals(8, page.doses().size()); // two examples, the factors 0, 1, 2, 4
        for (FeaturePage.Dose dose : page.doses()) {
            FeaturePage.Example example = page.top().get(dose.example() - 1);
            int[] document = DOCUMENTS.get(example.document());
            int start = (example.context() - CONTEXTS * example.document()) * ROOM;
            int[] ids = new int[example.position() + 1];
            ids[0] = Words.BOS;
            System.arraycopy(document, start, ids, 1, example.position());
            double[] unedited = logProbabilities(ids, example, 1);
            double[] edited = logProbabilities(ids, example, dose.factor());
            boolean goesOn = example.position() < ROOM && start + example.position() < document.length;
            if (goesOn) {
                int next = document[start + example.position()];
                assertEquals(unedited[next] - edited[next], Objects.requireNonNull(dose.loss()), 1e-4);
            } else {
                assertNull(dose.loss());
            }
            double divergence = IntStream.range(0, unedited.length)
                    .mapToDouble(i -> Math.exp(unedited[i]) * (unedited[i] - edited[i]))
                    .sum();
            assertEquals(divergence, dose.kl(), 1e-4);
            if (dose.factor() == 1) {
                assertEquals(0.0, dose.kl());
                assertEquals(0.0, Objects.requireNonNull(dose.logit()).doubleValue());
                assertEquals(0.0, dose.controlKl());
                assertTrue(!goesOn || Objects.requireNonNull(dose.loss()) == 0);
            } else {
                assertTrue(dose.kl() > 1e-6, "a dose does something: " + dose);
                assertTrue(dose.controlKl() > 1e-6, "so does its control: " + dose);
                assertNotEquals(dose.kl(), dose.controlKl());
            }
        }
    }

    private static double[] logProbabilities(int[] ids, FeaturePage.Example example, double factor) {
        double[] added = decoder[4].clone();
        Arrays.setAll(added, i -> (factor - 1) * example.activation() * added[i]);
        Edit edit = new Edit.Add(RESID, Positions.of(ids.length - 1), Values.of(added));
        try (Trace trace = Runs.run(model, cutaway.model.Batch.of(ids), List.of(edit), List.of());
                Scope _ = Scope.open()) {
            return trace.logits().select(1, ids.length - 1).logSoftmax(-1).toDoubles();
        }
    }

    @Test
    void theMostActiveAreDosed() {
        List<Integer> most = IntStream.range(0, LATENTS)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer latent) ->
                        -firing(latent).mapToDouble(row -> codes[row][latent]).sum()))
                .limit(2)
                .toList();
        List<Integer> dosed = IntStream.range(0, LATENTS)
                .filter(latent -> !pages.page(latent).doses().isEmpty())
                .boxed()
                .toList();
        assertEquals(
                Stream.concat(most.stream(), Stream.of(4)).sorted().distinct().toList(), dosed);
        assertEquals(dosed.size(), pages.facts().doses());
    }

    @Test
    void theSeedDecidesTheDrawsAndNothingElse() throws IOException {
        Path same = folder.resolve("same");
        Path other = folder.resolve("other");
        make(same, SETTINGS, Pages.Progress.NONE);
        make(other, new PageSettings(6, 5, 4, 3, 2, 8, 5, 6, 4, SETTINGS.dose()), Pages.Progress.NONE);
        try (Stream<Path> files = Files.list(same)) {
            for (Path file : files.toList()) {
                Path first = folder.resolve("pages").resolve(file.getFileName());
                assertEquals(-1, Files.mismatch(first, file), file.toString());
            }
        }
        assertNotEquals(pages.page(3).bands(), FeaturePages.open(other).page(3).bands());
        assertEquals(pages.page(3).top(), FeaturePages.open(other).page(3).top());
    }

    @Test
    void sqlReadsTheTables() {
        var answer = Query.run(
                "SELECT count(*), count(DISTINCT latent) FROM examples JOIN features USING (latent) WHERE band IS NULL",
                folder.resolve("pages"));
        assertEquals(List.of(6L * (LATENTS - 1), LATENTS - 1L), answer.rows().getFirst());
        var sums = Query.run(
                "SELECT list_sum(from_json(histogram, '[\"INTEGER\"]')) - fired FROM features WHERE fired > 0",
                folder.resolve("pages"));
        sums.rows().forEach(row -> assertEquals("0", String.valueOf(row.getFirst())));
    }

    @Test
    void whatIsInterruptedLeavesNothingButWhatWasReached() throws IOException {
        Path parent = Files.createDirectories(folder.resolve("interrupted"));
        for (String at : List.of("encode", "logits", "doses", "examples")) {
            long live = Tensor.live();
            assertThrows(
                    IllegalStateException.class,
                    () -> make(parent.resolve("out"), SETTINGS, (step, part) -> {
                        if (step.equals(at)) {
                            throw new IllegalStateException("stop");
                        }
                    }));
            try (Stream<Path> left = Files.list(parent)) {
                assertEquals(List.of(parent.resolve("out.partial")), left.toList());
            }
            assertEquals(live, Tensor.live());
        }
    }

    @Test
    void nativeMemoryIsGivenBack() {
        long live = Tensor.live();
        make(folder.resolve("again"), SETTINGS, Pages.Progress.NONE);
        assertEquals(live, Tensor.live());
    }

    /// Ended at every stage, and once more with what a killed process leaves behind what counts: half a row of each
    /// file, and pages that were being written.
    @ParameterizedTest
    @CsvSource({"encode,0", "count,0", "doses,0", "doses,5", "examples,0"})
    void aRunThatWasInterruptedGoesOn(String step, int after) throws IOException {
        Path out = folder.resolve("interrupted-" + step + after);
        int[] told = {0};
        assertThrows(
                IllegalStateException.class,
                () -> make(out, SETTINGS, (now, _) -> {
                    if (now.equals(step) && told[0]++ == after) {
                        throw new IllegalStateException("ended");
                    }
                }));
        Path kept = Pages.unfinished(out);
        assertTrue(Files.exists(kept) && Files.notExists(out));
        for (String file : List.of("codes", "ends", "parts", "doses.jsonl")) {
            if (Files.exists(kept.resolve(file))) {
                Files.write(kept.resolve(file), new byte[] {'[', 1, 2}, StandardOpenOption.APPEND);
            }
        }
        List<String> again = new ArrayList<>();
        assertThrows(
                IllegalStateException.class,
                () -> make(out, SETTINGS, (now, part) -> {
                    again.add(now + " " + part);
                    if (now.equals("examples")) {
                        throw new IllegalStateException("ended once more");
                    }
                }));
        assertEquals(step.equals("encode") ? "encode 0.0" : "encode 1.0", again.getFirst());
        long doses = again.stream().filter(now -> now.startsWith("doses")).count();
        assertEquals(step.equals("examples") ? 0 : 3 * 2 - after, doses); // two most active and the one that is asked
        List<String> last = new ArrayList<>();
        make(out, SETTINGS, (now, part) -> last.add(now + " " + part));
        assertEquals("encode 1.0", last.getFirst());
        assertTrue(last.stream().noneMatch(now -> now.startsWith("doses")), last.toString());
        assertSameFiles(folder.resolve("pages"), out);
        assertFalse(Files.exists(kept));
    }

    private static void assertSameFiles(Path expected, Path found) throws IOException {
        for (Path from : List.of(expected, found)) {
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : files.toList()) {
                    Path name = file.getFileName();
                    assertEquals(-1, Files.mismatch(expected.resolve(name), found.resolve(name)), name.toString());
                }
            }
        }
    }

    /// What was reached with other settings does not count, and two runs do not write one folder.
    @Test
    void onlyTheSameRunGoesOn() throws IOException {
        Path out = folder.resolve("others");
        PageSettings none = SETTINGS.with(PageSettings.Dose.NONE);
        assertThrows(
                IllegalStateException.class,
                () -> make(out, none, (now, _) -> {
                    if (now.equals("examples")) {
                        refused("another run", () -> make(out, none, Pages.Progress.NONE));
                        throw new IllegalStateException("ended");
                    }
                }));
        List<String> again = new ArrayList<>();
        make(out, SETTINGS, (now, part) -> again.add(now + " " + part));
        assertEquals("encode 0.0", again.getFirst());
        assertSameFiles(folder.resolve("pages"), out);
        Path other = Files.createDirectories(folder.resolve("mine.partial"));
        Files.writeString(other.resolve("notes.txt"), "mine");
        refused("holds no unfinished pages", () -> make(folder.resolve("mine"), SETTINGS, Pages.Progress.NONE));
        assertTrue(Files.exists(other.resolve("notes.txt")));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        refused("no latent 19", () -> pages.page(LATENTS));
        refused("no feature pages", () -> FeaturePages.open(folder.resolve("acts")));
        refused("is there already", () -> make(folder.resolve("pages"), SETTINGS, Pages.Progress.NONE));
        refused(
                "latent 19",
                () -> make(
                        folder.resolve("x"),
                        SETTINGS.with(new PageSettings.Dose(0, List.of(19), 1, List.of(0.0))),
                        Pages.Progress.NONE));
        try (Model another = Model.open(Words.model(folder.resolve("another"), "qwen3"));
                ActivationStore store = store();
                Dictionary dictionary = dictionary()) {
            refused(
                    "harvested from tiny",
                    () -> Pages.make(
                            dictionary, LABEL, store, another, SETTINGS, folder.resolve("x"), Pages.Progress.NONE));
        }
        try (Dictionary narrow = Scope.free(() -> new Dictionary(
                        new Dictionary.Weights(
                                Tensor.ones(2, 31),
                                Tensor.ones(2),
                                Tensor.ones(2, 31),
                                Tensor.ones(31),
                                Optional.empty()),
                        new Activation.Relu(),
                        false,
                        Scaling.NONE,
                        ORIGIN));
                ActivationStore store = store()) {
            refused(
                    "31 numbers",
                    () -> Pages.make(narrow, LABEL, store, model, SETTINGS, folder.resolve("x"), Pages.Progress.NONE));
        }
        assertFalse(Files.exists(folder.resolve("x")));
        assertFalse(Files.exists(folder.resolve("x.partial")));
    }

    private static void refused(String words, org.junit.jupiter.api.function.Executable body) {
        String message = Objects.requireNonNull(
                assertThrows(BadInputException.class, body).getMessage());
        assertTrue(message.contains(words), message);
    }

    /// The twin has all directions but one, in another order.
    @Test
    void aPageSaysHowWellTwinsFindItAgain() {
        Path out = folder.resolve("with-twins");
        PageSettings plain = SETTINGS.with(PageSettings.Dose.NONE);
        try (ActivationStore store = store();
                Dictionary dictionary = dictionary();
                Dictionary twin = shifted(dictionary)) {
            Twins twins = Twins.of(dictionary, List.of("twin"), List.of(twin), 1);
            Pages.make(dictionary, LABEL, twins, store, model, plain, out, Pages.Progress.NONE);
        }
        FeaturePages made = FeaturePages.open(out);
        FeaturePage.Stability found = Objects.requireNonNull(made.page(4).stability());
        assertEquals(1, found.cosine(), 1e-5);
        assertEquals(1, found.twins());
        assertTrue(found.mean() > 0.9 && found.mean() < 1 && found.random() < 0.5, found.toString());
        assertTrue(Objects.requireNonNull(made.page(3).stability()).cosine() < 0.7);
        assertEquals(found, Objects.requireNonNull(made.page(4).named("another").stability()));
        assertNull(pages.page(4).stability());
    }

    /// All rows a place further, the third one drawn anew.
    private static Dictionary shifted(Dictionary dictionary) {
        return Scope.free(() -> {
            long[] order = IntStream.range(0, LATENTS)
                    .mapToLong(i -> (i + 1) % LATENTS)
                    .toArray();
            Tensor decoder = dictionary.weights().decoder().gatherRows(0, Tensor.of(order, LATENTS));
            decoder.slice(0, 2, 3).assign(new Random(8).normal(1, D));
            Dictionary.Weights weights = dictionary.weights();
            return new Dictionary(
                    new Dictionary.Weights(
                            weights.encoder().copy(),
                            weights.encoderBias().copy(),
                            decoder,
                            weights.decoderBias().copy(),
                            Optional.empty()),
                    new Activation.Relu(),
                    false,
                    Scaling.NONE,
                    ORIGIN);
        });
    }

    /// Pages from before there were twins: a table without that column, and facts without that field.
    @Test
    void olderPagesAreStillRead() throws IOException {
        Path old = Files.createDirectories(folder.resolve("old"));
        try (Stream<Path> files = Files.list(folder.resolve("pages"))) {
            for (Path file : files.toList()) {
                Files.copy(file, old.resolve(file.getFileName()));
            }
        }
        record OldFeature(
                int latent,
                int fired,
                double frequency,
                double max,
                double mean,
                double decoderNorm,
                String histogram,
                String bands) {}
        Files.delete(old.resolve(Tables.FEATURES));
        Table.write(
                old.resolve(Tables.FEATURES),
                OldFeature.class,
                IntStream.range(0, LATENTS)
                        .mapToObj(latent -> new OldFeature(latent, 1, 0.1, 2, 1, 1, "[1]", "[1]"))
                        .toList(),
                Map.of());
        assertFalse(Files.readString(old.resolve(PagesFacts.FILE)).contains("twins"));
        FeaturePage page = FeaturePages.open(old).page(4);
        assertNull(page.stability());
        assertEquals(2.0, page.max());
        assertEquals(pages.page(4).top(), page.top());
    }
}
