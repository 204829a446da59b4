package cutaway.model.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A cache as huggingface_hub 1.x lays it out: content under blobs, links to it under snapshots.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need rights there")
class HuggingFaceCacheTest {

    private static final String COMMIT = "a".repeat(40);
    private static final HubName NAME = HubName.parse("o/r").orElseThrow();

    @TempDir
    Path temp;

    private Path repository;
    private Path snapshot;
    private HuggingFaceCache cache;

    @BeforeEach
    void anEmptySnapshot() throws IOException {
        repository = temp.resolve("models--o--r");
        snapshot = Files.createDirectories(repository.resolve("snapshots/" + COMMIT));
        Files.createDirectories(repository.resolve("blobs"));
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), COMMIT);
        cache = new HuggingFaceCache(temp);
    }

    @Test
    void aModelIsFoundOnceItIsComplete() throws IOException {
        assertEquals(Optional.empty(), cache.find(NAME));
        put("config.json", "{}");
        assertEquals(Optional.empty(), cache.find(NAME));
        put("model.safetensors", "weights");
        assertEquals(Optional.of(snapshot), cache.find(NAME));
        assertEquals(
                Optional.of(snapshot), cache.find(HubName.parse("o/r@" + COMMIT).orElseThrow()));
        assertEquals(Optional.empty(), cache.find(HubName.parse("o/r@v1").orElseThrow()));
        assertEquals(Optional.empty(), cache.find(HubName.parse("o/other").orElseThrow()));
        assertEquals(List.of(new FoundModel("o/r", snapshot)), cache.all());
        Files.delete(repository.resolve("blobs/model.safetensors"));
        assertEquals(Optional.empty(), cache.find(NAME), "its link leads nowhere");
    }

    @Test
    void allShardsMustBeThere() throws IOException {
        put("config.json", "{}");
        put("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"}}");
        put("1.safetensors", "1");
        assertEquals(Optional.empty(), cache.find(NAME));
        put("2.safetensors", "2");
        assertEquals(Optional.of(snapshot), cache.find(NAME));
    }

    @Test
    void oneGgufFileNeedsNoName() throws IOException {
        put("a.gguf", "a");
        assertEquals(Optional.of(snapshot.resolve("a.gguf")), cache.find(NAME));
        put("b.gguf", "b");
        assertEquals(Optional.of(snapshot.resolve("b.gguf")), cache.find(NAME.withFile("b.gguf")));
        String message =
                assertThrows(BadInputException.class, () -> cache.find(NAME)).getMessage();
        assertTrue(message.contains("o/r:a.gguf, o/r:b.gguf"), message);
    }

    @Test
    void theEnvironmentSaysWhereItIs() {
        Path home = Path.of(System.getProperty("user.home"));
        assertEquals(
                home.resolve(".cache/huggingface/hub"),
                HuggingFaceCache.of(Map.of()).folder());
        assertEquals(
                Path.of("/x/huggingface/hub"),
                HuggingFaceCache.of(Map.of("XDG_CACHE_HOME", "/x")).folder());
        assertEquals(
                Path.of("/y/hub"),
                HuggingFaceCache.of(Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "/y"))
                        .folder());
        assertEquals(
                home.resolve("y/hub"),
                HuggingFaceCache.of(Map.of("HF_HOME", "~/y")).folder());
        assertEquals(
                Path.of("/z"),
                HuggingFaceCache.of(Map.of("HF_HOME", "/y", "HF_HUB_CACHE", "/z"))
                        .folder());
    }

    private void put(String name, String content) throws IOException {
        Path blob = Files.writeString(repository.resolve("blobs").resolve(name), content);
        Files.createSymbolicLink(snapshot.resolve(name), snapshot.relativize(blob));
    }
}
