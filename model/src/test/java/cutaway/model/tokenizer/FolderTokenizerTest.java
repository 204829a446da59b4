package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.tokenizer.Encoding.Span;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Two small tokenizers and their ids, written by Python's tokenizers 0.23.3; `python.py` lies beside them.
class FolderTokenizerTest {

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece", "bytes"})
    void agreesWithPython(String name) throws Exception {
        try (var tokenizer = Tokenizer.ofJson(folder(name))) {
            for (JsonNode given : TokenizerTest.resource("cases.json")) {
                if (given.get("folder").asString().equals(name)) {
                    int[] ids = tokenizer.encode(given.get("text").asString()).ids();
                    assertArrayEquals(TokenizerTest.ints(given.get("ids")), ids, given.toString());
                    assertEquals(given.get("decoded").asString(), tokenizer.decode(ids, false));
                }
            }
        }
    }

    @Test
    void readsWhatTheFolderSays() throws Exception {
        try (var tokenizer = Tokenizer.ofJson(folder("bytes").resolve("tokenizer.json"))) {
            assertEquals(tokenizer.idOf("<s>"), tokenizer.bos());
            assertEquals(tokenizer.idOf("</s>"), tokenizer.eos());
            assertEquals(tokenizer.idOf("<|eot_id|>"), tokenizer.eot());
            assertTrue(tokenizer.addsBos());
            assertEquals(List.of(tokenizer.bos().getAsInt()), tokenizer.before());
            assertEquals(Optional.of("{{ messages }}"), tokenizer.chatTemplate());
            assertFalse(tokenizer.isSpecial(tokenizer.idOf("    ").getAsInt()));
            assertEquals(new Span(3, 7), tokenizer.encode("the cat").spans().get(1), "spaces are not trimmed");
            assertEquals(
                    "</s> the",
                    String.join("", tokenizer.encode("</s> the", false).tokens()));
            assertTrue(tokenizer.encode("</s> the", false).ids().length
                    > tokenizer.encode("</s> the").ids().length);
        }
        try (var tokenizer = Tokenizer.ofJson(folder("wordpiece"))) {
            assertEquals(List.of(2), tokenizer.before());
            assertEquals(List.of(3), tokenizer.after());
            assertEquals(OptionalInt.empty(), tokenizer.bos());
            assertEquals(12, tokenizer.vocabSize());
            assertEquals(
                    List.of("play", "ing"),
                    tokenizer.encode("playing").tokens().stream()
                            .map(String::strip)
                            .toList());
        }
    }

    /// As transformers does for BERT: tokenizer.json makes small letters, tokenizer_config.json says not to.
    @Test
    void theConfigGoesBeforeBertsNormaliser(@TempDir Path folder) throws Exception {
        Files.copy(folder("wordpiece").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"do_lower_case\": false}");
        try (var tokenizer = Tokenizer.ofJson(folder)) {
            assertEquals(1, tokenizer.encode("The").ids()[0]);
            assertEquals(5, tokenizer.encode("the").ids()[0]);
        }
    }

    @Test
    void refusesWhatIsNoTokenizer(@TempDir Path folder) throws IOException {
        assertThrows(BadInputException.class, () -> Tokenizer.ofJson(folder));
        for (String json : List.of("", "[]", "{", "{}", "{\"model\":{\"type\":\"BPE\"}}", "{\"added_tokens\":[{}]}")) {
            Files.writeString(folder.resolve("tokenizer.json"), json);
            assertThrows(BadInputException.class, () -> Tokenizer.ofJson(folder), json);
        }
    }

    private static Path folder(String name) throws URISyntaxException {
        return Path.of(FolderTokenizerTest.class.getResource(name).toURI());
    }
}
