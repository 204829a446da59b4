package cutaway.features.judge;

import cutaway.tensor.SparseRows;
import java.util.Arrays;

/// Codes of texts: the mean over the tokens of each.
///
///     f(text) = 1 / T sum_t f(t)
final class MeanCodes {

    private MeanCodes() {}

    /// @param codes of the tokens of all texts, one after another
    /// @param starts where the tokens of each text begin, one more than there are texts
    static SparseRows of(SparseRows codes, int[] starts) {
        double[] sum = new double[codes.width()];
        int texts = starts.length - 1;
        int[] begin = new int[texts + 1];
        int[] columns = new int[codes.columns().length];
        double[] values = new double[columns.length];
        int count = 0;
        for (int text = 0; text < texts; text++) {
            int first = codes.starts()[starts[text]];
            int end = codes.starts()[starts[text + 1]];
            for (int i = first; i < end; i++) {
                sum[codes.columns()[i]] += codes.values()[i];
            }
            int[] active = Arrays.stream(codes.columns(), first, end)
                    .distinct()
                    .sorted()
                    .toArray();
            for (int latent : active) {
                columns[count] = latent;
                values[count++] = sum[latent] / (starts[text + 1] - starts[text]);
                sum[latent] = 0;
            }
            begin[text + 1] = count;
        }
        return new SparseRows(codes.width(), begin, Arrays.copyOf(columns, count), Arrays.copyOf(values, count));
    }
}
