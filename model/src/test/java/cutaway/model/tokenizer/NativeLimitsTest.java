package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Without these refusals the native library aborts the JVM, or works for minutes.
class NativeLimitsTest {

    @TempDir
    Path folder;

    @Test
    void aMergeShorterThanThePrefixIsRefused() throws IOException {
        String model = """
            "model": {"type": "BPE", "continuing_subword_prefix": "%s", "vocab": {"a": 0, "b": 1, "ab": 2},
                      "merges": [["a", "b"]]}\
            """;
        assertRefused("model merges \"b\"", model.formatted("##"));
        assertRefused("model merges \"b\"", model.formatted("##").replace("[\"a\", \"b\"]", "\"a b\""));
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        assertRefused("decoder is nested deeper than 100", "\"decoder\": " + "[".repeat(130) + "]".repeat(130));
    }

    @Test
    void aNumberBeyondFloatingPointIsRefused() throws IOException {
        assertRefused("decoder holds a number", "\"decoder\": {\"a\": " + "9".repeat(400) + "}");
    }

    @Test
    void aVeryLongAddedTokenIsRefused() throws IOException {
        assertRefused(
                "an added token has 70000 characters",
                "\"added_tokens\": [{\"id\": 0, \"content\": \"" + "x".repeat(70_000) + "\"}]");
    }

    @Test
    void anIdThatIsNoNumberIsRefused() throws IOException {
        assertRefused("a token around a text whose id is \"<s>\"", """
            "post_processor": {"type": "BertProcessing", "cls": ["<s>", "<s>"], "sep": ["<s>", 0]}\
            """);
    }

    /// The tokenizer is tried when it is made, so the text that it has no pieces for is ours.
    @Test
    void aVocabularyWithoutUnknownTokenIsRefusedInASentence() throws IOException {
        assertRefused("the tokenizer has no tokens for this text", """
            "added_tokens": [], "model": {"type": "Unigram", "unk_id": null, "vocab": [["b", -1.0]]}\
            """);
    }

    private void assertRefused(String complaint, String parts) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{\"version\": \"1.0\", " + parts + "}");
        var refused = assertThrows(
                BadInputException.class, () -> Tokenizer.ofJson(file).close());
        assertTrue(refused.getMessage().contains(complaint), refused.getMessage());
    }
}
