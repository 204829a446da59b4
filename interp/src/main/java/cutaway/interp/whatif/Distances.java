package cutaway.interp.whatif;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/// Distances between datapoints, as the What-If Tool has them (Wexler et al. 2019, arXiv:1907.04135, section
/// 4.2): two numbers are apart by their difference over the standard deviation of their column; two
/// different texts by the probability that two rows of the table have the same text, equal ones by 0.
///
/// Of what the tool does not say: a missing number is apart from any other by 1; a missing text is a text of
/// its own.
public final class Distances {

    /// How the differences of columns are added.
    public enum Norm {
        /// Their sum.
        L1,
        /// The root of the sum of their squares.
        L2
    }

    /// A column that counts.
    ///
    /// @param scale standard deviation of its numbers; 0 where they are all alike, or it is not numeric
    /// @param same probability that two rows, drawn with return, have the same text
    private record Axis(int index, Column column, double scale, double same) {

        double between(String text, double number, int row) {
            if (!column.isNumeric()) {
                return text.equals(column.texts().get(row)) ? 0 : same;
            }
            double other = column.number(row);
            if (Double.isNaN(number) || Double.isNaN(other)) {
                return Double.isNaN(number) && Double.isNaN(other) ? 0 : 1;
            }
            return number == other ? 0 : scale == 0 ? 1 : Math.abs(number - other) / scale;
        }
    }

    private final Datapoints datapoints;
    private final List<Axis> axes;

    /// @param features names of the columns that count
    public Distances(Datapoints datapoints, List<String> features) {
        this.datapoints = datapoints;
        if (features.isEmpty()) {
            throw new BadInputException(
                    "no column is left to measure distances by; name a label that is not the only" + " column.");
        }
        this.axes = features.stream().map(this::axis).toList();
    }

    private Axis axis(String name) {
        Column column = datapoints.column(name);
        double[] numbers = column.sorted();
        double mean = Arrays.stream(numbers).average().orElse(0);
        double same = column.counts().values().stream()
                .mapToDouble(count -> Math.pow((double) count / datapoints.rows(), 2))
                .sum();
        return new Axis(datapoints.index(name), column, ColumnSummary.deviation(numbers, mean), same);
    }

    /// From a datapoint, which need not be of the table, to every row.
    ///
    /// @param point its texts, in the order of the table's columns
    public double[] from(List<String> point, Norm norm) {
        double[] sums = new double[datapoints.rows()];
        for (Axis axis : axes) {
            String text = point.get(axis.index);
            double number = Column.number(text);
            for (int row = 0; row < sums.length; row++) {
                double apart = axis.between(text, number, row);
                sums[row] += norm == Norm.L1 ? apart : apart * apart;
            }
        }
        if (norm == Norm.L2) {
            for (int row = 0; row < sums.length; row++) {
                sums[row] = Math.sqrt(sums[row]);
            }
        }
        return sums;
    }

    /// The nearest of some rows; of several that are as near, the first.
    public OptionalInt nearest(List<String> point, Norm norm, IntPredicate among) {
        double[] apart = from(point, norm);
        int nearest = -1;
        for (int row = 0; row < apart.length; row++) {
            if (among.test(row) && (nearest < 0 || apart[row] < apart[nearest])) {
                nearest = row;
            }
        }
        return nearest < 0 ? OptionalInt.empty() : OptionalInt.of(nearest);
    }

    /// The columns in which a row differs from a datapoint, those that are furthest apart first.
    public List<String> differing(List<String> point, int row) {
        record Differs(String name, double by) {}
        List<Differs> all = new ArrayList<>();
        for (Axis axis : axes) {
            String text = point.get(axis.index);
            double by = axis.between(text, Column.number(text), row);
            if (by > 0) {
                all.add(new Differs(axis.column.name(), by));
            }
        }
        all.sort(Comparator.comparingDouble(Differs::by).reversed());
        return all.stream().map(Differs::name).toList();
    }
}
