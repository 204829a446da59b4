package cutaway.interp.geometry;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import org.hipparchus.stat.correlation.SpearmansCorrelation;

/// Whether states are laid out as a graph is. Where a node has no state (NaN), nothing is said: all is NaN.
///
/// @param spearman rank correlation, over pairs of nodes, of steps on the graph with distances in the states' first
///     two principal components
/// @param angles between those components and the two smoothest functions on the graph, as functions of nodes:
///     radians, ascending
public record GraphMatch(double spearman, double[] angles) {

    private static final int PLANE = 2;

    /// @param states `[node, d]`
    public static GraphMatch of(Tensor states, Graph graph) {
        try (Scope _ = Scope.open()) {
            if (!states.isFinite().all()) {
                return new GraphMatch(Double.NaN, new double[] {Double.NaN, Double.NaN});
            }
            PrincipalComponents plane = PrincipalComponents.of(states, PLANE);
            Tensor codes = plane.codes(states); // [node, 2]
            double[][] squares = DirichletEnergy.squaredDistances(codes);
            int[][] steps = graph.distances();
            int nodes = graph.nodes();
            double[] far = new double[nodes * (nodes - 1) / 2];
            double[] apart = new double[far.length];
            int at = 0;
            for (int a = 0; a < nodes; a++) {
                for (int b = 0; b < a; b++) {
                    far[at] = steps[a][b];
                    apart[at] = squares[a][b];
                    at++;
                }
            }
            return new GraphMatch(
                    new SpearmansCorrelation().correlation(far, apart),
                    Subspaces.angles(codes.transpose(0, 1), graph.smoothest(PLANE)));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GraphMatch(double its, double[] _) && its == spearman;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(spearman);
    }

    @Override
    public String toString() {
        return "GraphMatch " + spearman;
    }
}
