package cutaway.studies.iclrgraphs;

import cutaway.interp.geometry.DirichletEnergy;
import cutaway.interp.geometry.Graph;
import cutaway.interp.geometry.NodeStates;
import cutaway.lab.context.WordGraph;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// States of walks whose truth is known: each is the sum of a vector of its word, a vector of the word before, and
/// noise.
final class PlantedWalks {

    private static final Graph GRID = Graph.grid(4, 4);
    private static final int WALKS = 6;
    private static final int LENGTH = 300;
    private static final int WIDTH = 64;
    private static final double NOISE = 0.5;

    /// What the states hold.
    enum Truth {
        /// The graph, and the word before.
        GRAPH,
        /// The word and the word before: neighbours are alike, for each holds the other's vector.
        ECHO,
        /// The word alone.
        WORDS
    }

    private PlantedWalks() {}

    /// The energy of such states.
    ///
    /// @param isControlled whether the echo is taken out
    static double energy(Truth truth, boolean isControlled, long seed) {
        return Scope.free(() -> {
            Random random = new Random(seed + 100);
            Tensor words = random.normal(GRID.nodes(), WIDTH).to(Dtype.F64);
            Tensor smooth = GRID.smoothest(3).transpose(0, 1);
            Tensor graph = smooth.matmul(random.normal(3, WIDTH).to(Dtype.F64)).times(4);
            Tensor own = truth == Truth.GRAPH ? graph : words;
            Tensor echo = words.times(truth == Truth.WORDS ? 0 : 1);
            // what a model makes of words out of order has no graph, and the same echo
            NodeStates walks = states(own, echo, random, false, seed);
            NodeStates shuffled = states(words, echo, random, true, seed);
            return DirichletEnergy.of(isControlled ? walks.withoutEcho(shuffled, 1) : walks.means(), GRID)
                    .ratio();
        });
    }

    private static NodeStates states(Tensor own, Tensor echo, Random random, boolean isShuffled, long seed) {
        NodeStates states = new NodeStates(GRID.nodes(), 1);
        for (int i = 0; i < WALKS; i++) {
            int[] walk = GRID.walk(LENGTH, new Random(seed * WALKS + i).generator());
            int[] nodes = isShuffled ? WordGraph.shuffled(walk, seed + i) : walk;
            int[] before = new int[nodes.length];
            System.arraycopy(nodes, 0, before, 1, nodes.length - 1);
            Scope.free(() -> {
                Tensor noise = random.normal(LENGTH, WIDTH).times(NOISE).to(Dtype.F64);
                states.add(nodes, rows(own, nodes).plus(rows(echo, before)).plus(noise), 0, LENGTH);
                return states;
            });
        }
        return states;
    }

    private static Tensor rows(Tensor of, int[] nodes) {
        return of.gatherRows(0, Tensor.of(Arrays.stream(nodes).asLongStream().toArray(), nodes.length));
    }
}
