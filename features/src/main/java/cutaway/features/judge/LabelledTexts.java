package cutaway.features.judge;

import cutaway.interp.probe.RelativeLabels;
import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Texts with a label each, read from JSON lines:
///
///     {"text": "She baked a loaf.", "label": "cooking", "group": "loaf", "spurious": "she"}
///
/// @param texts in the order of the file
/// @param places of each, such as `topics.jsonl, line 3`
/// @param labels of each, by number
/// @param names of the labels, in order
/// @param groups of each: texts of one are never split between fitting and testing; each its own where the file has
///     none
/// @param spurious of each, by number; empty where the file has none
/// @param spuriousNames in order
public record LabelledTexts(
        List<String> texts,
        List<String> places,
        int[] labels,
        List<String> names,
        int[] groups,
        int[] spurious,
        List<String> spuriousNames) {

    /// Fewer texts of a label say nothing.
    private static final int LEAST = 8;

    /// Fewer groups cannot be split twice: into texts to fit on and to test on, and the first once more.
    private static final int LEAST_GROUPS = 4;

    private static final JsonMapper JSON = JsonMapper.shared();

    /// How the fields are called. A null group or spurious one has its usual name and may be absent.
    ///
    /// @param role whose view the labels are to be as seen from ([RelativeLabels]); null leaves them as they stand
    public record Fields(
            String text,
            String label,
            @Nullable String group,
            @Nullable String spurious,
            @Nullable String role) {

        public static final Fields USUAL = new Fields("text", "label", null, null, null);
    }

    /// @throws BadInputException when the file cannot be read, a line lacks a field, or there are fewer than two
    ///     labels or too few texts of one
    public static LabelledTexts read(Path file, Fields fields) {
        List<JsonNode> objects = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        List<String> all = lines(file);
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).isBlank()) {
                objects.add(object(file, i + 1, all.get(i), fields));
                lines.add(i + 1);
            }
        }
        if (objects.isEmpty()) {
            throw new BadInputException(file + " has no lines; expected JSON lines such as " + example(fields) + ".");
        }
        Columns columns = new Columns(file, objects, lines);
        List<String> texts = columns.required(fields.text, "--field");
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isBlank()) {
                throw new BadInputException(file + ", line " + lines.get(i) + ": \"" + fields.text
                        + "\" is empty; give a text, or leave the line out.");
            }
        }
        List<String> absolute = columns.required(fields.label, "--class");
        List<String> labels = fields.role == null
                ? absolute
                : RelativeLabels.of(absolute, columns.required(fields.role, "--relative-to"));
        List<String> groups = columns.optional(fields.group, "group", "--group");
        List<String> spurious = columns.optional(fields.spurious, "spurious", "--spurious");
        checkLabels(file, fields.label, labels);
        if (!groups.isEmpty() && groups.stream().distinct().count() < LEAST_GROUPS) {
            throw new BadInputException("the texts of " + file + " are of "
                    + groups.stream().distinct().count() + " groups, which are never split between fitting and testing;"
                    + " give at least " + LEAST_GROUPS + ", or name another field with --group.");
        }
        List<String> names = List.copyOf(new TreeSet<>(labels));
        List<String> spuriousNames = List.copyOf(new TreeSet<>(spurious));
        return new LabelledTexts(
                texts,
                lines.stream().map(line -> file + ", line " + line).toList(),
                numbers(labels, names),
                names,
                groups.isEmpty()
                        ? IntStream.range(0, texts.size()).toArray()
                        : numbers(groups, List.copyOf(new TreeSet<>(groups))),
                numbers(spurious, spuriousNames),
                spuriousNames);
    }

    private static List<String> lines(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("there is no file " + file + "; give JSON lines of texts with a label each.");
        }
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is no text in UTF-8; give JSON lines.", e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + ": " + e, e);
        }
    }

    private static JsonNode object(Path file, int line, String text, Fields fields) {
        JsonNode object;
        try {
            object = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new BadInputException(
                    file + ", line " + line + " is not valid JSON: " + JsonFault.of(e) + "; expected an object such as "
                            + example(fields) + ".",
                    e);
        }
        if (!object.isObject()) {
            throw new BadInputException(
                    file + ", line " + line + " is no object; expected one such as " + example(fields) + ".");
        }
        return object;
    }

    private static String example(Fields fields) {
        return "{\"" + fields.text + "\": \"...\", \"" + fields.label + "\": \"...\"}";
    }

    private static void checkLabels(Path file, String field, List<String> labels) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        labels.forEach(label -> counts.merge(label, 1, Integer::sum));
        if (counts.size() < 2) {
            throw new BadInputException("every text of " + file + " has the \"" + field + "\" \"" + labels.getFirst()
                    + "\"; a probe tells labels apart, so give texts of at least two.");
        }
        counts.forEach((label, count) -> {
            if (count < LEAST) {
                throw new BadInputException("only " + count + (count == 1 ? " text of " : " texts of ") + file
                        + (count == 1 ? " has" : " have") + " the \"" + field + "\" \"" + label
                        + "\"; half of them are for fitting and half for testing, so give at least " + LEAST
                        + " of each.");
            }
        });
    }

    private static int[] numbers(List<String> values, List<String> names) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        names.forEach(name -> numbers.put(name, numbers.size()));
        return values.stream().mapToInt(numbers::get).toArray();
    }

    /// The fields of all lines.
    private record Columns(Path file, List<JsonNode> objects, List<Integer> lines) {

        List<String> required(String field, String option) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < objects.size(); i++) {
                JsonNode value = objects.get(i).path(field);
                if (!value.isValueNode() || value.isNull()) {
                    throw new BadInputException(file + ", line " + lines.get(i) + " has no \"" + field
                            + "\"; its fields are " + objects.get(i).propertyNames()
                            + ": name the one that is meant with " + option + ".");
                }
                values.add(value.asString());
            }
            return values;
        }

        /// Empty where no line has it and it was not asked for.
        List<String> optional(@Nullable String asked, String usual, String option) {
            String field = asked == null ? usual : asked;
            boolean there = objects.stream().anyMatch(object -> object.has(field));
            return asked == null && !there ? List.of() : required(field, option);
        }
    }

    /// How many texts have each label.
    public Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        IntStream.of(labels).sorted().forEach(label -> counts.merge(names.get(label), 1, Integer::sum));
        return counts;
    }

    /// Label and spurious concept together: `label + 2 spurious`.
    ///
    /// @throws BadInputException when one of them has not two values
    public int[] combinations() {
        if (names.size() != 2 || spuriousNames.size() != 2) {
            throw new BadInputException("SCR takes two labels and two values of the spurious concept, and there are "
                    + names.size() + " and " + spuriousNames.size() + "; name fields with two with --class and"
                    + " --spurious.");
        }
        return IntStream.range(0, labels.length)
                .map(i -> labels[i] + 2 * spurious[i])
                .toArray();
    }
}
