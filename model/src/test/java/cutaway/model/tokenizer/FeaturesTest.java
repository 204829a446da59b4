package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// The parts that a tokenizer.json may have (flags of added tokens, prefixed spaces, normalisers, what goes around a
/// text), against Python's tokenizers; see kinds/README.md in the resources.
class FeaturesTest {

    private static final JsonNode ALL = KindsTest.resource("kinds/features.json.gz");

    @TempDir
    Path folder;

    static Stream<String> names() {
        return ALL.get("tokenizers")
                .valueStream()
                .map(tokenizer -> tokenizer.get("name").asString());
    }

    @ParameterizedTest
    @MethodSource("names")
    void behavesAsInPython(String name) throws IOException {
        JsonNode given = ALL.get("tokenizers")
                .valueStream()
                .filter(tokenizer -> tokenizer.get("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
        Path file = Files.writeString(
                folder.resolve("tokenizer.json"), given.get("tokenizer").toString());
        try (var tokenizer = Tokenizer.ofJson(file)) {
            assertEquals(KindsTest.list(given.get("before")), tokenizer.before());
            assertEquals(KindsTest.list(given.get("after")), tokenizer.after());
            var wrong = new ArrayList<String>();
            for (int i = 0; i < ALL.get("texts").size(); i++) {
                String text = ALL.get("texts").get(i).asString();
                JsonNode expected = given.get("cases").get(i);
                Encoding encoding = tokenizer.encode(text);
                String found = List.of(
                                KindsTest.ints(encoding),
                                KindsTest.ends(encoding.spans()),
                                KindsTest.ints(tokenizer.encode(text, false)),
                                tokenizer.decode(encoding.ids(), false),
                                tokenizer.decode(encoding.ids(), true))
                        .toString();
                String wanted = List.of(
                                KindsTest.list(expected.get(0)),
                                KindsTest.list(expected.get(1)),
                                KindsTest.list(expected.get(2)),
                                expected.get(3).asString(),
                                expected.get(4).asString())
                        .toString();
                if (!found.equals(wanted)) {
                    wrong.add("\"" + text + "\" gives " + found + " not " + wanted);
                }
            }
            assertEquals(List.of(), wrong);
        }
    }
}
