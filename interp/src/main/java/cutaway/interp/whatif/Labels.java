package cutaway.interp.whatif;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// What is true of each datapoint: 1, 0, or unknown.
///
/// @param column it was read from
/// @param values 1, 0, or -1 where it is missing, by row
public record Labels(String column, int[] values) {

    private static final Set<String> YES = Set.of("1", "1.0", "true", "yes");
    private static final Set<String> NO = Set.of("0", "0.0", "false", "no");

    /// Reads 1, true and yes as 1; 0, false and no as 0.
    ///
    /// @throws BadInputException when the column has another value, or not both
    public static Labels of(Datapoints datapoints, String column) {
        Map<String, Integer> counts = datapoints.column(column).counts();
        boolean yes = false;
        boolean no = false;
        for (String text : counts.keySet()) {
            String small = text.toLowerCase(Locale.ROOT);
            if (!text.isEmpty() && !YES.contains(small) && !NO.contains(small)) {
                throw new BadInputException("the column \"" + column + "\" has the value \"" + text
                        + "\"; a label is 1 or 0, yes or no, true or false.");
            }
            yes |= YES.contains(small);
            no |= NO.contains(small);
        }
        if (!yes || !no) {
            throw new BadInputException("the column \"" + column + "\" has "
                    + (yes ? "no 0" : no ? "no 1" : "no values") + "; a label needs both.");
        }
        return new Labels(
                column,
                datapoints.column(column).texts().stream()
                        .mapToInt(text -> text.isEmpty() ? -1 : YES.contains(text.toLowerCase(Locale.ROOT)) ? 1 : 0)
                        .toArray());
    }

    /// Whether a column can be a label: what [#of] takes.
    public static boolean isLabel(Column column) {
        List<String> texts = column.counts().keySet().stream()
                .filter(text -> !text.isEmpty())
                .map(text -> text.toLowerCase(Locale.ROOT))
                .toList();
        return texts.stream().allMatch(text -> YES.contains(text) || NO.contains(text))
                && texts.stream().anyMatch(YES::contains)
                && texts.stream().anyMatch(NO::contains);
    }

    public Labels {
        values = values.clone();
    }

    @Override
    public int[] values() {
        return values.clone();
    }

    /// Rows whose label is known.
    int[] known() {
        return IntStream.range(0, values.length).filter(row -> values[row] >= 0).toArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Labels its && column.equals(its.column) && Arrays.equals(values, its.values);
    }

    @Override
    public int hashCode() {
        return column.hashCode();
    }

    @Override
    public String toString() {
        return values.length + " labels of " + column;
    }
}
