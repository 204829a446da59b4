package cutaway.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The entries of one row that are kept while its tiles pass by.
final class Kept {

    private static final int SOME = 16;

    private final int most;
    private final double @Nullable [] thresholds;
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

    /// Keeps the largest, of those above 0.
    static Kept largest(int most) {
        return new Kept(most, null, 2 * most);
    }

    /// Keeps all that are above a threshold of their column.
    static Kept above(double[] thresholds) {
        return new Kept(Integer.MAX_VALUE, thresholds, SOME);
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

    private void add(int column, double value) {
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

    int count() {
        return count;
    }

    void copyTo(int[] columns, double[] values, int at) {
        System.arraycopy(this.columns, 0, columns, at, count);
        System.arraycopy(this.values, 0, values, at, count);
    }
}
