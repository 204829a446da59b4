package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.GgufValue;
import cutaway.model.gguf.GgufWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Tokenizers in another form, against the ids that Hugging Face's tokenizers gave.
class TokenizerExportTest {

    @TempDir
    private Path temporary;

    @Test
    void byteLevelFromAFolderIntoGguf() {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        assertEquals(List.of(), TokenizerMetadata.of(source("bytelevel"), 610, metadata));
        try (GgufWriter writer = new GgufWriter(temporary.resolve("t.gguf"), metadata, List.of())) {
            writer.finish();
        }
        try (GgufFile file = GgufFile.open(temporary.resolve("t.gguf"));
                Tokenizer original = Tokenizer.ofJson(source("bytelevel"));
                Tokenizer tokenizer = Tokenizer.of(file)) {
            assertEquals(610, tokenizer.vocabSize(), "one token for each row");
            assertEquals(original.before(), tokenizer.before());
            assertIds(tokenizer);
        }
    }

    @Test
    void byteLevelFromGgufIntoAFolder() throws IOException {
        Path gguf = unpacked("kinds/bytelevel/tokenizer.gguf.gz", temporary.resolve("source.gguf"));
        Path folder = Files.createDirectory(temporary.resolve("folder"));
        assertEquals(List.of(), TokenizerFiles.write(gguf, folder));
        try (GgufFile file = GgufFile.open(gguf);
                Tokenizer original = Tokenizer.of(file);
                Tokenizer tokenizer = Tokenizer.ofJson(folder)) {
            assertEquals(original.bos(), tokenizer.bos());
            assertEquals(original.before(), tokenizer.before());
            assertEquals(original.after(), tokenizer.after());
            assertIds(tokenizer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unigram", "wordpiece", "spm-llama"})
    void otherKindsAreLeftOutWithASentence(String kind) throws IOException {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        List<String> notes = TokenizerMetadata.of(source(kind), 1000, metadata);
        assertTrue(notes.getFirst().contains("left out"), notes.toString());
        assertEquals(Map.of(), metadata);
        Path gguf = unpacked("kinds/" + kind + "/tokenizer.gguf.gz", temporary.resolve("source.gguf"));
        Path folder = Files.createDirectory(temporary.resolve("folder"));
        assertTrue(TokenizerFiles.write(gguf, folder).getFirst().contains("left out"));
        assertEquals(0, folder.toFile().list().length);
    }

    private static void assertIds(Tokenizer tokenizer) {
        JsonNode texts = KindsTest.resource("kinds/strings.json.gz");
        JsonNode expected = KindsTest.resource("kinds/bytelevel/cases.json.gz").path("json");
        assertEquals(texts.size(), expected.size());
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).asString();
            assertArrayEquals(
                    TokenizerTest.ints(expected.get(i).get(0)),
                    tokenizer.encode(text).ids(),
                    text);
        }
    }

    private Path source(String kind) {
        Path folder = temporary.resolve("source-" + kind);
        unpacked("kinds/" + kind + "/tokenizer.json.gz", folder.resolve("tokenizer.json"));
        return folder;
    }

    private static Path unpacked(String name, Path to) {
        try (var in = new GZIPInputStream(TokenizerExportTest.class.getResourceAsStream(name))) {
            Files.createDirectories(to.getParent());
            return Files.write(to, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
