package cutaway.tensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/// Says what is wrong with a JSON text to who wrote it, without the words of the library that found it.
public final class JsonFault {

    /// What Jackson says, and what stands in its place; all that fit are applied, in this order.
    private static final Map<Pattern, String> WORDS = new LinkedHashMap<>();

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
        say("^Missing required creator property '(\\w+)'.*", "the field \"$1\" is missing");
        say("^Unexpected end-of-input.*", "it ends too early");
        say("Non-standard token '([^']*)'.*", "$1 is no number of JSON");
        say("(was expecting|expected a valid value) \\(JSON String.*", "a value was expected");
        say("\\(\\(CTRL-CHAR, code (\\d+)\\)\\)", "of code $1");
        say(": has to be escaped using backslash to be included in (\\w+)", " in a $1");
        say(" \\(token `JsonToken\\.\\w+`\\)", "");
        say("^Unexpected token \\(`JsonToken\\..*: need String.*", "text that says the kind was expected");
        say(" \\(although at least one Creator exists\\).*", " from what is given");
        say("`?(?:cutaway|java|tools)\\.[\\w.$]*?([A-Z]\\w*)(?:\\$\\w+)?`?", "$1");
        say("^Cannot (deserialize|coerce|construct) (value|instance) of( type)? ", "cannot make a value of ");
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
        for (Map.Entry<Pattern, String> word : WORDS.entrySet()) {
            said = word.getKey().matcher(said).replaceAll(word.getValue());
        }
        return said.isEmpty() ? "it is not understood" : said;
    }
}
