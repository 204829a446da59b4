package cutaway.server.api;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import cutaway.tensor.BadInputException;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/// JSON as the server reads and writes it: fields in the order of their record; none that is unknown.
public final class Json {

    public static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// `cutaway.server.lens.Effects$EffectAsked`: what is told of it is its last part.
    private static final Pattern CLASS_NAME = Pattern.compile("`?(?:[a-z]\\w*\\.)+(?:\\w+\\$)*(\\w+)(?:<[^>]*>)?`?");

    private Json() {}

    /// In one line.
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// Reads what was a tree already.
    ///
    /// @throws Refusal as [#read]
    public static <T> T read(JsonNode tree, Class<T> type) {
        return read(() -> MAPPER.treeToValue(tree, type), type);
    }

    /// Reads a body.
    ///
    /// @throws Refusal when it is no such record, saying where
    public static <T> T read(String text, Class<T> type) {
        return read(() -> MAPPER.readValue(text, type), type);
    }

    private static <T> T read(Supplier<T> reading, Class<T> type) {
        try {
            T value = reading.get();
            if (value == null) {
                throw new Refusal(400, "the body is null; expected a JSON object.");
            }
            return value;
        } catch (JacksonException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BadInputException bad) {
                    throw bad;
                }
            }
            throw new Refusal(400, "the body is no " + type.getSimpleName() + ": " + wrong(e) + ".");
        }
    }

    /// What is wrong and where, without the names of classes.
    private static String wrong(JacksonException e) {
        String what = switch (e) {
            case UnrecognizedPropertyException unknown -> "there is no field \"" + unknown.getPropertyName() + "\"";
            case InvalidTypeIdException unknown -> kind(unknown);
            default ->
                CLASS_NAME
                        .matcher(e.getOriginalMessage().lines().findFirst().orElse("it cannot be read"))
                        .replaceAll("$1");
        };
        String path = e.getPath().stream()
                .map(at -> at.getPropertyName() == null ? "[" + at.getIndex() + "]" : "." + at.getPropertyName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
        int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        return what + (path.isEmpty() ? "" : ", at " + path) + (line > 0 ? ", line " + line : "");
    }

    /// That the field which says of which kind something is (an edit, a metric) is missing, or says none.
    private static String kind(InvalidTypeIdException e) {
        Class<?> base = e.getBaseType().getRawClass();
        String kinds = Arrays.stream(base.getAnnotation(JsonSubTypes.class).value())
                .map(JsonSubTypes.Type::name)
                .collect(Collectors.joining(", "));
        return e.getTypeId() == null
                ? "the field \"" + base.getAnnotation(JsonTypeInfo.class).property() + "\" is missing, one of " + kinds
                : "\"" + e.getTypeId() + "\" is none of " + kinds;
    }

    /// Writes a file whole, then puts it in place; its folder is made where it is missing.
    ///
    /// @throws Refusal when the disk refuses
    public static void put(Path file, Object value) {
        try {
            WholeFile.write(file, text(value));
        } catch (IOException e) {
            throw new Refusal(507, "cannot write " + file + " (" + e.getMessage() + "); make room, and ask again.");
        }
    }
}
