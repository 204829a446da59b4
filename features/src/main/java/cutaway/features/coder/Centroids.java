package cutaway.features.coder;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// Means of clusters: Lloyd's iteration from rows drawn without replacement. A cluster that loses all its rows stays
/// where it was.
public final class Centroids {

    private static final int STEPS = 50;

    private Centroids() {}

    /// @param x `[n, d]`
    /// @param count at most n
    /// @return `[count, d]`
    public static Tensor of(Tensor x, int count, Random random) {
        return Scope.keep(() -> {
            List<Long> rows = new ArrayList<>();
            for (long row = 0; row < x.dim(0); row++) {
                rows.add(row);
            }
            Collections.shuffle(rows, random.generator());
            Tensor centroids = x.gatherRows(
                    0,
                    Tensor.of(rows.stream()
                            .limit(count)
                            .mapToLong(Long::longValue)
                            .toArray()));
            long[] nearest = {};
            for (int step = 0; step < STEPS; step++) {
                Tensor before = centroids;
                long[] now = nearest(x, before);
                if (Arrays.equals(now, nearest)) {
                    break;
                }
                nearest = now;
                centroids = Scope.keep(() -> means(x, now, before));
                before.close();
            }
            return centroids;
        });
    }

    /// Of each row the nearest centroid c, that with the least `|c|^2 - 2 x . c`.
    ///
    /// @param x `[n, d]`
    /// @param centroids `[count, d]`
    public static long[] nearest(Tensor x, Tensor centroids) {
        return Scope.free(() -> x.linear(centroids, null)
                .times(2)
                .minus(centroids.square().sum(1, false))
                .argmax(1)
                .toLongs());
    }

    private static Tensor means(Tensor x, long[] nearest, Tensor before) {
        int d = (int) x.dim(1);
        double[] rows = x.toDoubles();
        double[] sums = new double[(int) before.dim(0) * d];
        int[] counts = new int[(int) before.dim(0)];
        for (int row = 0; row < nearest.length; row++) {
            counts[(int) nearest[row]]++;
            for (int i = 0; i < d; i++) {
                sums[(int) nearest[row] * d + i] += rows[row * d + i];
            }
        }
        double[] old = before.toDoubles();
        for (int i = 0; i < sums.length; i++) {
            sums[i] = counts[i / d] == 0 ? old[i] : sums[i] / counts[i / d];
        }
        return Tensor.of(sums, before.dim(0), d).to(x.dtype());
    }
}
