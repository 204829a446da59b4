package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.DefaultModel;
import cutaway.model.gguf.GgufFile;
import cutaway.model.tokenizer.Encoding.Span;
import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tokenizer of the default model, against ids from transformers; see smollm2/README.md in the resources.
class TokenizerTest {

    /// The control characters whose bytes this vocabulary lacks.
    private static final String LACKING = "\u0004\u0006\u0013\u0014\u0016\u001D";

    private static Tokenizer tokenizer;

    @BeforeAll
    static void open() {
        try (var file = GgufFile.open(DefaultModel.gguf())) {
            tokenizer = Tokenizer.of(file);
        }
    }

    @AfterAll
    static void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void agreesWithTransformers(int k) {
        String prompt = resource("smollm2/prompts.json").get("prompts").get(k).asString();
        assertArrayEquals(
                ints(resource("smollm2/ids.json").get(k)),
                tokenizer.encode(prompt).ids());
    }

    @Test
    void agreesWithTransformersOnAChat() {
        JsonNode chat = resource("smollm2/prompts.json").get("chat_template_example");
        String text = chat.get("text").asString();
        assertArrayEquals(ints(chat.get("ids")), tokenizer.encode(text).ids());
        Encoding plain = tokenizer.encode(text, false);
        assertFalse(Arrays.stream(plain.ids()).anyMatch(tokenizer::isSpecial), "special tokens are plain text");
        assertEquals(text, tokenizer.decode(plain.ids(), true));
        assertEquals(text, String.join("", plain.tokens()));
    }

    static List<String> nastyTexts() {
        var random = new Random(3);
        var mixed = new StringBuilder();
        while (mixed.length() < 2_000) {
            int point = random.nextInt(random.nextBoolean() ? 0x300 : 0x20000);
            boolean surrogate = point >= 0xD800 && point <= 0xDFFF;
            if (!surrogate && LACKING.indexOf(point) < 0) {
                mixed.appendCodePoint(point);
            }
        }
        return List.of(
                "",
                " ",
                "\n\n\t ",
                "\0",
                "a\0b\u0001\u001F\u007F",
                "مرحبا بالعالم",
                "नमस्ते दुनिया",
                "สวัสดี",
                "👩‍👩‍👧‍👦🏳️‍🌈🇯🇵",
                "é vs e\u0301",
                "\uFFFD\uFEFF\u200B\u2028",
                "１２３ ٣٤٥ Ⅻ ½",
                "it's  WE'LL\r\n'S",
                "\uDBFF\uDFFF",
                "x".repeat(10_000),
                "東".repeat(10_000),
                "🙂".repeat(500),
                mixed.toString());
    }

    @ParameterizedTest
    @MethodSource("nastyTexts")
    void roundTrips(String text) {
        Encoding encoding = tokenizer.encode(text);
        assertEquals(text, tokenizer.decode(encoding.ids(), false));
        assertSpansCover(text, encoding.spans());
        assertEquals(text, streamed(encoding.ids()));
    }

    /// As the reference does: the text that is left has its tokens, and the spans show the gap.
    @Test
    void bytesThatTheVocabularyLacksLeaveAGap() {
        Encoding encoding = tokenizer.encode("a\u0004b");
        assertEquals("ab", tokenizer.decode(encoding.ids(), false));
        assertEquals(List.of(new Span(0, 1), new Span(2, 3)), encoding.spans());
    }

    /// Each span begins where the one before ended, or shares its character.
    private static void assertSpansCover(String text, List<Span> spans) {
        int end = 0;
        for (Span span : spans) {
            assertTrue(span.start() <= end && span.end() >= end && span.end() > span.start(), span + " after " + end);
            end = span.end();
        }
        assertEquals(text.length(), end);
    }

    @Test
    void spansAreInUtf16Units() {
        Encoding encoding = tokenizer.encode("🙂 costs <|im_end|> 5");
        String text = "🙂 costs <|im_end|> 5";
        int special = encoding.tokens().indexOf("<|im_end|>");
        assertEquals(
                "<|im_end|>",
                text.substring(
                        encoding.spans().get(special).start(),
                        encoding.spans().get(special).end()));
        int costs = encoding.tokens().indexOf(" costs");
        assertEquals(new Span(2, 8), encoding.spans().get(costs));
    }

    @Test
    void streamHoldsBackHalfCharacters() {
        int[] ids = tokenizer.encode("東").ids();
        assertTrue(ids.length > 1, "the character is spread over several tokens");
        var stream = new TokenStream(tokenizer, true);
        for (int i = 0; i < ids.length - 1; i++) {
            assertEquals("", stream.push(ids[i]));
        }
        assertEquals("東", stream.push(ids[ids.length - 1]));
        assertEquals("", stream.push(ids[0]));
        assertEquals("\uFFFD", stream.finish());
    }

    @Test
    void knowsItsSpecialTokens() {
        assertEquals(49_152, tokenizer.vocabSize());
        assertEquals(OptionalInt.of(1), tokenizer.bos());
        assertEquals(OptionalInt.of(2), tokenizer.eos());
        assertEquals(OptionalInt.of(2), tokenizer.eot());
        assertFalse(tokenizer.addsBos());
        assertEquals(OptionalInt.of(0), tokenizer.idOf("<|endoftext|>"));
        assertEquals(OptionalInt.of(tokenizer.encode(" Mary").ids()[0]), tokenizer.idOf(" Mary"));
        assertEquals(OptionalInt.empty(), tokenizer.idOf("two words"));
        assertEquals(" Mary", tokenizer.token(tokenizer.idOf(" Mary").getAsInt()));
        assertTrue(tokenizer.chatTemplate().orElseThrow().contains("<|im_start|>"));
        assertEquals(
                "<|im_end|>ok",
                tokenizer.decode(tokenizer.encode("<|im_end|>ok").ids(), false));
        assertEquals("ok", tokenizer.decode(tokenizer.encode("<|im_end|>ok").ids(), true));
    }

    @Test
    void neverTruncates() {
        assertEquals(20_000, tokenizer.encode(" the".repeat(20_000)).ids().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "a\uDE42b", "\uDE42\uD83D"})
    void refusesHalfCharacters(String text) {
        var refusal = assertThrows(BadInputException.class, () -> tokenizer.encode(text));
        assertTrue(refusal.getMessage().contains("surrogate"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 49_152, Integer.MAX_VALUE})
    void refusesUnknownIds(int id) {
        assertThrows(BadInputException.class, () -> tokenizer.decode(new int[] {id}, false));
        assertThrows(BadInputException.class, () -> tokenizer.token(id));
    }

    private static String streamed(int[] ids) {
        var stream = new TokenStream(tokenizer, false);
        var text = new StringBuilder();
        for (int id : ids) {
            text.append(stream.push(id));
        }
        return text.append(stream.finish()).toString();
    }

    static JsonNode resource(String name) {
        return JsonMapper.shared().readTree(TokenizerTest.class.getResourceAsStream(name));
    }

    static int[] ints(JsonNode array) {
        var ints = new int[array.size()];
        Arrays.setAll(ints, i -> array.get(i).asInt());
        return ints;
    }
}
