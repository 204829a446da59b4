package cutaway.model.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What `models rm` removes, and what it leaves alone.
class RemoveTest {

    private static final String REPO = FakeHub.REPO;

    @TempDir
    Path temp;

    private final FakeHub fake = new FakeHub();
    private Hub hub;
    private Path home;

    RemoveTest() throws IOException {}

    @BeforeEach
    void twoFilesOfARepository() {
        Path folder = temp.resolve("cache");
        KnownModel known = new KnownModel("tiny", "llm-tiny==1", "0", 1, "tiny.gguf", "0", 1, "", "");
        hub = new Hub(
                new ModelCache(folder, List.of(known), new PipDownload("", System.err)),
                new PulledModels(folder),
                new HuggingFaceCache(temp.resolve("hf")));
        home = folder.resolve("models/some-owner--tiny.model");
        fake.large("a.gguf", new byte[1300]).large("b.gguf", new byte[207]);
        pull(REPO + ":a.gguf");
        pull(REPO + ":b.gguf");
    }

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void oneFileIsRemovedAlone() {
        assertEquals(207, hub.removed(REPO + ":b.gguf"));
        assertEquals(List.of(REPO + ":a.gguf"), names());
        assertFalse(Files.exists(home.resolve(FakeHub.COMMIT + "/b.gguf")));
        assertEquals(home.resolve(FakeHub.COMMIT + "/a.gguf"), hub.path(REPO));
        refused(REPO + ":b.gguf", "is in the cache");
    }

    @Test
    void aRevisionIsRemovedAlone() {
        pull(REPO + ":a.gguf@v1");
        assertEquals(0, hub.removed(REPO + "@v1"), "its file is that of main");
        assertEquals(List.of(REPO + ":a.gguf", REPO + ":b.gguf"), names());
    }

    @Test
    void aRepositoryIsRemovedWithWhatIsHalfThere() throws IOException {
        Files.write(Files.createDirectories(home.resolve("parts")).resolve("x.part"), new byte[13]);
        long record = Files.size(home.resolve("pulled.json"));
        assertEquals(1300 + 207 + 13 + record, hub.removed(REPO));
        assertEquals(List.of(), names());
        assertEquals(List.of(home.resolve(".lock")), CacheFiles.children(home));
        refused(REPO, "see what is: cutaway models");
        pull(REPO + ":b.gguf");
        assertEquals(List.of(REPO + ":b.gguf"), names());
    }

    @Test
    void aKnownModelIsRemoved() throws IOException {
        refused("tiny", "no model \"tiny\" is in the cache");
        Path folder = Files.createDirectories(temp.resolve("cache/models/tiny"));
        Files.write(folder.resolve("tiny.gguf"), new byte[207]);
        assertEquals(207, hub.removed("tiny"));
        assertFalse(Files.exists(folder.resolve("tiny.gguf")));
    }

    @Test
    void whatIsNoNameIsRefused() throws IOException {
        Path outside = Files.writeString(
                Files.createDirectories(temp.resolve("cache/outside")).resolve("file"), "x");
        for (String name :
                List.of("..", "../outside", "a/../../outside", "", ".", "/", outside.toString(), "o/..", "../..")) {
            refused(name, "no model \"" + name + "\"");
        }
        refused("o/r:../../outside/file", "no model");
        assertTrue(Files.exists(outside));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need rights there")
    void linksOutOfTheCacheAreNotFollowed() throws IOException {
        Path outside = Files.createDirectories(temp.resolve("outside/" + FakeHub.COMMIT));
        Path file = Files.writeString(outside.resolve("file"), "x");
        Files.createSymbolicLink(home.resolve("link"), outside);
        Files.createSymbolicLink(home.resolve("f".repeat(40)), outside);
        Files.createSymbolicLink(home.resolve(FakeHub.COMMIT).resolve("link"), outside);
        hub.removed(REPO + ":b.gguf");
        hub.removed(REPO);
        assertTrue(Files.exists(file));
        Files.createSymbolicLink(home.resolveSibling("o--r"), outside.getParent());
        assertEquals(0, hub.removed("o/r"));
        assertTrue(Files.exists(file));
        assertFalse(Files.exists(home.resolveSibling("o--r")));
    }

    @Test
    void theCacheOfHuggingFaceIsLeftAlone() throws IOException {
        Path repository = temp.resolve("hf/models--o--r");
        Path snapshot = Files.createDirectories(repository.resolve("snapshots/" + FakeHub.COMMIT));
        Files.writeString(Files.createDirectories(repository.resolve("refs")).resolve("main"), FakeHub.COMMIT);
        Path file = Files.writeString(snapshot.resolve("a.gguf"), "x");
        assertEquals(file, hub.path("o/r"));
        refused("o/r", "is in Hugging Face's cache");
        assertTrue(Files.exists(file));
    }

    @Test
    void whatIsNotHereSaysHowToPullIt() {
        String message = String.valueOf(
                assertThrows(BadInputException.class, () -> hub.path("o/r")).getMessage());
        assertTrue(message.endsWith("cutaway pull o/r"), message);
    }

    private void refused(String name, String part) {
        String message = String.valueOf(assertThrows(BadInputException.class, () -> hub.removed(name), name)
                .getMessage());
        assertTrue(message.contains(part), message);
    }

    private List<String> names() {
        return hub.all().stream().map(CachedModel::name).toList();
    }

    private void pull(String name) {
        hub.pulled(
                name,
                Map.of("HF_ENDPOINT", fake.endpoint()),
                Patience.USUAL,
                new PrintStream(OutputStream.nullOutputStream()));
    }
}
