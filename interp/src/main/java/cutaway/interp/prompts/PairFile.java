package cutaway.interp.prompts;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// Reads a file of pairs: a [PromptPair] a line, or one [Template].
public final class PairFile {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .withCoercionConfig(
                    LogicalType.Textual,
                    coercion -> coercion.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private PairFile() {}

    /// @throws BadInputException when there is no such file, or a line is neither
    public static List<PromptPair> read(Path file) {
        try {
            return pairs(withoutMark(Files.readString(file)), file.toString());
        } catch (NoSuchFileException e) {
            throw new BadInputException(
                    "there is no file " + file + "; expected pairs of prompts, one JSON object a line.", e);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is not text in UTF-8; expected pairs of prompts in JSON.", e);
        } catch (IOException e) {
            throw new BadInputException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// Without the byte order mark that some editors put before a text.
    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /// As [#read], of a text that is at hand.
    ///
    /// @param where what to call the text in messages
    public static List<PromptPair> pairs(String text, String where) {
        if (isTemplate(text)) {
            return read(text, Template.class, where).pairs();
        }
        List<PromptPair> pairs = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.isBlank()) {
                pairs.add(read(line, PromptPair.class, where + ", line " + number));
            }
        }
        if (pairs.isEmpty()) {
            throw new BadInputException(where + " is empty; expected a line"
                    + " {\"prompt\": …, \"contrast\": …, \"answer\": …, \"against\": …} for each pair.");
        }
        return pairs;
    }

    private static boolean isTemplate(String text) {
        try {
            JsonNode whole = MAPPER.readTree(text);
            return whole.has("template");
        } catch (JacksonException e) {
            return false; // many lines are not one document
        }
    }

    private static <T> T read(String json, Class<T> type, String where) {
        try {
            T read = MAPPER.readValue(json, type);
            if (read == null) {
                throw new BadInputException(where + ": null stands where a pair of prompts was expected.");
            }
            return read;
        } catch (JacksonException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BadInputException bad) {
                    throw new BadInputException(where + ": " + bad.getMessage(), e);
                }
            }
            throw new BadInputException(where + ": " + what(e), e);
        }
    }

    private static String what(JacksonException e) {
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                "the field \"" + unknown.getPropertyName() + "\" is not known; expected "
                        + String.join(
                                ", ",
                                unknown.getKnownPropertyIds().stream()
                                        .map(String::valueOf)
                                        .sorted()
                                        .toList())
                        + ".";
            case MismatchedInputException other
            when other.getPath().isEmpty() && JsonFault.isOfKind(e) ->
                "an object {\"prompt\": …, \"contrast\": …} was expected.";
            case MismatchedInputException other
            when !other.getPath().isEmpty() && !JsonFault.of(e).endsWith("is missing") ->
                kind(String.valueOf(other.getPath().getFirst().getPropertyName()));
            default -> JsonFault.of(e) + ".";
        };
    }

    private static String kind(String field) {
        return "the field \"" + field + "\" must be "
                + switch (field) {
                    case "roles" -> "an object of parts by name, such as {\"subject\": [4, 16]}.";
                    case "fills" -> "a list of objects, each with a text for every slot.";
                    case "group_by" -> "a list of slots.";
                    default -> "text.";
                };
    }
}
