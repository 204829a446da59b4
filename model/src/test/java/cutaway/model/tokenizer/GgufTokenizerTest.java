package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.RawGguf;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufTokenizerTest {

    @TempDir
    Path folder;

    /// Without merges inside of words, the number of words shows how the text was cut: `ab`, `12` and so on are in the
    /// vocabulary with a merge, and a cut between their characters keeps them apart.
    @ParameterizedTest
    @CsvSource({
        "gpt-2, 1",
        "olmo, 1",
        "smollm, 2",
        "starcoder, 2",
        "qwen2, 2",
        "llama-bpe, 1",
        "dbrx, 1",
        "tekken, 2",
        "default, 1"
    })
    void namesDecideHowDigitsAreCut(String pre, int tokens) {
        try (var tokenizer = open(writer -> writer.put("tokenizer.ggml.pre", pre))) {
            assertEquals(tokens, tokenizer.encode("12").ids().length);
            assertEquals("ab 12", tokenizer.decode(tokenizer.encode("ab 12").ids(), false));
        }
    }

    @Test
    void qwenComposesCharacters() {
        try (var tokenizer = open(writer -> writer.put("tokenizer.ggml.pre", "qwen2"))) {
            assertEquals("\u00E9", tokenizer.decode(tokenizer.encode("e\u0301").ids(), false));
        }
    }

    @Test
    void startsWithBosWhereTheFileOrTheNameSaysSo() {
        try (var silent = open(writer -> writer.put("tokenizer.ggml.pre", "llama-bpe"));
                var no = open(writer ->
                        writer.put("tokenizer.ggml.pre", "llama-bpe").put("tokenizer.ggml.add_bos_token", false))) {
            assertTrue(silent.addsBos());
            assertEquals(List.of(), no.before());
        }
    }

    @Test
    void refusesInWords() {
        assertComplaint("pre-tokenizer martian", writer -> writer.put("tokenizer.ggml.pre", "martian"));
        assertComplaint("eos_token_id is 999", writer -> writer.put("tokenizer.ggml.eos_token_id", 999));
    }

    private void assertComplaint(String complaint, UnaryOperator<RawGguf> more) {
        var refusal = assertThrows(BadInputException.class, () -> open(more).close());
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
    }

    /// All bytes as GPT-2's printable characters, then `12`, `ab` and a BOS.
    private Tokenizer open(UnaryOperator<RawGguf> more) {
        var tokens = new ArrayList<String>();
        for (int b = 0, shifted = 256; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            tokens.add(Character.toString(printable ? b : shifted++));
        }
        tokens.addAll(List.of("12", "ab", "<s>"));
        var types = new int[tokens.size()];
        Arrays.fill(types, 1);
        types[258] = 3;
        var writer = new RawGguf()
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", types)
                .put("tokenizer.ggml.merges", List.of("1 2", "a b"))
                .put("tokenizer.ggml.bos_token_id", 258);
        try (var file = GgufFile.open(more.apply(writer).write(folder.resolve("t.gguf")))) {
            return Tokenizer.of(file);
        }
    }
}
