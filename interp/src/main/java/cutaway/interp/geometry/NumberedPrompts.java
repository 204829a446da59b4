package cutaway.interp.geometry;

import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Prompts with several numbers each, some that are given and one that is to come out, read from JSON lines:
/// `{"text": "31 + 27 =", "a": 31, "b": 27, "sum": 58, "answer": "58"}`.
///
/// @param texts in the order of the file
/// @param inputs numbers that are given, by name, one for each text
/// @param outputName of the number that comes out
/// @param output that number, of each text
/// @param answers the token that says it, of each text; null for the model's own top token
public record NumberedPrompts(
        List<String> texts,
        Map<String, List<Double>> inputs,
        String outputName,
        List<Double> output,
        List<@Nullable String> answers) {

    private static final String ANSWER = "answer";

    public NumberedPrompts {
        texts = List.copyOf(texts);
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        output = List.copyOf(output);
        answers = Collections.unmodifiableList(answers);
        int count = texts.size();
        if (output.size() != count
                || answers.size() != count
                || inputs.values().stream().anyMatch(one -> one.size() != count)) {
            throw new IllegalArgumentException("numbers and answers are not one for each of " + count + " texts");
        }
        if (inputs.isEmpty() || inputs.containsKey(outputName)) {
            throw new BadInputException("the numbers given are " + inputs.keySet() + " and " + outputName
                    + " comes out; expected at least one that is given, and another that comes out.");
        }
    }

    /// @param inputs fields that hold the numbers given
    /// @param output the field that holds the number that comes out
    /// @throws BadInputException when the file cannot be read, or a line lacks a text or one of the numbers
    public static NumberedPrompts read(Path file, List<String> inputs, String output) {
        LabelledPrompts out = LabelledPrompts.read(file, output);
        Map<String, List<Double>> given = new LinkedHashMap<>();
        for (String name : inputs) {
            given.put(name, boxed(LabelledPrompts.read(file, name).labels()));
        }
        return new NumberedPrompts(
                out.texts(), given, output, boxed(out.labels()), LabelledPrompts.words(file, ANSWER));
    }

    private static List<Double> boxed(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    /// Names of all numbers, the one that comes out last.
    public List<String> names() {
        return Stream.concat(inputs.keySet().stream(), Stream.of(outputName)).toList();
    }

    /// A number of each text, by its name.
    double[] numbers(String name) {
        @Nullable List<Double> found = name.equals(outputName) ? output : inputs.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no number " + name + " among " + names());
        }
        return found.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /// The numbers given with a text, but for one of them.
    List<Double> others(int text, String but) {
        return inputs.entrySet().stream()
                .filter(one -> !one.getKey().equals(but))
                .map(one -> one.getValue().get(text))
                .collect(Collectors.toList());
    }
}
