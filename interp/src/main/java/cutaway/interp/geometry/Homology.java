package cutaway.interp.geometry;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/// Persistent homology of a few points (Vietoris-Rips complex, over the field of two elements): at which distance parts
/// of the cloud join, and at which loops open and close again.
///
/// A simplex is there from the longest of its edges on. Loops are born with an edge and die with a triangle; the
/// triangles' boundaries are reduced in the order in which they come, each a set of edges as bits, until every loop is
/// closed. No maintained library of the JVM does this. It holds no native memory.
///
/// @param parts when each part of the cloud was joined to an older one, ascending: one fewer than there are points
/// @param loops longest lived first
public record Homology(List<Double> parts, List<Loop> loops) {

    /// Points at most: the work grows with the third power of their number, and more.
    public static final int MOST = 160;

    /// @param birth the distance from which on it is there
    /// @param death the distance at which it is filled
    public record Loop(double birth, double death) {
        public double life() {
            return death - birth;
        }
    }

    public Homology {
        parts = List.copyOf(parts);
        loops = List.copyOf(loops);
    }

    /// @param points `[n, d]`
    /// @throws BadInputException when there are fewer than 3 points or more than [#MOST]
    public static Homology of(Tensor points) {
        int n = Math.toIntExact(points.dim(0));
        if (n < 3 || n > MOST) {
            throw new BadInputException(
                    n + " points; loops are looked for among 3 to " + MOST + ": take landmarks of more.");
        }
        return of(distances(points), n);
    }

    /// The longest life of a loop; 0 without one.
    public double longestLoop() {
        return loops.isEmpty() ? 0 : loops.getFirst().life();
    }

    /// Points that are as far from one another as may be: each next one is the farthest from those before.
    ///
    /// @param points `[n, d]`
    /// @param count how many at most
    /// @param seed of the first
    /// @return rows, in the order in which they were chosen
    public static int[] landmarks(Tensor points, int count, long seed) {
        int n = Math.toIntExact(points.dim(0));
        double[] all = distances(points);
        int[] chosen = new int[Math.min(count, n)];
        double[] nearest = new double[n];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        chosen[0] = new Random(seed).generator().nextInt(n);
        for (int i = 1; i < chosen.length; i++) {
            int farthest = 0;
            for (int point = 0; point < n; point++) {
                nearest[point] = Math.min(nearest[point], all[chosen[i - 1] * n + point]);
                farthest = nearest[point] > nearest[farthest] ? point : farthest;
            }
            chosen[i] = farthest;
        }
        return chosen;
    }

    /// The longest loop held against those of clouds in which every column is shuffled by itself: as wide in each
    /// direction, and of no shape.
    ///
    /// @param longest of the points, over their largest distance
    /// @param shuffled mean of the same, of the shuffled ones
    /// @param p share of clouds, the points' own among them, whose longest loop is as long
    public record Against(double longest, double shuffled, double p) {}

    /// @param points `[n, d]`, best their principal components
    /// @param shuffles how many clouds
    public static Against against(Tensor points, int shuffles, long seed) {
        double own = relative(points);
        double sum = 0;
        int asLong = 1;
        RandomGenerator random = new Random(seed).generator();
        int rows = Math.toIntExact(points.dim(0));
        int columns = Math.toIntExact(points.dim(1));
        double[] values = points.to(Dtype.F64).toDoubles();
        for (int shuffle = 0; shuffle < shuffles; shuffle++) {
            double[] mixed = new double[values.length];
            for (int column = 0; column < columns; column++) {
                double[] one = new double[rows];
                for (int row = 0; row < rows; row++) {
                    one[row] = values[row * columns + column];
                }
                Shuffle.of(one, random);
                for (int row = 0; row < rows; row++) {
                    mixed[row * columns + column] = one[row];
                }
            }
            double other = Scope.free(() -> relative(Tensor.of(mixed, rows, columns)));
            sum += other;
            asLong += other >= own ? 1 : 0;
        }
        return new Against(own, sum / shuffles, asLong / (shuffles + 1.0));
    }

    private static double relative(Tensor points) {
        double widest = Arrays.stream(distances(points)).max().orElse(0);
        return widest == 0 ? 0 : of(points).longestLoop() / widest;
    }

    /// `[n, n]`, row-major.
    private static double[] distances(Tensor points) {
        return Scope.free(() -> {
            Tensor all = points.to(Dtype.F64);
            return all.unsqueeze(0)
                    .minus(all.unsqueeze(1))
                    .square()
                    .sum(-1, false)
                    .sqrt()
                    .toDoubles();
        });
    }

    private record Edge(int from, int to, double length) {}

    private record Triangle(int a, int b, int c, double length) {}

    private static Homology of(double[] distances, int n) {
        List<Edge> edges = new ArrayList<>();
        for (int to = 0; to < n; to++) {
            for (int from = 0; from < to; from++) {
                edges.add(new Edge(from, to, distances[from * n + to]));
            }
        }
        edges.sort(Comparator.comparingDouble(Edge::length));
        int[] number = new int[n * n]; // of the edge between two points
        List<Double> parts = new ArrayList<>();
        int[] part = new int[n];
        Arrays.setAll(part, i -> i);
        for (int i = 0; i < edges.size(); i++) {
            Edge edge = edges.get(i);
            number[edge.from * n + edge.to] = i;
            int one = root(part, edge.from);
            int other = root(part, edge.to);
            if (one != other) {
                part[one] = other;
                parts.add(edge.length);
            }
        }
        return new Homology(parts, loops(distances, n, edges, number, edges.size() - parts.size()));
    }

    private static int root(int[] part, int of) {
        int at = of;
        while (part[at] != at) {
            part[at] = part[part[at]];
            at = part[at];
        }
        return at;
    }

    /// @param open how many loops are born in all; each dies, for in the end all points are one simplex
    private static List<Loop> loops(double[] distances, int n, List<Edge> edges, int[] number, int open) {
        long[][] reduced = new long[edges.size()][]; // by its last edge
        List<Loop> loops = new ArrayList<>();
        int left = open;
        for (Triangle triangle : triangles(distances, n)) {
            if (left == 0) {
                break;
            }
            long[] boundary = new long[(edges.size() + 63) / 64];
            flip(boundary, number[triangle.a * n + triangle.b]);
            flip(boundary, number[triangle.a * n + triangle.c]);
            flip(boundary, number[triangle.b * n + triangle.c]);
            int last = last(boundary, boundary.length - 1);
            while (last >= 0 && reduced[last] != null) {
                long[] other = reduced[last];
                for (int word = last / 64; word >= 0; word--) {
                    boundary[word] ^= other[word];
                }
                last = last(boundary, last / 64);
            }
            if (last >= 0) {
                reduced[last] = boundary;
                left--;
                Loop loop = new Loop(edges.get(last).length, triangle.length);
                if (loop.life() > 0) {
                    loops.add(loop);
                }
            }
        }
        loops.sort(Comparator.comparingDouble(loop -> -loop.life()));
        return loops;
    }

    private static List<Triangle> triangles(double[] distances, int n) {
        List<Triangle> triangles = new ArrayList<>();
        for (int c = 0; c < n; c++) {
            for (int b = 0; b < c; b++) {
                for (int a = 0; a < b; a++) {
                    double longest =
                            Math.max(distances[a * n + b], Math.max(distances[a * n + c], distances[b * n + c]));
                    triangles.add(new Triangle(a, b, c, longest));
                }
            }
        }
        triangles.sort(Comparator.comparingDouble(Triangle::length));
        return triangles;
    }

    private static void flip(long[] bits, int bit) {
        bits[bit / 64] ^= 1L << bit;
    }

    private static int last(long[] bits, int from) {
        for (int word = from; word >= 0; word--) {
            if (bits[word] != 0) {
                return word * 64 + 63 - Long.numberOfLeadingZeros(bits[word]);
            }
        }
        return -1;
    }
}
