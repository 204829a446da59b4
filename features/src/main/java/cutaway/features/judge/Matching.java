package cutaway.features.judge;

import java.util.Arrays;

/// The best pairing of rows with columns, each used once: an assignment with the largest sum (Kuhn 1955, the
/// "Hungarian method"; here by shortest augmenting paths, Jonker and Volgenant 1987). Cubic in the number of rows at
/// worst.
public final class Matching {

    private Matching() {}

    /// @param gains `[rows][columns]`, no more rows than columns
    /// @return the column of each row
    public static int[] best(double[][] gains) {
        int rows = gains.length;
        int columns = rows == 0 ? 0 : gains[0].length;
        if (rows > columns) {
            throw new IllegalArgumentException(rows + " rows for " + columns + " columns; expected no more");
        }
        double[] rowPrice = new double[rows + 1];
        double[] columnPrice = new double[columns + 1];
        int[] owner = new int[columns + 1]; // of each column the row, from 1; 0 for none
        int[] before = new int[columns + 1];
        for (int row = 1; row <= rows; row++) {
            owner[0] = row;
            double[] least = new double[columns + 1];
            Arrays.fill(least, Double.POSITIVE_INFINITY);
            boolean[] done = new boolean[columns + 1];
            int column = 0;
            do {
                column = step(gains, column, owner, before, least, done, rowPrice, columnPrice);
            } while (owner[column] != 0);
            while (column != 0) {
                owner[column] = owner[before[column]];
                column = before[column];
            }
        }
        int[] matched = new int[rows];
        for (int column = 1; column <= columns; column++) {
            if (owner[column] != 0) {
                matched[owner[column] - 1] = column - 1;
            }
        }
        return matched;
    }

    /// Goes on from a column to the nearest that is not done yet.
    private static int step(
            double[][] gains,
            int column,
            int[] owner,
            int[] before,
            double[] least,
            boolean[] done,
            double[] rowPrice,
            double[] columnPrice) {
        done[column] = true;
        int row = owner[column];
        double delta = Double.POSITIVE_INFINITY;
        int next = 0;
        for (int j = 1; j < least.length; j++) {
            if (!done[j]) {
                double cost = -gains[row - 1][j - 1] - rowPrice[row] - columnPrice[j];
                if (cost < least[j]) {
                    least[j] = cost;
                    before[j] = column;
                }
                if (least[j] < delta) {
                    delta = least[j];
                    next = j;
                }
            }
        }
        for (int j = 0; j < least.length; j++) {
            if (done[j]) {
                rowPrice[owner[j]] += delta;
                columnPrice[j] -= delta;
            } else {
                least[j] -= delta;
            }
        }
        return next;
    }
}
