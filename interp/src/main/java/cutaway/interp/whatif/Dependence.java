package cutaway.interp.whatif;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Partial dependence on a column (Friedman 2001): the score, were the column's value another, of one
/// datapoint, and in the mean over rows of the table. The model runs anew for each value.
///
/// @param numeric whether the values are numbers, in rising order
/// @param values that the column is set to
/// @param point the datapoint's score at each
/// @param mean over the rows at each; empty where none were asked for
/// @param rows that the mean is over
public record Dependence(
        String column, boolean numeric, List<String> values, List<Double> point, List<Double> mean, int rows) {

    /// Values of a column with numbers.
    private static final int NUMBERS = 11;

    /// Values of a column with texts: the commonest.
    private static final int TEXTS = 12;

    /// @param point the datapoint, which need not be of the table
    /// @param rows of the table that the mean is over, drawn by the seed
    /// @param heard of every score
    public static Dependence of(
            Scorer scorer,
            Datapoints datapoints,
            String column,
            List<String> point,
            int rows,
            long seed,
            Scorer.Heard heard) {
        int index = datapoints.index(column);
        List<String> values = values(datapoints.column(column), point.get(index));
        int[] some = some(datapoints.rows(), rows, seed);
        List<List<String>> asked = new ArrayList<>();
        for (String value : values) {
            asked.add(with(point, index, value));
            for (int row : some) {
                asked.add(with(datapoints.row(row), index, value));
            }
        }
        double[] scores = scorer.scores(asked, heard);
        int each = some.length + 1;
        List<Double> own = new ArrayList<>();
        List<Double> mean = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            own.add(scores[i * each]);
            if (some.length > 0) {
                mean.add(Arrays.stream(scores, i * each + 1, (i + 1) * each)
                        .average()
                        .orElseThrow());
            }
        }
        return new Dependence(column, datapoints.column(column).isNumeric(), values, own, mean, some.length);
    }

    /// Numbers from the least to the greatest, evenly apart; or the commonest texts. The datapoint's own is
    /// among them.
    private static List<String> values(Column column, String own) {
        if (!column.isNumeric()) {
            Set<String> texts = new LinkedHashSet<>(
                    column.counts().keySet().stream().limit(TEXTS).toList());
            texts.add(own);
            return List.copyOf(texts);
        }
        double[] sorted = column.sorted();
        double least = sorted[0];
        double width = sorted[sorted.length - 1] - least;
        Set<Double> numbers = new TreeSet<>();
        double[] distinct = Arrays.stream(sorted).distinct().toArray();
        if (distinct.length <= NUMBERS) {
            Arrays.stream(distinct).forEach(numbers::add);
        } else {
            for (int i = 0; i < NUMBERS; i++) {
                double number = least + width * i / (NUMBERS - 1);
                numbers.add(column.isWhole() ? (double) Math.round(number) : number);
            }
        }
        double mine = Column.number(own);
        if (!Double.isNaN(mine)) {
            numbers.add(mine);
        }
        return numbers.stream().map(number -> text(number, column.isWhole())).toList();
    }

    private static String text(double number, boolean isWhole) {
        return isWhole && number == Math.rint(number)
                ? String.format(Locale.ROOT, "%.0f", number)
                : ColumnSummary.text(number);
    }

    private static int[] some(int all, int wanted, long seed) {
        if (wanted < 0) {
            throw new BadInputException("the mean is over " + wanted + " rows; give 0 or more.");
        }
        if (wanted >= all) {
            return IntStream.range(0, all).toArray();
        }
        Random random = new Random(seed);
        int[] rows = IntStream.range(0, all).toArray();
        for (int i = 0; i < wanted; i++) {
            int j = i + random.nextInt(all - i);
            int row = rows[i];
            rows[i] = rows[j];
            rows[j] = row;
        }
        return Arrays.copyOf(rows, wanted);
    }

    /// A datapoint with another value in one column.
    public static List<String> with(List<String> point, int column, String value) {
        List<String> changed = new ArrayList<>(point);
        changed.set(column, value);
        return changed;
    }
}
