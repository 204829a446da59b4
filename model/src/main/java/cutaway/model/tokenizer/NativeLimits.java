package cutaway.model.tokenizer;

import cutaway.tensor.BadInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Refuses a tokenizer.json at which the native library would not refuse but end the program: what panics in Rust
/// (tokenizers 0.21) aborts the JVM.
final class NativeLimits {

    /// serde_json stops at 128, and the library takes for granted that it does not.
    private static final int DEEPEST = 100;

    /// Characters of an added token: what the library makes of it grows with the square of its length.
    private static final int LONGEST_TOKEN = 4096;

    private NativeLimits() {}

    static void check(ObjectNode tokenizer, Path file) {
        for (var part : tokenizer.properties()) {
            checkTree(part.getValue(), 1, part.getKey(), file);
        }
        checkMerges(tokenizer.path("model"), file);
        for (JsonNode token : tokenizer.path("added_tokens")) {
            int length = token.path("content").asString("").length();
            if (length > LONGEST_TOKEN) {
                throw refusal(file, "an added token has " + length + " characters, more than " + LONGEST_TOKEN);
            }
        }
    }

    private static void checkTree(JsonNode node, int depth, String part, Path file) {
        if (depth > DEEPEST) {
            throw refusal(file, part + " is nested deeper than " + DEEPEST);
        }
        if (node.isNumber() && !Double.isFinite(node.asDouble(Double.NaN))) {
            throw refusal(file, part + " holds a number that no float64 has room for");
        }
        for (JsonNode child : node) {
            checkTree(child, depth + 1, part, file);
        }
    }

    /// A merge takes the prefix off its second piece, by its length and without looking.
    private static void checkMerges(JsonNode model, Path file) {
        int prefix = model.path("continuing_subword_prefix").asString("").getBytes(StandardCharsets.UTF_8).length;
        if (prefix == 0) {
            return;
        }
        for (JsonNode merge : model.path("merges")) {
            String second = merge.isArray()
                    ? merge.path(1).asString("")
                    : merge.asString("").substring(merge.asString("").indexOf(' ') + 1);
            byte[] bytes = second.getBytes(StandardCharsets.UTF_8);
            boolean insideOfCharacter = prefix < bytes.length && (bytes[prefix] & 0xC0) == 0x80;
            if (bytes.length < prefix || insideOfCharacter) {
                throw refusal(file, "model merges \"" + second + "\", which is shorter than the prefix of such pieces");
            }
        }
    }

    private static BadInputException refusal(Path file, String what) {
        return new BadInputException(file + ": " + what + "; the file is damaged, fetch it again.");
    }
}
