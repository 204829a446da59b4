package cutaway.model;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Settings and lists of shards that claim what no model has: each is refused before memory is spent on it.
class LyingFolderTest {

    private static final Path SHARDED = Path.of("src/test/resources/differential/phi-00");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "num_hidden_layers, 2147483647, the model claims 2147483647 layers",
        "num_attention_heads, 1073741824, the model claims 1073741824 heads",
        "head_dim, 2147483646, coordinates; expected at most",
    })
    void claimsAreBounded(String key, String value, String expected) throws IOException {
        copy(Golden.folder("llama"));
        Path config = folder.resolve("config.json");
        String text = Files.readString(config);
        assertTrue(text.contains("\"" + key + "\":"), key);
        Files.writeString(config, text.replaceFirst("\"" + key + "\": *[0-9]+", "\"" + key + "\": " + value));
        assertRefused(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", ".", "", "../model.safetensors", "\\ud800"})
    void aShardThatIsNoFileIsRefused(String name) throws IOException {
        assertIndexRefused("\"" + name + "\"", "which is no file in the folder");
    }

    @Test
    void aShardWithoutNameIsRefused() throws IOException {
        assertIndexRefused("[1]", "lists a shard that is no name");
    }

    @ParameterizedTest
    @CsvSource({"[], a list", "'\"llama\"', a text", "7, a number", "null, null", "'', nothing"})
    void settingsThatAreNoObjectAreRefused(String config, String kind) throws IOException {
        copy(Golden.folder("llama"));
        Files.writeString(folder.resolve("config.json"), config);
        assertRefused("config.json holds " + kind + "; expected an object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "model.safetensors", "model.safetensors.index.json", "tokenizer.json"})
    void whatIsNoRegularFileIsNotRead(String name) throws IOException {
        copy(Golden.folder("llama"));
        if (name.contains("index")) {
            Files.delete(folder.resolve("model.safetensors"));
        }
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        Files.createDirectory(file);
        assertRefused(name + " is a folder; expected ");
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/null"));
        assertRefused(name + " is a pipe, a socket or a device; expected ");
    }

    @Test
    void aDeviceIsNoGguf() throws IOException {
        Path file = Files.createSymbolicLink(folder.resolve("model.gguf"), Path.of("/dev/null"));
        var refused =
                assertThrows(BadInputException.class, () -> Model.open(file).close());
        assertTrue(String.valueOf(refused.getMessage()).contains("is a pipe, a socket or a device"));
    }

    /// A folder of the cache holds links to its files.
    @Test
    void linksToFilesAreRead() throws IOException {
        for (String name : new String[] {"config.json", "model.safetensors"}) {
            Files.createSymbolicLink(
                    folder.resolve(name), Golden.folder("llama").resolve(name).toAbsolutePath());
        }
        Model.open(folder).close();
    }

    private void assertIndexRefused(String name, String expected) throws IOException {
        copy(SHARDED);
        Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"lm_head.weight\": " + name + "}}");
        assertRefused(expected);
    }

    private void assertRefused(String expected) {
        var refused =
                assertThrows(BadInputException.class, () -> Model.open(folder).close());
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }

    private void copy(Path from) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }
}
