package cutaway.lab;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Recipes as JSON, to and from. Fields that are not known are refused by name.
public final class RecipeFile {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// What lies in a folder of the lab beside the model.
    ///
    /// @param format of the folder
    record Kept(int format, Recipe recipe) {}

    private static final String NET_KIND = "net.kind";

    private RecipeFile() {}

    /// In one line, the same for equal recipes.
    public static String text(Recipe recipe) {
        return JSON.writeValueAsString(recipe);
    }

    /// Over many lines, for a file.
    public static String pretty(Recipe recipe) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(recipe) + "\n";
    }

    /// @throws BadInputException when there is no such file, or it holds no recipe
    public static Recipe read(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new BadInputException("there is no file " + file + "; expected a recipe in JSON.", e);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is not text in UTF-8; expected a recipe in JSON.", e);
        } catch (IOException e) {
            throw new BadInputException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /// @param where what to call the text in messages
    public static Recipe parse(String json, String where) {
        try {
            Recipe recipe = JSON.readValue(json, Recipe.class);
            if (recipe == null) {
                throw new BadInputException(where + " holds null where a recipe was expected.");
            }
            return recipe;
        } catch (JacksonException e) {
            throw refused(where, misspelled(json, where, e));
        }
    }

    /// Where a field is missing and another one stands beside it that is not known, it is that one which is told.
    private static JacksonException misspelled(String json, String where, JacksonException missing) {
        if (!(missing instanceof MismatchedInputException) || missing.getPath().isEmpty()) {
            return missing;
        }
        List<JacksonException.Reference> path = missing.getPath();
        JsonNode at;
        try {
            at = JSON.readTree(json);
        } catch (JacksonException e) {
            return e; // what is broken as JSON is told first
        }
        for (JacksonException.Reference step : path.subList(0, path.size() - 1)) {
            at = step.getPropertyName() == null ? at.path(step.getIndex()) : at.path(step.getPropertyName());
        }
        if (path.getLast().from() instanceof Class<?> type && type.isRecord()) {
            List<Object> known = Arrays.stream(type.getRecordComponents())
                    .<Object>map(RecordComponent::getName)
                    .toList();
            for (String name : at.propertyNames()) {
                if (!known.contains(name) && !name.equals("kind")) {
                    throw new BadInputException(
                            where + within(path.subList(0, path.size() - 1)) + ": " + unknown(name, known) + ".",
                            missing);
                }
            }
        }
        return missing;
    }

    private static String unknown(String name, Collection<Object> known) {
        return "the field \"" + name + "\" is not known; expected "
                + known.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
    }

    private static String within(List<JacksonException.Reference> path) {
        return path.isEmpty()
                ? ""
                : " at "
                        + path.stream()
                                .map(step -> step.getPropertyName() == null
                                        ? "[" + step.getIndex() + "]"
                                        : step.getPropertyName())
                                .collect(Collectors.joining("."));
    }

    /// A recipe with other values at some places, as a file would say them. A net of another kind begins as its kind
    /// usually is.
    ///
    /// @param values by place, such as `net.hidden` or `steps`: records of the recipe, numbers, texts and lists
    /// @throws BadInputException when there is no such place, or the parts do not go together
    static Recipe edited(Recipe recipe, Map<String, ?> values) {
        JsonNode tree = JSON.valueToTree(recipe);
        if (values.get(NET_KIND) instanceof String kind) {
            Usual.net(node(kind).asString(), recipe.task())
                    .filter(net -> net.getClass() != recipe.net().getClass())
                    .ifPresent(net -> put(tree, "net", JSON.valueToTree(net)));
        }
        values.forEach((place, value) ->
                put(tree, place, value instanceof String text ? node(text) : JSON.valueToTree(value)));
        return parse(JSON.writeValueAsString(tree), "the recipe");
    }

    private static JsonNode node(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            return JSON.valueToTree(text); // a word without its quotes
        }
    }

    private static void put(JsonNode tree, String place, JsonNode value) {
        String[] names = place.split("\\.", -1);
        JsonNode at = tree;
        for (int i = 0; i < names.length - 1 && at != null; i++) {
            at = at.get(names[i]);
        }
        if (!(at instanceof ObjectNode object)) {
            throw new BadInputException("the recipe has no place \"" + place + "\"; its parts are "
                    + String.join(", ", tree.propertyNames()) + ".");
        }
        object.set(names[names.length - 1], value);
    }

    static String kept(Recipe recipe, int format) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(new Kept(format, recipe)) + "\n";
    }

    /// The format that a text of [#kept] says, whatever else it holds; empty where it says none.
    static OptionalInt format(String json) {
        try {
            JsonNode format = JSON.readTree(json).path("format");
            return format.isInt() ? OptionalInt.of(format.intValue()) : OptionalInt.empty();
        } catch (JacksonException e) {
            return OptionalInt.empty();
        }
    }

    static Recipe keptRecipe(String json, String where) {
        try {
            return JSON.readValue(json, Kept.class).recipe;
        } catch (JacksonException e) {
            throw refused(where, e);
        }
    }

    private static BadInputException refused(String where, JacksonException e) {
        String at = within(e.getPath());
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BadInputException bad) {
                return new BadInputException(where + at + ": " + bad.getMessage(), e);
            }
        }
        return new BadInputException(where + at + ": " + what(e) + ".", e);
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "what is expected there";
        }
        if (type.isEnum()) {
            return "any of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(one -> JSON.valueToTree(one).asString())
                            .collect(Collectors.joining(", "));
        }
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "a whole number";
        }
        return type == double.class || type == Double.class
                ? "a number"
                : type == boolean.class ? "true or false" : "what is expected there";
    }

    private static String what(JacksonException e) {
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                unknown(unknown.getPropertyName(), unknown.getKnownPropertyIds());
            case InvalidTypeIdException unknown
            when unknown.getTypeId() != null -> "the kind \"" + unknown.getTypeId() + "\" is not known here";
            case InvalidTypeIdException _ -> "the field \"kind\" is missing";
            case InvalidFormatException wrong ->
                "\"" + wrong.getValue() + "\" is not " + expected(wrong.getTargetType());
            case MismatchedInputException wrong
            when wrong.getOriginalMessage().startsWith("Cannot map") -> // null, where it has no place
                "nothing is given; expected " + expected(wrong.getTargetType()).replaceFirst("^any of ", "one of ");
            default -> JsonFault.of(e);
        };
    }
}
