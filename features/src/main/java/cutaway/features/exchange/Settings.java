package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import cutaway.tensor.RegularFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// The settings of a dictionary's folder: one JSON object, whose faults are said in a sentence.
///
/// A value of null counts as absent.
record Settings(Path file, ObjectNode values) {

    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final long LONGEST = 10_000_000;

    static Settings read(Path file) {
        RegularFile.check(file, "a JSON file");
        try {
            if (Files.size(file) > LONGEST) {
                throw new BadInputException(file + " has " + Files.size(file)
                        + " bytes; the settings of a dictionary are a few thousand at most.");
            }
            if (JSON.readTree(Files.readString(file)) instanceof ObjectNode object) {
                return new Settings(file, object);
            }
            throw new BadInputException(file + " holds no JSON object; expected the settings of a dictionary.");
        } catch (JacksonException e) {
            throw new BadInputException(file + " is not valid JSON: " + JsonFault.of(e) + ".", e);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is not text in UTF-8; expected a JSON file.", e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + " (" + e + "); expected a JSON file.", e);
        }
    }

    private @Nullable JsonNode value(String name) {
        JsonNode value = values.get(name);
        return value == null || value.isNull() ? null : value;
    }

    boolean has(String name) {
        return value(name) != null;
    }

    Settings object(String name) {
        if (value(name) instanceof ObjectNode object) {
            return new Settings(file, object);
        }
        throw wrong(name, "an object");
    }

    Optional<String> text(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof StringNode text) {
            return Optional.of(text.stringValue());
        }
        throw wrong(name, "text");
    }

    String requiredText(String name) {
        return text(name).orElseThrow(() -> wrong(name, "text"));
    }

    boolean flag(String name, boolean otherwise) {
        JsonNode value = value(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.booleanValue();
    }

    /// A size: a whole number above 0.
    int size(String name) {
        JsonNode value = value(name);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw wrong(name, "a whole number above 0");
        }
        return value.intValue();
    }

    BadInputException wrong(String name, String expected) {
        JsonNode value = values.get(name);
        return new BadInputException(
                file + ": \"" + name + "\" is " + (value == null ? "missing" : value) + "; expected " + expected + ".");
    }

    /// What its values say, by name, but for some.
    Map<String, String> notes(Set<String> without) {
        Map<String, String> notes = new LinkedHashMap<>();
        values.forEachEntry((name, value) -> {
            if (!without.contains(name)) {
                notes.put(name, note(value));
            }
        });
        return notes;
    }

    /// A value as text: what is text stays as it is, unless it could be taken for something else.
    static String note(JsonNode value) {
        if (value instanceof StringNode text && parsed(text.stringValue()) == null) {
            return text.stringValue();
        }
        return value.toString();
    }

    /// The value that [#note] made the text of.
    static JsonNode value(Object note) {
        JsonNode parsed = parsed(note.toString());
        return parsed == null ? StringNode.valueOf(note.toString()) : parsed;
    }

    /// The value that is spelled exactly so.
    private static @Nullable JsonNode parsed(String text) {
        if (text.isBlank()) {
            return null;
        }
        try {
            JsonNode parsed = JSON.readTree(text);
            return parsed.toString().equals(text) ? parsed : null;
        } catch (JacksonException e) {
            return null;
        }
    }
}
