package cutaway.model.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fetching from a hub on this machine: what comes, what is checked, and how each failure ends.
class PullTest {

    private static final String REPO = FakeHub.REPO;
    private static final byte[] WEIGHTS = new byte[300_007];

    static {
        new Random(13).nextBytes(WEIGHTS);
    }

    @TempDir
    Path temp;

    private final FakeHub fake = new FakeHub();
    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private Patience patience = new Patience(3, Duration.ofMillis(1), Duration.ofSeconds(30));

    PullTest() throws IOException {}

    @BeforeEach
    void aRepository() {
        environment.put("HF_ENDPOINT", fake.endpoint() + "/");
        fake.small("config.json", "{\"model_type\": \"llama\"}")
                .small("tokenizer.json", "{}")
                .small("README.md", "not needed")
                .large("model.safetensors", WEIGHTS)
                .large("pytorch_model.bin", WEIGHTS)
                .large("onnx/model.onnx", WEIGHTS);
    }

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void onlyWhatIsNeededComesAndIsFoundAgain() throws IOException {
        CachedModel model = pull(REPO);
        assertEquals(List.of("config.json", "tokenizer.json", "model.safetensors"), fake.fetched());
        Path folder = temp.resolve("cache/models/some-owner--tiny.model/" + FakeHub.COMMIT);
        assertEquals(folder, model.path());
        assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("model.safetensors")));
        byte[] config = fake.files.get("config.json");
        byte[] all = new byte[config.length + WEIGHTS.length];
        System.arraycopy(config, 0, all, 0, config.length);
        System.arraycopy(WEIGHTS, 0, all, config.length, WEIGHTS.length);
        assertEquals(FakeHub.hex("SHA-256", all), model.sha256());
        assertEquals(WEIGHTS.length + config.length + 2, model.size());
        fake.close();
        for (String name : List.of(REPO, REPO + "@main", REPO + "@" + FakeHub.COMMIT, REPO + "@0123456")) {
            assertEquals(folder, hub().path(name));
        }
        assertEquals(List.of(model), hub().all());
        assertTrue(
                told.toString(StandardCharsets.UTF_8).contains("license: cc0-1.0"),
                told.toString(StandardCharsets.UTF_8));
        assertTrue(told.toString(StandardCharsets.UTF_8).contains("100 %"), told.toString(StandardCharsets.UTF_8));
        assertEquals(List.of(), parts());
    }

    @Test
    void theTokenStaysWithTheHub() {
        environment.put("HF_TOKEN", "hf_secret");
        pull(REPO);
        assertTrue(fake.asked.stream().anyMatch(one -> !one.hub()));
        for (FakeHub.Asked one : fake.asked) {
            assertEquals(one.hub() ? "Bearer hf_secret" : "", one.token(), one.path());
        }
        assertFalse(told.toString(StandardCharsets.UTF_8).contains("hf_secret"));
    }

    @Test
    void aConnectionThatBreaksIsResumed() throws IOException {
        fake.cuts.add(100_001);
        fake.cuts.add(50_000);
        fake.cuts.add(13);
        fake.cuts.add(1);
        pull(REPO);
        assertWeights();
        List<String> ranges = fake.asked.stream()
                .filter(one -> !one.hub())
                .map(FakeHub.Asked::range)
                .toList();
        assertEquals(5, ranges.size(), ranges.toString());
        assertEquals("", ranges.getFirst());
        assertTrue(ranges.get(1).matches("bytes=[1-9]\\d*-"), ranges.toString());
    }

    @Test
    void anotherRunGoesOnWhereTheFirstStopped() throws IOException {
        Path part = part(Arrays.copyOf(WEIGHTS, 100_000));
        pull(REPO);
        assertWeights();
        assertFalse(Files.exists(part));
        assertEquals("bytes=100000-", lastRange());
    }

    @Test
    void whatIsHereInFullIsNotAskedFor() throws IOException {
        part(WEIGHTS);
        pull(REPO);
        assertWeights();
        assertTrue(fake.asked.stream().allMatch(FakeHub.Asked::hub));
    }

    @Test
    void aServerWithoutRangesStartsOver() throws IOException {
        fake.ranges = false;
        part(Arrays.copyOf(WEIGHTS, 100_000));
        pull(REPO);
        assertWeights();
    }

    @Test
    void aWrongBeginningIsFetchedAgain() throws IOException {
        part(new byte[100_000]);
        pull(REPO);
        assertWeights();
        part(new byte[WEIGHTS.length + 1]);
        Files.delete(hub().path(REPO).resolve("model.safetensors"));
        pull(REPO);
        assertWeights();
    }

    @Test
    void aWrongHashIsRefusedAndNothingKept() throws IOException {
        byte[] other = WEIGHTS.clone();
        other[150_000] ^= 1;
        fake.served.put("model.safetensors", other);
        assertRefusal(REPO, "model.safetensors", FakeHub.hex("SHA-256", WEIGHTS), "nothing was kept");
        fake.served.clear();
        fake.served.put("config.json", "{\"model_type\": \"gemma\"}".getBytes(StandardCharsets.UTF_8));
        Files.delete(snapshot().resolve("config.json"));
        assertRefusal(REPO, "config.json", "git blob ", "nothing was kept");
        assertEquals(List.of(), parts());
    }

    @Test
    void aLengthThatIsNotTheListedOneIsRefused() throws IOException {
        for (int length : new int[] {WEIGHTS.length - 1, WEIGHTS.length + 1}) {
            fake.served.put("model.safetensors", Arrays.copyOf(WEIGHTS, length));
            assertRefusal(REPO, "%,d bytes".formatted(length), "%,d".formatted(WEIGHTS.length));
            assertEquals(List.of(), parts());
        }
    }

    @Test
    void aSilentServerIsLeft() throws IOException {
        patience = new Patience(2, Duration.ofMillis(1), Duration.ofMillis(300));
        fake.silent = true;
        assertRefusal(REPO, "cannot fetch " + REPO, "check the network");
        long half = Files.size(parts().getFirst());
        assertTrue(half >= WEIGHTS.length / 2 && half < WEIGHTS.length, half + " bytes are kept for another run");
    }

    @Test
    void aBusyServerIsTriedAgain() throws IOException {
        fake.fails("api", new FakeHub.Failure(429, Map.of("Retry-After", "0")), FakeHub.Failure.of(500));
        fake.fails("config.json", FakeHub.Failure.of(503));
        fake.fails("cdn", FakeHub.Failure.of(502), FakeHub.Failure.of(504));
        pull(REPO);
        assertWeights();
        fake.fails("api", FakeHub.Failure.of(503), FakeHub.Failure.of(503), FakeHub.Failure.of(503));
        assertRefusal(REPO, "503", "check the network");
    }

    @Test
    void whatTheHubDoesNotShowIsSaid() {
        fake.fails("api", FakeHub.Failure.of(401), FakeHub.Failure.of(403), FakeHub.Failure.of(404));
        assertRefusal(REPO, "401", "private or gated", "HF_TOKEN");
        environment.put("HF_TOKEN", "hf_x");
        assertRefusal(REPO, "403", "not enough");
        assertRefusal(REPO, "404", REPO);
        fake.fails("api", new FakeHub.Failure(404, Map.of("X-Error-Code", "RevisionNotFound")));
        assertRefusal(REPO + "@v9", "no revision \"v9\"");
        fake.fails("config.json", FakeHub.Failure.of(404));
        assertRefusal(REPO, "404");
        fake.fails("api", FakeHub.Failure.of(418));
        assertRefusal(REPO, "418", "HF_ENDPOINT");
    }

    @Test
    void withoutAHubTheUserIsToldWhatToDo() {
        fake.close();
        assertRefusal(REPO, fake.endpoint(), "check the network", "--model");
        for (String address : List.of("file:///etc", "hub", "http:", "::")) {
            environment.put("HF_ENDPOINT", address);
            assertRefusal(REPO, "HF_ENDPOINT is \"" + address);
        }
    }

    @Test
    void aRedirectThatLeadsNowhereIsRefused() {
        for (String to :
                List.of("file:///etc/passwd", "ftp://x/y", "http://[", "/" + REPO + "/resolve/x/model.safetensors")) {
            fake.redirect = to;
            assertRefusal(REPO, "redirects");
        }
    }

    @Test
    void namesThatLeaveTheFolderAreRefused() throws IOException {
        for (String name : List.of(
                "../x.gguf", "a/../../x.gguf", "/x.gguf", "a//x.gguf", "..", "a\\..\\x.gguf", "", "x\n.gguf", "a/.")) {
            fake.files.clear();
            fake.large.clear();
            fake.large(name, WEIGHTS);
            assertRefusal(REPO, "would leave its folder");
        }
        fake.files.clear();
        fake.small("config.json", "{}")
                .small("model.safetensors.index.json", "{\"weight_map\": {\"w\": \"../x.safetensors\"}}");
        assertRefusal(REPO, "../x.safetensors");
        try (Stream<Path> all = Files.walk(temp)) {
            assertTrue(all.noneMatch(path -> path.toString().matches(".*x\\.(gguf|safetensors)")));
        }
    }

    @Test
    void shardsComeWithTheirIndex() {
        fake.files.remove("model.safetensors");
        fake.small("model.safetensors.index.json", """
            {"weight_map": {"a": "model-00002-of-00002.safetensors", "b": "model-00001-of-00002.safetensors",
                            "c": "model-00001-of-00002.safetensors"}}\
            """)
                .large("model-00001-of-00002.safetensors", Arrays.copyOf(WEIGHTS, 13))
                .large("model-00002-of-00002.safetensors", Arrays.copyOf(WEIGHTS, 207))
                .large("model-00003-of-00003.safetensors", WEIGHTS);
        assertEquals(List.of(), List.copyOf(hub().all()));
        CachedModel model = pull(REPO);
        assertEquals(
                List.of(
                        "model.safetensors.index.json",
                        "config.json",
                        "tokenizer.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors"),
                fake.fetched());
        assertTrue(Files.exists(model.path().resolve("model-00002-of-00002.safetensors")));
    }

    @Test
    void ofSeveralGgufFilesOneIsNamed() {
        fake.files.clear();
        fake.small("README.md", "").large("tiny.Q8_0.gguf", WEIGHTS);
        assertEquals(REPO + ":tiny.Q8_0.gguf", pull(REPO).name());
        fake.large("mmproj-tiny.gguf", WEIGHTS)
                .large("sub dir/tiny+F16-00001-of-00002.gguf", new byte[13])
                .large("sub dir/tiny+F16-00002-of-00002.gguf", new byte[207]);
        assertRefusal(REPO, "2 GGUF files", "tiny.Q8_0.gguf (1 MB)", "cutaway pull " + REPO + ":FILE");
        CachedModel shards = pull(REPO + ":sub dir/tiny+F16-00002-of-00002.gguf");
        assertEquals(snapshot().resolve("sub dir/tiny+F16-00001-of-00002.gguf"), shards.path());
        assertEquals(220, shards.size());
        assertEquals(shards.path(), hub().path(shards.name()));
        assertTrue(refused(() -> hub().path(REPO)).contains("name one: " + REPO + ":tiny.Q8_0.gguf, " + shards.name()));
        assertRefusal(REPO + ":other.gguf", "no other.gguf", "tiny.Q8_0.gguf");
        assertRefusal(REPO + ":README.md", "is no GGUF file");
    }

    @Test
    void pickleIsRefused() {
        fake.files.remove("model.safetensors");
        assertRefusal(REPO, "only as pickle (pytorch_model.bin)", "safetensors or GGUF");
        fake.files.remove("pytorch_model.bin");
        assertRefusal(REPO, "neither config.json with model.safetensors");
    }

    @Test
    void aModelThatDoesNotFitIsNotBegun() {
        String sha = "a".repeat(64);
        fake.listing = """
            {"sha": "%s", "siblings": [{"rfilename": "huge.gguf", "size": 1,
             "lfs": {"size": 4611686018427387904, "sha256": "%s", "pointerSize": 1}}]}\
            """.formatted(FakeHub.COMMIT, sha);
        assertRefusal(REPO, "4,611,686,018,427 MB", "CUTAWAY_CACHE");
        assertEquals(1, fake.asked.size());
    }

    @Test
    void anAnswerThatIsNoListIsRefused() {
        for (String odd : List.of(
                "<html>",
                "[]",
                "{\"sha\": \"x\", \"siblings\": []}",
                "{\"sha\": \"" + FakeHub.COMMIT + "\"}",
                "{\"sha\": \"%s\", \"siblings\": [{\"rfilename\": \"a.gguf\", \"size\": 3}]}".formatted(FakeHub.COMMIT),
                "{\"sha\": \"%s\", \"siblings\": [{\"rfilename\": \"a.gguf\", \"size\": -3, \"blobId\": \"%s\"}]}"
                        .formatted(FakeHub.COMMIT, FakeHub.COMMIT))) {
            fake.listing = odd;
            assertRefusal(REPO, "the hub answered for " + REPO);
        }
    }

    @Test
    void aNewCommitFetchesOnlyWhatChanged() throws IOException {
        pull(REPO);
        fake.commit = "f".repeat(40);
        fake.small("config.json", "{\"model_type\": \"gpt2\"}");
        fake.asked.clear();
        CachedModel newer = pull(REPO);
        assertEquals(List.of("config.json"), fake.fetched());
        assertArrayEquals(WEIGHTS, Files.readAllBytes(newer.path().resolve("model.safetensors")));
        assertEquals(List.of(newer), hub().all());
        assertFalse(Files.exists(snapshot()), "the older commit is removed");
        pull(REPO + "@v1");
        assertEquals(
                List.of(REPO, REPO + "@v1"),
                hub().all().stream().map(CachedModel::name).toList());
    }

    @Test
    void aChangedFileIsNoticedAndFetchedAgain() throws IOException {
        Path weights = pull(REPO).path().resolve("model.safetensors");
        FileTime before = Files.getLastModifiedTime(weights);
        Files.setLastModifiedTime(weights, FileTime.fromMillis(before.toMillis() + 5000));
        assertEquals(snapshot(), hub().path(REPO), "another time alone is no change");
        byte[] changed = WEIGHTS.clone();
        changed[7] ^= 1;
        Files.write(weights, changed);
        Files.setLastModifiedTime(weights, FileTime.fromMillis(before.toMillis() + 5000));
        assertTrue(refused(() -> hub().path(REPO)).contains("has changed"));
        pull(REPO);
        assertEquals(snapshot(), hub().path(REPO));
        assertWeights();
    }

    private CachedModel pull(String name) {
        return hub().pulled(name, environment, patience, new PrintStream(told, true, StandardCharsets.UTF_8));
    }

    private Hub hub() {
        Path folder = temp.resolve("cache");
        ModelCache known = new ModelCache(folder, List.of(), new PipDownload("", System.err));
        return new Hub(known, new PulledModels(folder), new HuggingFaceCache(temp.resolve("hf")));
    }

    private void assertRefusal(String name, String... parts) {
        List<CachedModel> before = hub().all();
        String message = refused(() -> pull(name));
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertFalse(message.contains("\n") || message.contains("hf_x"), message);
        assertEquals(before, hub().all());
    }

    private static String refused(Runnable work) {
        return String.valueOf(assertThrows(BadInputException.class, work::run).getMessage());
    }

    private void assertWeights() throws IOException {
        assertArrayEquals(WEIGHTS, Files.readAllBytes(hub().path(REPO).resolve("model.safetensors")));
        assertEquals(List.of(), parts());
    }

    private String lastRange() {
        return fake.asked.stream().filter(one -> !one.hub()).toList().getLast().range();
    }

    private Path snapshot() {
        return temp.resolve("cache/models/some-owner--tiny.model/" + FakeHub.COMMIT);
    }

    private Path part(byte[] content) throws IOException {
        Path folder = Files.createDirectories(snapshot().resolveSibling("parts"));
        return Files.write(folder.resolve(FakeHub.hex("SHA-256", WEIGHTS) + ".part"), content);
    }

    private List<Path> parts() throws IOException {
        return CacheFiles.children(snapshot().resolveSibling("parts"));
    }
}
