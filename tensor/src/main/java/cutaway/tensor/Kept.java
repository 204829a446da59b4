package cutaway.tensor;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// The entries of one row that are kept while its tiles pass by.
final class Kept {

    private static final int SOME = 16;

    private final int most;
    private final double @Nullable [] thresholds;
    private double floor;
    private double least;
    private int[] columns;
    private double[] values;
    private int count;

    private Kept(int most, double @Nullable [] thresholds, int room) {
        this.most = most;
        this.thresholds = thresholds;
        this.columns = new int[room];
        this.values = new double[room];
    }

    /// Keeps the largest, of those above a floor.
    static Kept largest(int most, double floor) {
        Kept kept = new Kept(most, null, 2 * most);
        kept.least = floor;
        kept.floor = floor;
        return kept;
    }

    /// Keeps all that are above a threshold of their column.
    static Kept above(double[] thresholds) {
        return new Kept(Integer.MAX_VALUE, thresholds, SOME);
    }

    /// What is kept of each row, as one matrix.
    static SparseRows rows(Kept[] kept, int width) {
        int[] starts = new int[kept.length + 1];
        for (int row = 0; row < kept.length; row++) {
            starts[row + 1] = Math.addExact(starts[row], kept[row].count());
        }
        int[] columns = new int[starts[kept.length]];
        double[] values = new double[starts[kept.length]];
        for (int row = 0; row < kept.length; row++) {
            kept[row].copyTo(columns, values, starts[row]);
        }
        return new SparseRows(width, starts, columns, values);
    }

    /// @param numbers the row's entries of the columns that begin with `from`
    void offer(double[] numbers, int length, int from) {
        if (thresholds == null) {
            for (int i = 0; i < length; i++) {
                if (numbers[i] > least) {
                    add(from + i, numbers[i]);
                }
            }
        } else {
            for (int i = 0; i < length; i++) {
                if (numbers[i] > thresholds[from + i]) {
                    add(from + i, numbers[i]);
                }
            }
        }
    }

    void add(int column, double value) {
        if (count == columns.length) {
            if (thresholds == null) {
                shrink();
                if (value <= least) {
                    return;
                }
            } else {
                columns = Arrays.copyOf(columns, 2 * count);
                values = Arrays.copyOf(values, 2 * count);
            }
        }
        columns[count] = column;
        values[count++] = value;
    }

    /// Leaves the largest alone; of equals those that came first.
    private void shrink() {
        if (count <= most) {
            return;
        }
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        least = sorted[count - most];
        int above = 0;
        for (int i = 0; i < count; i++) {
            above += values[i] > least ? 1 : 0;
        }
        int equals = most - above;
        int place = 0;
        for (int i = 0; i < count; i++) {
            if (values[i] > least || (values[i] == least && equals-- > 0)) {
                columns[place] = columns[i];
                values[place++] = values[i];
            }
        }
        count = place;
    }

    void finish() {
        shrink();
    }

    /// Whether entries above the floor were left out, since there were larger ones; none of those is above this.
    boolean leftOut() {
        return least > floor;
    }

    double least() {
        return least;
    }

    /// Leaves those above a threshold alone, and the first few that equal it.
    ///
    /// @param equals how many of these at most
    /// @return how many of these there were room for
    int keepAbove(double threshold, int equals) {
        int place = 0;
        int left = equals;
        for (int i = 0; i < count; i++) {
            if (values[i] > threshold || (values[i] == threshold && left-- > 0)) {
                columns[place] = columns[i];
                values[place++] = values[i];
            }
        }
        count = place;
        return equals - Math.max(0, left);
    }

    DoubleStream stream() {
        return Arrays.stream(values, 0, count);
    }

    int count() {
        return count;
    }

    void copyTo(int[] columns, double[] values, int at) {
        System.arraycopy(this.columns, 0, columns, at, count);
        System.arraycopy(this.values, 0, values, at, count);
    }
}
