package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import cutaway.tensor.RegularFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// circuit-tracer's config.yaml: one `key: value` a line, and lists of `- value` below a key. Nothing else of YAML is
/// read.
///
/// @param values of keys with one value
/// @param lists how long the list of each other key is
record SetSettings(Path file, Map<String, String> values, Map<String, Integer> lists) {

    private static final Pattern PAIR = Pattern.compile("([A-Za-z_][\\w.-]*):(?:\\s+(.*))?");
    private static final long LONGEST = 1_000_000;

    static SetSettings read(Path file) {
        RegularFile.check(file, "a YAML file");
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, Integer> lists = new LinkedHashMap<>();
        String open = "";
        for (String line : lines(file)) {
            String text = line.replaceFirst("(^|\\s)#.*$", "").stripTrailing();
            if (text.isBlank() || text.equals("---")) {
                continue;
            }
            if (text.stripLeading().startsWith("- ") && !open.isEmpty()) {
                values.remove(open);
                lists.merge(open, 1, Integer::sum);
                continue;
            }
            Matcher pair = PAIR.matcher(text);
            if (!pair.matches()) {
                throw new BadInputException(file + ": the line \"" + line
                        + "\" is not understood; expected \"key: value\" or, below a key, \"- value\".");
            }
            open = pair.group(1);
            if (values.put(open, plain(pair.group(2) == null ? "" : pair.group(2))) != null) {
                throw new BadInputException(file + ": \"" + open + "\" stands there twice.");
            }
        }
        return new SetSettings(file, values, lists);
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                throw new BadInputException(file + " has " + Files.size(file)
                        + " bytes; the settings of a set of transcoders are a few thousand at most.");
            }
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is not text in UTF-8; expected a YAML file.", e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + " (" + e + "); expected a YAML file.", e);
        }
    }

    private static String plain(String value) {
        boolean quoted = value.length() >= 2
                && (value.startsWith("\"") || value.startsWith("'"))
                && value.charAt(0) == value.charAt(value.length() - 1);
        return quoted ? value.substring(1, value.length() - 1) : value.strip();
    }

    Optional<String> text(String key) {
        String value = values.get(key);
        return value == null || value.isEmpty() || value.equals("null") || value.equals("~")
                ? Optional.empty()
                : Optional.of(value);
    }

    String required(String key) {
        return text(key)
                .orElseThrow(() -> new BadInputException(file + " has no \"" + key + "\"; circuit-tracer needs one."));
    }
}
