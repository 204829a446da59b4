package cutaway.interp.geometry;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// The nearest other points of each point, by Euclidean distance; all pairs are compared.
///
/// @param indices `[point][k]`, the nearest first
/// @param distances `[point][k]`
public record Neighbours(int[][] indices, double[][] distances) {

    /// Points that are compared with all others at once.
    private static final int BLOCK = 256;

    /// @param points `[n, d]`
    /// @param most neighbours of each; fewer where there are fewer points
    /// @param pass called between steps of some 256 points
    public static Neighbours of(Tensor points, int most, Runnable pass) {
        int n = Math.toIntExact(points.dim(0));
        if (n < 2 || most < 1) {
            throw new BadInputException("neighbours of " + n + " points, " + most
                    + " of each; expected at least 2 points and 1 neighbour.");
        }
        int k = Math.min(most, n - 1);
        int[][] indices = new int[n][k];
        double[][] distances = new double[n][k];
        try (Scope _ = Scope.open()) {
            Tensor wide = points.to(Dtype.F32);
            Tensor all = wide.minus(wide.mean(0, true)); // near 0 float32 loses least
            float[] rows = all.toFloats();
            int width = Math.toIntExact(all.dim(1));
            Tensor norms = all.square().sum(-1, false); // [n]
            for (int from = 0; from < n; from += BLOCK) {
                int first = from;
                int end = Math.min(n, from + BLOCK);
                long[] near = Scope.free(() -> {
                    Tensor products = all.slice(0, first, end).matmul(all.transpose(0, 1)); // [block, n]
                    Tensor closeness = products.times(2).minus(norms);
                    return closeness.top(k + 1).indices().toLongs();
                });
                for (int point = first; point < end; point++) {
                    int found = 0;
                    for (int i = 0; i <= k && found < k; i++) {
                        int other = Math.toIntExact(near[(point - first) * (k + 1) + i]);
                        if (other != point) {
                            indices[point][found] = other;
                            distances[point][found++] = distance(rows, width, point, other);
                        }
                    }
                }
                pass.run();
            }
        }
        return new Neighbours(indices, distances);
    }

    static double distance(float[] rows, int width, int a, int b) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            double difference = (double) rows[a * width + i] - rows[b * width + i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }
}
