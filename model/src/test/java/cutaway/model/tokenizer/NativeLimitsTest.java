package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
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

    /// A trie of one block: the root's children lie in it, and `a` leads to the value at distance 1.
    @Test
    void aCharsmapThatLeadsOutOfItselfIsRefused() throws IOException {
        assertRefused("precompiled_charsmap is not", charsmap(1 << 10, 1 << 20));
        assertRefused("precompiled_charsmap is not", charsmap(1 << 20, 1 << 10));
        assertRefused("precompiled_charsmap is not", "\"normalizer\": {\"type\": \"Precompiled\"}");
        assertRefused("the tokenizer cannot be built", charsmap(1 << 10, 1 << 10)); // as there is no model
    }

    private static String charsmap(int root, int child) {
        var bytes = ByteBuffer.allocate(4 + 256 * 4 + 2).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, 256 * 4).putInt(4, root).putInt(4 + 4 * (1 ^ 'a'), 'a' | 1 << 8 | child);
        bytes.put(4 + 256 * 4, (byte) 'b');
        return "\"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \""
                + Base64.getEncoder().encodeToString(bytes.array()) + "\"}";
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

    /// A vocabulary of words alone, without one for those that it does not know.
    @Test
    void aTextThatTheVocabularyLacksIsRefusedInASentence() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), """
            {"version": "1.0", "added_tokens": [],
             "model": {"type": "Unigram", "unk_id": null, "vocab": [["b", -1.0]]}}
            """);
        try (Tokenizer tokenizer = Tokenizer.ofJson(file)) {
            assertArrayEquals(new int[] {0, 0}, tokenizer.encode("bb").ids());
            var refused = assertThrows(BadInputException.class, () -> tokenizer.encode("ab"));
            assertTrue(refused.getMessage().contains("has no token for a part of \"ab\""), refused.getMessage());
        }
    }

    private void assertRefused(String complaint, String parts) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{\"version\": \"1.0\", " + parts + "}");
        var refused = assertThrows(
                BadInputException.class, () -> Tokenizer.ofJson(file).close());
        assertTrue(refused.getMessage().contains(complaint), refused.getMessage());
    }
}
