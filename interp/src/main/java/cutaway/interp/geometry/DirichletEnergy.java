package cutaway.interp.geometry;

import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// How rough states are on a graph (Park et al. 2024, arXiv:2501.00070, section 4):
///
///     E = sum over edges (i, j) of |x_i - x_j|^2
///
/// divided by what it is on average when the nodes change places, which is the number of edges times the mean over
/// all pairs. So 1 is chance, and 0 is states that are all alike along edges. Nodes without a state (NaN) count for
/// nothing.
///
/// @param ratio energy over that of permuted nodes
/// @param chance the share of permutations whose energy is as low
/// @param low the ratio that 5 % of permutations fall below
public record DirichletEnergy(double ratio, double chance, double low) {

    private static final int PERMUTATIONS = 1000;

    /// @param states `[node, d]`
    public static DirichletEnergy of(Tensor states, Graph graph) {
        double[][] squares = squaredDistances(states);
        int[] there = IntStream.range(0, squares.length)
                .filter(node -> !Double.isNaN(squares[node][node]))
                .toArray();
        List<Graph.Edge> edges = graph.edges().stream()
                .filter(edge -> !Double.isNaN(squares[edge.a()][edge.b()]))
                .toList();
        double pairs = mean(there, squares);
        int[] places = IntStream.range(0, squares.length).toArray();
        double ratio = along(edges, squares, places) / pairs;
        RandomGenerator random = new Random(0).generator();
        double[] permuted = new double[PERMUTATIONS];
        for (int i = 0; i < PERMUTATIONS; i++) {
            Shuffle.of(there.length, random, (one, other) -> swap(places, there[one], there[other]));
            permuted[i] = along(edges, squares, places) / pairs;
        }
        Arrays.sort(permuted);
        long asLow = Arrays.stream(permuted).filter(value -> value <= ratio).count();
        return new DirichletEnergy(ratio, (asLow + 1.0) / (PERMUTATIONS + 1.0), permuted[PERMUTATIONS / 20]);
    }

    private static double along(List<Graph.Edge> edges, double[][] squares, int[] places) {
        return edges.stream()
                .mapToDouble(edge -> squares[places[edge.a()]][places[edge.b()]])
                .average()
                .orElse(Double.NaN);
    }

    private static double mean(int[] there, double[][] squares) {
        double sum = 0;
        for (int a : there) {
            for (int b : there) {
                sum += squares[a][b];
            }
        }
        return sum / ((double) there.length * (there.length - 1));
    }

    private static void swap(int[] places, int one, int other) {
        int kept = places[one];
        places[one] = places[other];
        places[other] = kept;
    }

    /// Of all pairs of rows, `[node][node]`; NaN where a row is.
    static double[][] squaredDistances(Tensor states) {
        int nodes = Math.toIntExact(states.dim(0));
        try (Scope _ = Scope.open()) {
            Tensor all = states.to(Dtype.F64);
            double[][] squares = new double[nodes][];
            for (int node = 0; node < nodes; node++) {
                int row = node;
                squares[node] = Scope.free(() -> all.minus(all.slice(0, row, row + 1L))
                        .square()
                        .sum(1, false)
                        .toDoubles());
            }
            return squares;
        }
    }
}
