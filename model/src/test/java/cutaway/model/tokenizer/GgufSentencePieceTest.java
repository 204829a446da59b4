package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.RawGguf;
import cutaway.model.tokenizer.Encoding.Span;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What metadata change, on a vocabulary small enough to work out the ids by hand. [KindsTest] has the references.
class GgufSentencePieceTest {

    /// Ids 0 to 2, then 3 to 258 for the bytes, then these.
    private static final List<String> PIECES =
            List.of("▁", "a", "b", "c", "▁a", "ab", "abc", "▁ab", "<|end|>", "<tool>");

    private static final int SPACE = 259;
    private static final int A = 260;
    private static final int B = 261;
    private static final int C = 262;
    private static final int SPACE_A = 263;
    private static final int AB = 264;
    private static final int END = 267;
    private static final int TOOL = 268;

    @TempDir
    Path folder;

    @Test
    void defaultsAreThoseOfTheKind() {
        try (var llama = open(file -> file);
                var t5 = open(file -> file.put("tokenizer.ggml.model", "t5"))) {
            assertEquals(OptionalInt.of(1), llama.bos());
            assertEquals(OptionalInt.of(2), llama.eos());
            assertEquals(OptionalInt.of(END), llama.eot());
            assertEquals(List.of(1), llama.before());
            assertEquals(List.of(), llama.after());
            assertEquals(List.of(SPACE_A), ids(llama, "a"), "a space goes in front");
            assertEquals(OptionalInt.empty(), t5.bos());
            assertEquals(List.of(), t5.before());
            assertEquals(List.of(1), t5.after());
            assertEquals(List.of(A), ids(t5, "a"), "no space goes in front");
        }
    }

    @Test
    void theFileGoesBeforeTheDefaults() {
        try (var tokenizer = open(file -> file.put("tokenizer.ggml.add_bos_token", false)
                .put("tokenizer.ggml.add_eos_token", true)
                .put("tokenizer.ggml.eos_token_id", END)
                .put("tokenizer.ggml.add_space_prefix", false))) {
            assertEquals(List.of(), tokenizer.before());
            assertEquals(List.of(END), tokenizer.after());
            assertEquals(List.of(A, SPACE), ids(tokenizer, "a "));
            assertEquals(" a", tokenizer.decode(new int[] {SPACE_A}, false));
        }
    }

    /// `ab` scores better than `▁a`, and the unused `abc` falls apart where it was joined.
    @Test
    void joinsByScore() {
        try (var tokenizer = open(file -> file)) {
            assertEquals(List.of(SPACE, AB, C), ids(tokenizer, "abc"));
            assertEquals(List.of(SPACE_A, C, B), ids(tokenizer, "acb"));
        }
    }

    @Test
    void aSpaceGoesBeforeEachPartBetweenSpecialTokens() {
        try (var tokenizer = open(file -> file)) {
            Encoding encoding = tokenizer.encode("a<tool>a <|end|>");
            assertEquals(List.of(SPACE_A, TOOL, SPACE_A, SPACE, END), KindsTest.ints(encoding));
            assertEquals(
                    List.of(new Span(0, 1), new Span(1, 7), new Span(7, 8), new Span(8, 9), new Span(9, 16)),
                    encoding.spans());
            assertEquals("a<tool> a <|end|>", tokenizer.decode(encoding.ids(), false));
            assertEquals("a<tool> a ", tokenizer.decode(encoding.ids(), true));
            List<Integer> plain = KindsTest.ints(tokenizer.encode("<tool><|end|>", false));
            assertEquals(TOOL, plain.getFirst(), "what is text stays one token");
            assertEquals(1 + 1 + "<|end|>".length(), plain.size(), "the others are spelled");
        }
    }

    /// As Phi-3's tokenizer.json says, which GGUF files do not hold.
    @Test
    void specialTokensOfPhi3TakeWhiteSpaceAlong() {
        try (var phi = open(file -> file.put("general.name", "Phi 3 Mini").put("general.basename", "Phi-3"));
                var phi3 = open(file -> file.put("general.name", "Phi-3-mini"))) {
            assertEquals(List.of(END, SPACE, SPACE_A), ids(phi, "<|end|> a"));
            assertEquals(List.of(END, SPACE_A), ids(phi3, "<|end|> \na"));
            assertEquals(new Span(0, 9), phi3.encode("<|end|> \na").spans().getFirst());
            assertEquals(List.of(1, SPACE, SPACE_A), ids(phi3, "<s> a"));
        }
    }

    @Test
    void namesTokensWithAndWithoutTheirSpace() {
        try (var tokenizer = open(file -> file)) {
            assertEquals(OptionalInt.of(SPACE_A), tokenizer.idOf(" a"));
            assertEquals(" a", tokenizer.token(SPACE_A));
            assertEquals("a", tokenizer.token(A));
            assertEquals("a", tokenizer.token(3 + 'a'), "a byte");
            assertEquals("\uFFFD", tokenizer.token(3 + 0xE6), "the first byte of a character");
            assertTrue(tokenizer.isSpecial(0) && tokenizer.isSpecial(END) && !tokenizer.isSpecial(TOOL));
        }
    }

    @Test
    void streamsCharactersThatAreSpelledInBytes() {
        try (var tokenizer = open(file -> file)) {
            int[] ids = tokenizer.encode("a東b").ids();
            var stream = new TokenStream(tokenizer, true);
            var pieces = new ArrayList<String>();
            for (int id : ids) {
                pieces.add(stream.push(id));
            }
            assertEquals(List.of("a", "", "", "東", "b"), pieces);
            assertEquals("", stream.finish());
            int[] broken = {3 + 0xE6, 3 + 0x9D, A};
            assertEquals("\uFFFD\uFFFDa", tokenizer.decode(broken, false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer.ggml.scores", "tokenizer.ggml.token_type"})
    void refusesListsOfAnotherLength(String key) {
        assertComplaint("for 269 tokens", file -> file.put(key, new int[] {1, 2}));
    }

    @Test
    void refusesInWords() {
        assertComplaint("of the kind rwkv", file -> file.put("tokenizer.ggml.model", "rwkv"));
        assertComplaint("unknown_token_id is 269", file -> file.put("tokenizer.ggml.unknown_token_id", 269));
        for (int[] bytes : List.of(new int[0], new int[] {8, 0, 0, 0, 1}, new int[] {3, 0, 0, 0, 1, 1, 1, 1})) {
            assertComplaint("precompiled_charsmap", file -> file.put("tokenizer.ggml.precompiled_charsmap", bytes));
        }
    }

    private void assertComplaint(String complaint, UnaryOperator<Keys> more) {
        var refusal = assertThrows(BadInputException.class, () -> open(more).close());
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
    }

    private Tokenizer open(UnaryOperator<Keys> more) {
        var tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        var types = new ArrayList<>(List.of(2, 3, 3));
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
            types.add(6);
        }
        tokens.addAll(PIECES);
        types.addAll(List.of(1, 1, 1, 1, 1, 1, 5, 1, 3, 4));
        var scores = new int[tokens.size()];
        System.arraycopy(new int[] {-10, -10, -10, -10, -2, -1, -3, -9}, 0, scores, SPACE, 8);
        var keys = more.apply(new Keys()
                .put("tokenizer.ggml.model", "llama")
                .put("tokenizer.ggml.tokens", tokens)
                .put(
                        "tokenizer.ggml.token_type",
                        types.stream().mapToInt(i -> i).toArray())
                .put("tokenizer.ggml.scores", scores));
        try (var file = GgufFile.open(keys.write(folder.resolve("t.gguf")))) {
            return Tokenizer.of(file);
        }
    }

    /// Metadata of which the last value holds.
    private static final class Keys {

        private final Map<String, Object> values = new LinkedHashMap<>();

        Keys put(String key, Object value) {
            values.put(key, value);
            return this;
        }

        Path write(Path path) {
            var writer = new RawGguf();
            values.forEach((key, value) -> {
                switch (value) {
                    case String text -> writer.put(key, text);
                    case Integer number -> writer.put(key, number);
                    case Boolean flag -> writer.put(key, flag);
                    case int[] numbers -> writer.put(key, numbers);
                    case List<?> texts ->
                        writer.put(key, texts.stream().map(String.class::cast).toList());
                    default -> throw new IllegalArgumentException(key);
                }
            });
            return writer.write(path);
        }
    }

    private static List<Integer> ids(Tokenizer tokenizer, String text) {
        return KindsTest.ints(tokenizer.encode(text));
    }
}
