package cutaway.interp.geometry;

import cutaway.tensor.BadInputException;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// An undirected graph without loops.
///
/// @param neighbours of each node, ascending
public record Graph(List<List<Integer>> neighbours) {

    /// @param a the smaller node
    public record Edge(int a, int b) {}

    public Graph {
        neighbours = neighbours.stream().map(List::copyOf).toList();
    }

    /// @param nodes how many
    /// @param edges pairs of nodes, in any order, some perhaps twice
    /// @throws BadInputException when an edge is a loop, or a node has none
    public static Graph of(int nodes, List<Edge> edges) {
        List<SortedSet<Integer>> all = new ArrayList<>();
        IntStream.range(0, nodes).forEach(_ -> all.add(new TreeSet<>()));
        for (Edge edge : edges) {
            if (edge.a == edge.b) {
                throw new BadInputException("an edge leads from node " + edge.a + " to itself; leave it out.");
            }
            all.get(edge.a).add(edge.b);
            all.get(edge.b).add(edge.a);
        }
        for (int node = 0; node < nodes; node++) {
            if (all.get(node).isEmpty()) {
                throw new BadInputException("node " + node + " has no neighbour; give it one, or leave it out.");
            }
        }
        return new Graph(all.stream().map(List::copyOf).toList());
    }

    /// Nodes row by row, each beside those above, below, left and right of it.
    public static Graph grid(int rows, int columns) {
        if (rows < 1 || columns < 1 || (long) rows * columns < 4 || (long) rows * columns > 10_000) {
            throw new BadInputException(
                    "a grid of " + rows + " by " + columns + " nodes; expected at least 4 nodes, at most 10,000.");
        }
        List<Edge> edges = new ArrayList<>();
        for (int node = 0; node < rows * columns; node++) {
            if (node % columns < columns - 1) {
                edges.add(new Edge(node, node + 1));
            }
            if (node / columns < rows - 1) {
                edges.add(new Edge(node, node + columns));
            }
        }
        return of(rows * columns, edges);
    }

    /// Each node beside those that are some steps before and after it, round and round.
    ///
    /// @param stride 1 for the plain ring
    public static Graph ring(int nodes, int stride) {
        if (nodes < 4 || nodes > 10_000 || stride < 1 || 2 * stride >= nodes) {
            throw new BadInputException("a ring of " + nodes + " nodes with steps of " + stride
                    + "; expected 4 to 10,000 nodes, and steps below half of them.");
        }
        return of(
                nodes,
                IntStream.range(0, nodes)
                        .mapToObj(node -> new Edge(node, (node + stride) % nodes))
                        .toList());
    }

    public int nodes() {
        return neighbours.size();
    }

    /// Each once.
    public List<Edge> edges() {
        return IntStream.range(0, nodes())
                .boxed()
                .flatMap(a -> neighbours.get(a).stream().filter(b -> b > a).map(b -> new Edge(a, b)))
                .toList();
    }

    /// Steps of the shortest way between two nodes; -1 where there is none.
    public int[][] distances() {
        int[][] all = new int[nodes()][nodes()];
        for (int from = 0; from < nodes(); from++) {
            int[] steps = all[from];
            Arrays.fill(steps, -1);
            steps[from] = 0;
            ArrayDeque<Integer> open = new ArrayDeque<>(List.of(from));
            while (!open.isEmpty()) {
                int node = open.remove();
                for (int next : neighbours.get(node)) {
                    if (steps[next] < 0) {
                        steps[next] = steps[node] + 1;
                        open.add(next);
                    }
                }
            }
        }
        return all;
    }

    public boolean isConnected() {
        return Arrays.stream(distances()[0]).allMatch(steps -> steps >= 0);
    }

    /// A walk that goes from each node to one of its neighbours, all alike, from a node that is drawn.
    ///
    /// @param length nodes of the walk
    public int[] walk(int length, RandomGenerator random) {
        int[] walk = new int[length];
        walk[0] = random.nextInt(nodes());
        for (int i = 1; i < length; i++) {
            List<Integer> next = neighbours.get(walk[i - 1]);
            walk[i] = next.get(random.nextInt(next.size()));
        }
        return walk;
    }

    /// Eigenvectors of the Laplacian `D - A` with the least eigenvalues above 0: the smoothest functions on the
    /// graph.
    ///
    /// @return `[count, node]`, float64, unit rows
    public Tensor smoothest(int count) {
        if (count < 1 || count >= nodes()) {
            throw new IllegalArgumentException(count + " eigenvectors of a graph with " + nodes() + " nodes");
        }
        return Scope.keep(() -> {
            double[] laplacian = new double[nodes() * nodes()];
            for (int node = 0; node < nodes(); node++) {
                laplacian[node * nodes() + node] = neighbours.get(node).size();
                for (int other : neighbours.get(node)) {
                    laplacian[node * nodes() + other] = -1;
                }
            }
            Tensor vectors =
                    LinearAlgebra.eigh(Tensor.of(laplacian, nodes(), nodes())).vectors();
            return vectors.transpose(0, 1).slice(0, 1, count + 1L).copy();
        });
    }
}
