package cutaway.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.RawGguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Each name of `tokenizer.ggml.pre` against llama.cpp, on short strings over characters of many classes.
class PreTokenizerTest {

    private static final JsonNode CASES = KindsTest.resource("kinds/pre.json.gz");

    @TempDir
    Path folder;

    static Stream<String> names() {
        return CASES.get("ids").propertyNames().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void cutsAsLlamaCppDoes(String name) {
        var tokens = strings("tokens");
        var types = new int[tokens.size()];
        Arrays.fill(types, 1);
        var writer = new RawGguf()
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", name)
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", types)
                .put("tokenizer.ggml.merges", strings("merges"));
        try (var file = GgufFile.open(writer.write(folder.resolve("t.gguf")));
                var tokenizer = Tokenizer.of(file)) {
            var wrong = new ArrayList<String>();
            List<String> texts = strings("strings");
            for (int i = 0; i < texts.size(); i++) {
                int[] expected = TokenizerTest.ints(CASES.get("ids").get(name).get(i));
                Encoding encoding = tokenizer.encode(texts.get(i));
                if (!Arrays.equals(expected, encoding.ids())) {
                    wrong.add(encoding.tokens() + " not "
                            + Arrays.stream(expected).mapToObj(tokenizer::token).toList());
                }
            }
            assertEquals(List.of(), wrong, wrong.size() + " of " + texts.size());
        }
    }

    private static List<String> strings(String name) {
        var strings = new ArrayList<String>();
        CASES.get(name).forEach(text -> strings.add(text.asString()));
        return strings;
    }
}
