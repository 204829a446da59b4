package cutaway.interp.geometry;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A map of points on which neighbours stay neighbours (UMAP, McInnes et al. 2018, arXiv:1802.03426). Point i
/// is tied to its neighbour j by
///
///     w_ij = exp(-max(0, d_ij - rho_i) / sigma_i),   rho_i = the nearest distance,   sum over j of w_ij = log2 k,
///
/// both ways together by `w_ij + w_ji - w_ij w_ji`. Places y move along the ties, and away from drawn points,
/// so that `1 / (1 + |y_i - y_j|^2)` becomes the tie.
///
/// Two departures: the curve has a = b = 1, as in t-SNE (Böhm et al. 2022, arXiv:2007.08902, section 6, finds
/// little difference), and the first places are the first two principal components, not a spectral layout
/// (Kobak and Linderman 2021). The same seed gives the same map.
///
/// @param neighbours of each point; more show larger shapes, fewer finer ones
/// @param epochs how often the strongest ties pull; 0 for 500, or 200 of more than 10,000 points
/// @param seed of every draw
public record Umap(int neighbours, int epochs, long seed) {

    /// As in the reference implementation.
    public static final int NEIGHBOURS = 15;

    private static final int REPELLED = 5; // drawn for each pull
    private static final double WIDTH = 10; // of the first places

    public Umap {
        if (neighbours < 2 || epochs < 0) {
            throw new BadInputException("UMAP with " + neighbours + " neighbours and " + epochs
                    + " epochs; expected at least 2 neighbours, and 0 epochs or more.");
        }
    }

    /// The ties of a cloud, both ways.
    ///
    /// @param from by tie, ascending
    /// @param weights 0 to 1
    private record Ties(int[] from, int[] to, double[] weights) {}

    /// @param points `[n, d]`
    /// @param start `[n][2]`, the first two principal components
    /// @param pass called between steps
    /// @return `[n][2]`; the start where there are too few points for neighbours
    public double[][] map(Tensor points, double[][] start, Runnable pass) {
        int n = start.length;
        if (points.dim(0) != n) {
            throw new BadInputException(
                    "UMAP of " + points.dim(0) + " points has " + n + " first places; give one each.");
        }
        if (n < 4) {
            return start;
        }
        Neighbours near = Neighbours.of(points, neighbours, pass);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        double[][] places = first(start, random);
        move(places, ties(near), epochs > 0 ? epochs : n > 10_000 ? 200 : 500, random, pass);
        return places;
    }

    /// At one width, and moved a little, so that points in one place can part.
    private static double[][] first(double[][] start, RandomGenerator random) {
        double largest = 0;
        for (double[] place : start) {
            largest = Math.max(largest, Math.max(Math.abs(place[0]), Math.abs(place[1])));
        }
        double scale = largest == 0 ? 0 : WIDTH / largest;
        double[][] places = new double[start.length][2];
        for (int i = 0; i < places.length; i++) {
            for (int axis = 0; axis < 2; axis++) {
                places[i][axis] = scale * start[i][axis] + 1e-3 * random.nextGaussian();
            }
        }
        return places;
    }

    private static Ties ties(Neighbours near) {
        int n = near.indices().length;
        int k = near.indices()[0].length;
        double[][] oneWay = new double[n][];
        for (int i = 0; i < n; i++) {
            oneWay[i] = weights(near.distances()[i]);
        }
        int[] from = new int[2 * n * k];
        int[] to = new int[2 * n * k];
        double[] weights = new double[2 * n * k];
        int count = 0;
        for (int i = 0; i < n; i++) {
            for (int place = 0; place < k; place++) {
                int j = near.indices()[i][place];
                int back = place(near.indices()[j], i);
                if (back >= 0 && j < i) {
                    continue; // tied when j had its turn
                }
                double one = oneWay[i][place];
                double other = back < 0 ? 0 : oneWay[j][back];
                from[count] = i;
                to[count] = j;
                weights[count++] = one + other - one * other;
            }
        }
        return new Ties(Arrays.copyOf(from, count), Arrays.copyOf(to, count), Arrays.copyOf(weights, count));
    }

    private static int place(int[] all, int wanted) {
        for (int i = 0; i < all.length; i++) {
            if (all[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /// @param distances of the neighbours, ascending
    private static double[] weights(double[] distances) {
        double nearest = Arrays.stream(distances).filter(d -> d > 0).min().orElse(0);
        double wanted = Math.log(distances.length) / Math.log(2);
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double sigma = 1;
        for (int step = 0; step < 64; step++) {
            double sum = 0;
            for (double distance : distances) {
                sum += Math.exp(-Math.max(0, distance - nearest) / sigma);
            }
            if (Math.abs(sum - wanted) < 1e-5) {
                break;
            }
            if (sum > wanted) {
                high = sigma;
            } else {
                low = sigma;
            }
            sigma = high == Double.POSITIVE_INFINITY ? 2 * sigma : (low + high) / 2;
        }
        double least = 1e-3 * Arrays.stream(distances).average().orElse(1);
        double kept = Math.max(sigma, Math.max(least, Double.MIN_NORMAL));
        return Arrays.stream(distances)
                .map(distance -> Math.exp(-Math.max(0, distance - nearest) / kept))
                .toArray();
    }

    /// Each tie pulls every `largest weight / its weight` epochs, once from either end.
    private static void move(double[][] places, Ties ties, int epochs, RandomGenerator random, Runnable pass) {
        int count = ties.weights.length;
        double largest = Arrays.stream(ties.weights).max().orElse(1);
        double[] next = new double[count];
        double[] every = new double[count];
        for (int tie = 0; tie < count; tie++) {
            every[tie] = largest / ties.weights[tie];
            next[tie] = every[tie];
        }
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double rate = 1 - (epoch - 1) / (double) epochs;
            for (int tie = 0; tie < count; tie++) {
                if (next[tie] <= epoch) {
                    next[tie] += every[tie];
                    pull(places, ties.from[tie], ties.to[tie], rate);
                    push(places, ties.from[tie], rate, random);
                    pull(places, ties.to[tie], ties.from[tie], rate);
                    push(places, ties.to[tie], rate, random);
                }
            }
            pass.run();
        }
    }

    private static void pull(double[][] places, int from, int to, double rate) {
        double[] y = places[from];
        double[] z = places[to];
        double dx = y[0] - z[0];
        double dy = y[1] - z[1];
        double force = -2 / (1 + dx * dx + dy * dy);
        double x = rate * clipped(force * dx);
        double v = rate * clipped(force * dy);
        y[0] += x;
        y[1] += v;
        z[0] -= x;
        z[1] -= v;
    }

    private static void push(double[][] places, int from, double rate, RandomGenerator random) {
        double[] y = places[from];
        for (int i = 0; i < REPELLED; i++) {
            int other = random.nextInt(places.length);
            if (other == from) {
                continue;
            }
            double[] z = places[other];
            double dx = y[0] - z[0];
            double dy = y[1] - z[1];
            double square = dx * dx + dy * dy;
            double force = 2 / ((0.001 + square) * (1 + square));
            y[0] += rate * clipped(force * dx);
            y[1] += rate * clipped(force * dy);
        }
    }

    private static double clipped(double step) {
        return Math.max(-4, Math.min(4, step));
    }
}
