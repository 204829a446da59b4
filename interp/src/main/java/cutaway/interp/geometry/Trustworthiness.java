package cutaway.interp.geometry;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Whether those that are neighbours on a map are neighbours (Venna and Kaski 2001):
///
///     1 - 2 / (n k (2n - 3k - 1)) * sum over i, over the k nearest j of i on the map, of max(0, rank(i, j) - k)
///
/// `rank(i, j)` is 1 for the point nearest to i among all dimensions. 1 is a map whose neighbours are all
/// true; about 0.5 is one of places dealt out at random.
public final class Trustworthiness {

    /// Points of which it is taken, drawn, where there are more.
    private static final int MOST = 400;

    private Trustworthiness() {}

    /// @param points `[n, d]`
    /// @param map `[n][2]`
    /// @param k neighbours that are looked at
    /// @param seed of the draw of points
    public static double of(Tensor points, double[][] map, int k, long seed) {
        int n = map.length;
        if (points.dim(0) != n || k < 1 || 2 * n - 3 * k - 1 <= 0) {
            throw new BadInputException("trustworthiness of a map of " + n + " places of " + points.dim(0)
                    + " points with " + k + " neighbours; expected a place for each, and at most "
                    + (2 * n - 2) / 3 + " neighbours.");
        }
        float[] rows = points.toFloats();
        int width = Math.toIntExact(points.dim(1));
        int[] drawn = drawn(n, seed);
        double penalty = 0;
        for (int point : drawn) {
            double[] real = new double[n];
            double[] mapped = new double[n];
            for (int other = 0; other < n; other++) {
                real[other] = Neighbours.distance(rows, width, point, other);
                mapped[other] = Math.hypot(map[point][0] - map[other][0], map[point][1] - map[other][1]);
            }
            boolean[] taken = new boolean[n];
            taken[point] = true;
            for (int i = 0; i < k; i++) {
                int nearest = nearest(mapped, taken);
                taken[nearest] = true;
                int rank = 1;
                for (int other = 0; other < n; other++) {
                    rank += other != point && real[other] < real[nearest] ? 1 : 0;
                }
                penalty += Math.max(0, rank - k);
            }
        }
        return 1 - 2.0 / ((double) drawn.length * k * (2.0 * n - 3 * k - 1)) * penalty;
    }

    private static int nearest(double[] distances, boolean[] taken) {
        int nearest = -1;
        for (int i = 0; i < distances.length; i++) {
            if (!taken[i] && (nearest < 0 || distances[i] < distances[nearest])) {
                nearest = i;
            }
        }
        return nearest;
    }

    /// Some points, each once.
    private static int[] drawn(int n, long seed) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int count = Math.min(n, MOST);
        for (int i = 0; i < count && n > MOST; i++) {
            int other = random.nextInt(i, n);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        return Arrays.copyOf(order, count);
    }
}
