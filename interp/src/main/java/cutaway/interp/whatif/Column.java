package cutaway.interp.whatif;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A column of a table: the text of every row, and its numbers where all texts are numbers. An empty text is
/// a missing value.
public final class Column {

    private final String name;
    private final List<String> texts;
    private final double @Nullable [] numbers;

    Column(String name, List<String> texts) {
        this.name = name;
        this.texts = List.copyOf(texts);
        this.numbers = numbers(this.texts);
    }

    private static double @Nullable [] numbers(List<String> texts) {
        double[] numbers = new double[texts.size()];
        boolean some = false;
        for (int row = 0; row < numbers.length; row++) {
            numbers[row] = number(texts.get(row));
            if (Double.isNaN(numbers[row]) && !texts.get(row).isEmpty()) {
                return null;
            }
            some |= !texts.get(row).isEmpty();
        }
        return some ? numbers : null;
    }

    /// @return NaN for a text that is no number, or one that is not finite
    public static double number(String text) {
        if (text.isEmpty() || !isPlain(text)) {
            return Double.NaN;
        }
        try {
            double number = Double.parseDouble(text);
            return Double.isFinite(number) ? number : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /// Java also reads `1d`, `0x1p3` and ` 1`, which are texts here.
    private static boolean isPlain(String text) {
        return text.chars()
                .allMatch(c -> (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E');
    }

    /// @throws BadInputException when all values are numbers and this text is none; an empty one is a missing value
    public void check(String text) {
        if (isNumeric() && !text.isEmpty() && Double.isNaN(number(text))) {
            throw new BadInputException("the column \"" + name + "\" holds numbers, and was given \"" + text
                    + "\"; give a number, such as " + ColumnSummary.text(sorted()[0])
                    + ", or nothing where it is missing.");
        }
    }

    public String name() {
        return name;
    }

    public List<String> texts() {
        return texts;
    }

    /// Whether every value that is there is a number.
    public boolean isNumeric() {
        return numbers != null;
    }

    /// @return NaN for a missing value, and for all of a column that is not numeric
    public double number(int row) {
        return numbers == null ? Double.NaN : numbers[row];
    }

    /// Whether all numbers are whole and written so.
    boolean isWhole() {
        return isNumeric() && texts.stream().allMatch(text -> text.isEmpty() || text.matches("[+-]?\\d{1,15}"));
    }

    /// The numbers that are there, in rising order.
    double[] sorted() {
        return numbers == null
                ? new double[0]
                : Arrays.stream(numbers)
                        .filter(number -> !Double.isNaN(number))
                        .sorted()
                        .toArray();
    }

    /// How often each text is there, the commonest first, then by name; missing values count as an empty
    /// text.
    public Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        texts.forEach(text -> counts.merge(text, 1, Integer::sum));
        Map<String, Integer> ordered = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        return Collections.unmodifiableMap(ordered);
    }

    @Override
    public String toString() {
        return name + ", " + texts.size() + (isNumeric() ? " numbers" : " texts");
    }
}
