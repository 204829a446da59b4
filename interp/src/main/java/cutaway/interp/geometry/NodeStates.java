package cutaway.interp.geometry;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/// The states at which a walk stands on each node, gathered over walks: sums by node now, and by the nodes some
/// steps before, so that what a state echoes of the nodes before it can be taken out.
///
/// A model that attends to the token before makes states of neighbours alike with no idea of the graph: a node's
/// mean holds the mean of its neighbours' embeddings. The echo is measured where there is no graph, in the same
/// walks with their order shuffled, where every node comes before every other:
///
///     x_t = a(v_t) + b_1(v_{t-1}) + ... + b_lags(v_{t-lags}) + noise       least squares
///
/// and the b are taken out of the states on the graph. It holds no native memory.
public final class NodeStates {

    private final int nodes;
    private final int lags;
    private final double[] counts; // [columns, columns], columns = nodes (1 + lags), now first
    private double[] sums = {}; // [columns, d]

    /// @param lags steps back that are kept
    public NodeStates(int nodes, int lags) {
        this.nodes = nodes;
        this.lags = lags;
        this.counts = new double[nodes * (1 + lags) * nodes * (1 + lags)];
    }

    /// @param walk nodes in order
    /// @param states at them, `[walk, d]`
    /// @param from the first place that counts; those without all steps before them never do
    /// @param to the place after the last that counts
    public void add(int[] walk, Tensor states, int from, int to) {
        int first = Math.max(from, lags);
        if (first >= to) {
            return;
        }
        int columns = nodes * (1 + lags);
        double[] design = new double[(to - first) * columns];
        for (int at = first; at < to; at++) {
            for (int lag = 0; lag <= lags; lag++) {
                design[(at - first) * columns + lag * nodes + walk[at - lag]] = 1;
            }
        }
        try (Scope _ = Scope.open()) {
            Tensor z = Tensor.of(design, to - first, columns);
            Tensor x = states.slice(0, first, to).to(Dtype.F64);
            add(counts, z.transpose(0, 1).matmul(z).toDoubles());
            double[] more = z.transpose(0, 1).matmul(x).toDoubles();
            if (sums.length == 0) {
                sums = more;
            } else {
                add(sums, more);
            }
        }
    }

    private static void add(double[] to, double[] more) {
        for (int i = 0; i < to.length; i++) {
            to[i] += more[i];
        }
    }

    /// Both together.
    public NodeStates plus(NodeStates other) {
        NodeStates both = new NodeStates(nodes, lags);
        add(both.counts, counts);
        add(both.counts, other.counts);
        both.sums = sums.length == 0 ? other.sums.clone() : sums.clone();
        if (sums.length > 0 && other.sums.length > 0) {
            add(both.sums, other.sums);
        }
        return both;
    }

    /// How often the walks stood on each node.
    public double[] visits() {
        return IntStream.range(0, nodes).mapToDouble(node -> count(node, node)).toArray();
    }

    private double count(int row, int column) {
        return counts[row * nodes * (1 + lags) + column];
    }

    private int width() {
        if (sums.length == 0) {
            throw new IllegalStateException("no states were added");
        }
        return sums.length / (nodes * (1 + lags));
    }

    /// The mean state of each node.
    ///
    /// @return `[node, d]`, float64; NaN where no walk stood
    public Tensor means() {
        int width = width();
        double[] means = new double[nodes * width];
        for (int node = 0; node < nodes; node++) {
            for (int j = 0; j < width; j++) {
                means[node * width + j] = sums[node * width + j] / count(node, node);
            }
        }
        return Tensor.of(means, nodes, width);
    }

    /// The same less what states echo of the nodes before, as shuffled walks tell it.
    ///
    /// @param shuffled states of walks in which every node comes after every other
    /// @param steps back whose echo is taken out, at most as many as are kept
    public Tensor withoutEcho(NodeStates shuffled, int steps) {
        if (steps > lags || shuffled.lags != lags || shuffled.nodes != nodes) {
            throw new IllegalArgumentException(steps + " steps back, of " + lags + " and " + shuffled.lags);
        }
        int used = nodes * (1 + steps);
        return Scope.keep(() -> {
            Tensor all = LeastSquares.inverse(Tensor.of(block(shuffled, used), used, used), 0)
                    .matmul(Tensor.of(Arrays.copyOf(shuffled.sums, used * width()), used, width()));
            Tensor echo = all.slice(0, nodes, used); // [steps node, d]
            double[] shares = new double[nodes * (used - nodes)];
            for (int node = 0; node < nodes; node++) {
                for (int before = nodes; before < used; before++) {
                    shares[node * (used - nodes) + before - nodes] = count(node, before) / count(node, node);
                }
            }
            return means().minus(Tensor.of(shares, nodes, used - nodes).matmul(echo));
        });
    }

    private static double[] block(NodeStates of, int used) {
        double[] block = new double[used * used];
        for (int row = 0; row < used; row++) {
            for (int column = 0; column < used; column++) {
                block[row * used + column] = of.count(row, column);
            }
        }
        return block;
    }
}
