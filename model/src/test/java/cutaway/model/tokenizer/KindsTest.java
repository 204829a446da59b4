package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.gguf.GgufFile;
import cutaway.model.tokenizer.Encoding.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A small tokenizer of each kind on 1,000 strings, against SentencePiece, tokenizers and llama.cpp; see
/// kinds/README.md in the resources.
class KindsTest {

    static final List<String> KINDS = List.of(
            "bytelevel",
            "wordpiece",
            "wordpiece-cased",
            "spm-llama",
            "spm-gemma",
            "spm-no-bytes",
            "unigram",
            "unigram-bytes");

    /// With SentencePiece, each part of a text may begin with a space of its own, which is no part of it.
    private static final List<String> SPACED = List.of("spm-llama", "spm-no-bytes", "unigram", "unigram-bytes");

    @TempDir
    static Path folder;

    private static List<String> strings = List.of();

    @BeforeAll
    static void read() {
        var all = new ArrayList<String>();
        resource("kinds/strings.json.gz").forEach(text -> all.add(text.asString()));
        strings = List.copyOf(all);
        assertEquals(1_000, strings.size());
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void tokenizerJsonAgreesWithTokenizers(String kind) {
        JsonNode cases = resource("kinds/" + kind + "/cases.json.gz");
        try (var tokenizer = ofJson(kind)) {
            assertAgrees(tokenizer, cases.get("json"));
            assertEquals(list(cases.get("before")), tokenizer.before());
            assertEquals(list(cases.get("after")), tokenizer.after());
        }
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void ggufAgreesWithTheReference(String kind) {
        JsonNode cases = resource("kinds/" + kind + "/cases.json.gz");
        try (var tokenizer = ofGguf(kind)) {
            assertAgrees(tokenizer, cases.has("gguf") ? cases.get("gguf") : cases.get("json"));
            assertEquals(list(cases.get("before")), tokenizer.before());
            assertEquals(list(cases.get("after")), tokenizer.after());
            JsonNode plain = cases.path("plain");
            for (int i = 0; i < plain.size(); i++) {
                if (plain.get(i).isArray()) {
                    int[] ids = tokenizer.encode(strings.get(i), false).ids();
                    assertArrayEquals(TokenizerTest.ints(plain.get(i)), ids, shown(i));
                }
            }
        }
    }

    private static void assertAgrees(Tokenizer tokenizer, JsonNode cases) {
        var wrong = new ArrayList<String>();
        for (int i = 0; i < strings.size(); i++) {
            String text = strings.get(i);
            JsonNode expected = cases.get(i);
            Encoding encoding = tokenizer.encode(text);
            JsonNode decoded = expected.get(2);
            String back = decoded.isNull() ? text : decoded.asString();
            boolean right = list(expected.get(0)).equals(ints(encoding))
                    && list(expected.get(1)).equals(ends(encoding.spans()))
                    && (decoded.isBoolean() || back.equals(tokenizer.decode(encoding.ids(), false)));
            if (!right) {
                wrong.add(shown(i) + " gives " + encoding.tokens() + " " + ints(encoding) + ends(encoding.spans())
                        + tokenizer.decode(encoding.ids(), false) + " not " + expected);
            }
        }
        assertEquals(List.of(), wrong, wrong.size() + " strings of " + strings.size());
    }

    /// 100,000 tokens, and more characters than any model takes.
    @ParameterizedTest
    @FieldSource("KINDS")
    void nothingIsTruncated(String kind) {
        String text = "the 東京 ".repeat(50_000).strip();
        try (var json = ofJson(kind);
                var gguf = ofGguf(kind)) {
            for (Tokenizer tokenizer : List.of(json, gguf)) {
                Encoding encoding = tokenizer.encode(text);
                assertTrue(encoding.ids().length >= 100_000, kind + " has " + encoding.ids().length + " tokens");
                assertEquals(text.length(), encoding.spans().getLast().end());
                assertEquals(0, encoding.spans().getFirst().start());
                if (!kind.equals("wordpiece") && !kind.equals("wordpiece-cased")) {
                    assertCovers(text, encoding.spans(), kind);
                }
            }
        }
    }

    /// Each span begins where the one before ended, or shares its characters; only a prefixed space has none.
    private static void assertCovers(String text, List<Span> spans, String kind) {
        int end = 0;
        for (Span span : spans) {
            boolean prefixed = SPACED.contains(kind) && span.equals(new Span(end, end));
            boolean follows = span.start() <= end && span.end() >= end && span.start() < span.end();
            assertTrue(prefixed || follows, kind + ": " + span + " after " + end);
            end = span.end();
        }
        assertEquals(text.length(), end);
    }

    private static String shown(int i) {
        String text = strings.get(i);
        return i + " \"" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "\"";
    }

    static List<Integer> ints(Encoding encoding) {
        return Arrays.stream(encoding.ids()).boxed().toList();
    }

    static List<Integer> ends(List<Span> spans) {
        var ends = new ArrayList<Integer>();
        spans.forEach(span -> ends.addAll(List.of(span.start(), span.end())));
        return ends;
    }

    static List<Integer> list(JsonNode array) {
        return Arrays.stream(TokenizerTest.ints(array)).boxed().toList();
    }

    static Tokenizer ofJson(String kind) {
        Path file = folder.resolve(kind + "-json").resolve("tokenizer.json");
        return Tokenizer.ofJson(unpacked("kinds/" + kind + "/tokenizer.json.gz", file));
    }

    static Tokenizer ofGguf(String kind) {
        Path file = unpacked("kinds/" + kind + "/tokenizer.gguf.gz", folder.resolve(kind + ".gguf"));
        try (var gguf = GgufFile.open(file)) {
            return Tokenizer.of(gguf);
        }
    }

    private static Path unpacked(String name, Path to) {
        try (var in = new GZIPInputStream(KindsTest.class.getResourceAsStream(name))) {
            Files.createDirectories(to.getParent());
            return Files.write(to, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode resource(String name) {
        try (var in = new GZIPInputStream(KindsTest.class.getResourceAsStream(name))) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
