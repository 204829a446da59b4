package cutaway.interp.statistics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Spearman's rank correlation, ties sharing their mean rank, of any rows of two columns. The columns are sorted once:
/// ranks of rows drawn with replacement then come from counting, so thousands of resamples cost one pass each.
final class RankCorrelation {

    private final int[] first;
    private final int[] second;
    private final int firstSize;
    private final int secondSize;

    RankCorrelation(double[] first, double[] second) {
        this.first = places(first);
        this.second = places(second);
        this.firstSize = size(this.first);
        this.secondSize = size(this.second);
    }

    /// @param rows some perhaps more than once
    /// @return NaN where a column does not vary
    double of(int[] rows) {
        double[] a = ranks(first, firstSize, rows);
        double[] b = ranks(second, secondSize, rows);
        double middle = (rows.length + 1) / 2.0; // the mean rank, ties or not
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int row : rows) {
            double x = a[first[row]] - middle;
            double y = b[second[row]] - middle;
            product += x * y;
            squaresA += x * x;
            squaresB += y * y;
        }
        return squaresA == 0 || squaresB == 0 ? Double.NaN : product / Math.sqrt(squaresA * squaresB);
    }

    /// The mean rank of each distinct value among the rows, from 1.
    private static double[] ranks(int[] places, int size, int[] rows) {
        int[] counts = new int[size];
        for (int row : rows) {
            counts[places[row]]++;
        }
        double[] ranks = new double[size];
        int before = 0;
        for (int place = 0; place < size; place++) {
            ranks[place] = before + (counts[place] + 1) / 2.0;
            before += counts[place];
        }
        return ranks;
    }

    /// Of each value among the distinct ones, ascending, from 0.
    private static int[] places(double[] values) {
        int[] order = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> values[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] places = new int[values.length];
        for (int i = 1; i < order.length; i++) {
            boolean same = values[order[i]] == values[order[i - 1]];
            places[order[i]] = places[order[i - 1]] + (same ? 0 : 1);
        }
        return places;
    }

    private static int size(int[] places) {
        return Arrays.stream(places).max().orElse(-1) + 1;
    }
}
