package cutaway.interp.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a column holds.
///
/// @param numeric whether every value that is there is a number
/// @param label whether it can say what is true: 1 and 0, yes and no, or true and false ([Labels])
/// @param missing rows without a value
/// @param distinct different values
/// @param least of the numbers; null where it is not numeric
/// @param deviation standard deviation of the numbers, over all rows that have one
/// @param bins of numbers ten of equal width, of texts the commonest [#MOST_TEXTS]
/// @param rest rows with a text that is not among the bins
public record ColumnSummary(
        String name,
        boolean numeric,
        boolean label,
        int missing,
        int distinct,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double least,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double most,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double mean,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double deviation,
        List<Bin> bins,
        int rest) {

    /// Texts that are counted one by one.
    public static final int MOST_TEXTS = 12;

    private static final int BINS = 10;

    /// @param text the value, or what the numbers lie between
    /// @param from the lower end, which is in the bin; null for a text
    /// @param to the upper end, which is in the last bin alone
    public record Bin(
            String text,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double from,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double to,

            int rows) {}

    /// Of every column.
    public static List<ColumnSummary> of(Datapoints datapoints) {
        return datapoints.columns().stream().map(ColumnSummary::of).toList();
    }

    /// Of one column.
    public static ColumnSummary of(Column column) {
        Map<String, Integer> counts = column.counts();
        int missing = counts.getOrDefault("", 0);
        int distinct = counts.size() - (missing > 0 ? 1 : 0);
        if (!column.isNumeric()) {
            List<Bin> bins = counts.entrySet().stream()
                    .filter(entry -> !entry.getKey().isEmpty())
                    .limit(MOST_TEXTS)
                    .map(entry -> new Bin(entry.getKey(), null, null, entry.getValue()))
                    .toList();
            int rest = column.texts().size()
                    - missing
                    - bins.stream().mapToInt(Bin::rows).sum();
            return new ColumnSummary(
                    column.name(),
                    false,
                    Labels.isLabel(column),
                    missing,
                    distinct,
                    null,
                    null,
                    null,
                    null,
                    bins,
                    rest);
        }
        double[] sorted = column.sorted();
        double mean = Arrays.stream(sorted).average().orElse(0);
        return new ColumnSummary(
                column.name(),
                true,
                Labels.isLabel(column),
                missing,
                distinct,
                sorted[0],
                sorted[sorted.length - 1],
                mean,
                deviation(sorted, mean),
                bins(sorted),
                0);
    }

    /// `sqrt(mean (x - mean)^2)`.
    static double deviation(double[] numbers, double mean) {
        return Math.sqrt(Arrays.stream(numbers)
                .map(number -> (number - mean) * (number - mean))
                .average()
                .orElse(0));
    }

    private static List<Bin> bins(double[] sorted) {
        double least = sorted[0];
        double width = (sorted[sorted.length - 1] - least) / BINS;
        if (width == 0) {
            return List.of(new Bin(text(least), least, least, sorted.length));
        }
        int[] rows = new int[BINS];
        for (double number : sorted) {
            rows[Math.min(BINS - 1, (int) ((number - least) / width))]++;
        }
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < BINS; i++) {
            double from = least + i * width;
            double to = i == BINS - 1 ? sorted[sorted.length - 1] : from + width;
            bins.add(new Bin(text(from) + " to " + text(to), from, to, rows[i]));
        }
        return bins;
    }

    /// A number in four digits, without zeros at its end.
    static String text(double number) {
        String text = String.format(Locale.ROOT, "%.4g", number);
        if (text.contains("e")) {
            return text;
        }
        return text.contains(".") ? text.replaceFirst("0+$", "").replaceFirst("\\.$", "") : text;
    }
}
