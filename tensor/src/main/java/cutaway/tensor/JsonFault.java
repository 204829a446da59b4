package cutaway.tensor;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.lang.reflect.Executable;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.MismatchedInputException;

/// Says what is wrong with a JSON text to who wrote it, without the words of the library that found it.
public final class JsonFault {

    /// What Jackson says, and what stands in its place; all that fit are applied, in this order.
    private static final Map<Pattern, String> WORDS = new LinkedHashMap<>();

    /// What stands where another kind of value was expected, in one of the groups.
    private static final Pattern GIVEN = Pattern.compile(
            "(?s)^Cannot (?:deserialize|construct) .* from (?:(\\w[\\w-]*) value\\b.*|String (\".*\"): .*)");

    static {
        say("(?s)\n.*", "");
        say(" \\((start marker|for \\w+ starting) at .*", "");
        say("^Duplicate Object property (\".*\")", "$1 occurs twice in one object");
        say(
                "^Document nesting depth \\(\\d+\\) exceeds the maximum allowed \\((\\d+).*",
                "it is nested deeper than $1");
        say("^Number value length \\(\\d+\\).*allowed \\((\\d+).*", "a number has more than $1 digits");
        say("^BigDecimal scale .*", "a number's exponent is out of range");
        say("^Name length \\(\\d+\\).*allowed \\((\\d+).*", "a name is longer than $1 characters");
        say("^String value length \\(\\d+\\).*allowed \\((\\d+).*", "a text is longer than $1 characters");
        say("^Trailing token \\(`JsonToken\\.START_OBJECT`.*", "more follows the first value: an object");
        say("^Trailing token \\(`JsonToken\\.START_ARRAY`.*", "more follows the first value: a list");
        say("^Trailing token \\(`JsonToken\\.VALUE_STRING`.*", "more follows the first value: text");
        say("^Trailing token \\(`JsonToken\\.VALUE_NUMBER_\\w+`.*", "more follows the first value: a number");
        say("^Trailing token .*", "more follows the first value");
        say("^Numeric value \\((.*?)\\) out of range of .*", "$1 is out of the range of whole numbers there");
        say("^Missing required creator property '(\\w+)'.*", "the field \"$1\" is missing");
        say("^Unexpected end-of-input.*", "it ends too early");
        say("Non-standard token '([^']*)'.*", "$1 is no number of JSON");
        say("(was expecting|expected a valid value) \\(JSON String.*", "a value was expected");
        say("\\(\\(CTRL-CHAR, code (\\d+)\\)\\)", "of code $1");
        say(": has to be escaped using backslash to be included in (\\w+)", " in a $1");
        say("^Unexpected token \\(`JsonToken\\..*: need String.*", "text that says the kind was expected");
        say("`?(?:cutaway|java|tools)\\.[\\w.$]*?([A-Z]\\w*)(?:\\$\\w+)?`?", "$1");
        say("^Cannot (?:deserialize|construct) (?:value|instance) of(?: type)? (\\S+) .*", "no $1 can be made of it");
        say("^No content to map.*", "it is empty");
        say("`", "\"");
        say("[.:\\s]+$", "");
    }

    private JsonFault() {}

    private static void say(String jackson, String plain) {
        WORDS.put(Pattern.compile(jackson), plain);
    }

    /// @return the fault, to stand inside of a sentence
    public static String of(JacksonException e) {
        String said = String.valueOf(e.getOriginalMessage());
        if (e instanceof MismatchedInputException wrong) {
            @Nullable String given = given(said);
            if (given != null) {
                return expected(wrong.getTargetType()) + ", not " + given;
            }
        }
        for (Map.Entry<Pattern, String> word : WORDS.entrySet()) {
            said = word.getKey().matcher(said).replaceAll(word.getValue());
        }
        return said.isEmpty() ? "it is not understood" : said;
    }

    /// Whether a value of another kind was expected.
    public static boolean isOfKind(JacksonException e) {
        return e instanceof MismatchedInputException && given(String.valueOf(e.getOriginalMessage())) != null;
    }

    private static @Nullable String given(String jackson) {
        if (jackson.startsWith("Cannot coerce empty String")) {
            return "an empty text";
        }
        if (jackson.startsWith("Cannot map `null`")) {
            return "null";
        }
        Matcher given = GIVEN.matcher(jackson);
        if (!given.matches()) {
            return null;
        }
        return given.group(1) == null
                ? given.group(2)
                : switch (given.group(1)) {
                    case "Array" -> "a list";
                    case "Object" -> "an object";
                    case "String" -> "text";
                    case "Integer", "Floating-point", "Number" -> "a number";
                    case "Boolean", "boolean" -> "true or false";
                    default -> "what is given";
                };
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "another kind of value was expected";
        }
        Optional<Executable> own = Stream.<Executable>concat(
                        Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getDeclaredConstructors()))
                .filter(made -> made.isAnnotationPresent(JsonCreator.class))
                .findFirst();
        if (type.isEnum() || own.isPresent()) { // such as a site, which is said by its name
            boolean isText =
                    type.isEnum() || Arrays.equals(own.get().getParameterTypes(), new Class<?>[] {String.class});
            return (isText ? "text" : "another kind of value") + " was expected";
        }
        return Map.of(
                                String.class, "text",
                                boolean.class, "true or false",
                                Boolean.class, "true or false",
                                double.class, "a number",
                                Double.class, "a number",
                                float.class, "a number",
                                int.class, "a whole number",
                                Integer.class, "a whole number",
                                long.class, "a whole number",
                                Long.class, "a whole number")
                        .getOrDefault(
                                type,
                                type.isArray() || Collection.class.isAssignableFrom(type) ? "a list" : "an object")
                + " was expected";
    }
}
