package cutaway.interp.edit;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/// Edits and metrics as JSON, to and from.
public final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .build();

    private static final Pattern MISSING = Pattern.compile("Missing required creator property '(\\w+)'");

    private Json() {}

    /// The edits in a file: a list of them, or one alone.
    ///
    /// @throws BadInputException when there is no such file, or it holds something else
    public static List<Edit> editsIn(Path file) {
        try {
            return edits(Files.readString(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new BadInputException("there is no file " + file + "; expected edits in JSON.", e);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is not text in UTF-8; expected edits in JSON.", e);
        } catch (IOException e) {
            throw new BadInputException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// @param where what to call the text in messages
    /// @throws BadInputException when the text is no list of edits
    public static List<Edit> edits(String json, String where) {
        try {
            List<Edit> edits = MAPPER.readValue(json, new TypeReference<List<Edit>>() {});
            if (edits == null || edits.contains(null)) {
                throw new BadInputException(where + " holds null where an edit was expected.");
            }
            return List.copyOf(edits);
        } catch (JacksonException e) {
            throw refused(where, e);
        }
    }

    /// @param where what to call the text in messages
    /// @throws BadInputException when the text is no metric
    public static Metric metric(String json, String where) {
        try {
            Metric metric = MAPPER.readValue(json, Metric.class);
            if (metric == null) {
                throw new BadInputException(where + " holds null where a metric was expected.");
            }
            return metric;
        } catch (JacksonException e) {
            throw refused(where, e);
        }
    }

    public static String of(List<Edit> edits) {
        return MAPPER.writerFor(new TypeReference<List<Edit>>() {}).writeValueAsString(edits);
    }

    public static String of(Metric metric) {
        return MAPPER.writerFor(Metric.class).writeValueAsString(metric);
    }

    private static BadInputException refused(String where, JacksonException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BadInputException bad) {
                return new BadInputException(where + place(e) + ": " + bad.getMessage(), e);
            }
        }
        return new BadInputException(where + place(e) + ": " + what(e), e);
    }

    private static String what(JacksonException e) {
        return switch (e) {
            case InvalidTypeIdException unknown
            when unknown.getTypeId() != null ->
                "\"" + unknown.getTypeId() + "\" is not known; expected " + kinds(unknown) + ".";
            case InvalidTypeIdException unknown ->
                "the field \"" + (isEdit(unknown) ? "op" : "metric") + "\" is missing; expected one of "
                        + kinds(unknown) + ".";
            case UnrecognizedPropertyException unknown ->
                "the field \"" + unknown.getPropertyName() + "\" is not known; expected "
                        + unknown.getKnownPropertyIds().stream()
                                .map(String::valueOf)
                                .sorted()
                                .collect(Collectors.joining(", "))
                        + ".";
            case StreamReadException broken -> "this is not JSON: " + sentence(broken);
            default -> sentence(e);
        };
    }

    private static boolean isEdit(InvalidTypeIdException e) {
        return e.getBaseType().hasRawClass(Edit.class);
    }

    private static String kinds(InvalidTypeIdException e) {
        return isEdit(e)
                ? "add, knockout, mean, patch, project_out, replace, scale or zero"
                : "divergence, log_probability, logit, logit_difference, loss, probability or projection";
    }

    private static String sentence(JacksonException e) {
        Matcher missing = MISSING.matcher(String.valueOf(e.getOriginalMessage()));
        return missing.find() ? "the field \"" + missing.group(1) + "\" is missing." : JsonFault.of(e) + ".";
    }

    private static String place(JacksonException e) {
        TokenStreamLocation at =
                e instanceof DatabindException || e instanceof StreamReadException ? e.getLocation() : null;
        return at == null || at.getLineNr() < 1 ? "" : ", line " + at.getLineNr();
    }
}
