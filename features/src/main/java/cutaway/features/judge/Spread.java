package cutaway.features.judge;

import cutaway.tensor.Tensor;
import java.util.Arrays;

/// Sums that a ratio to a variance about the mean of all tokens needs.
final class Spread {

    private Spread() {}

    /// @param above what stands above the variance
    /// @param y `[n, d]` float64
    /// @return `above, n, sum |y|^2, sum y`, the last of them `[d]`
    static double[] terms(double above, Tensor y) {
        double[] sums = y.sum(0, false).toDoubles(); // [d]
        double[] terms = new double[sums.length + 3];
        terms[0] = above;
        terms[1] = y.dim(0);
        terms[2] = y.square().sum().item();
        System.arraycopy(sums, 0, terms, 3, sums.length);
        return terms;
    }

    /// `above, sum |y - m|^2` of a context, m the mean of all.
    static double[] settled(double[] terms, double[] all) {
        double[] mean =
                Arrays.stream(all, 3, all.length).map(sum -> sum / all[1]).toArray();
        double about = terms[2];
        for (int i = 0; i < mean.length; i++) {
            about += mean[i] * (terms[1] * mean[i] - 2 * terms[3 + i]);
        }
        return new double[] {terms[0], about};
    }
}
