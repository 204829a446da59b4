package cutaway.interp.geometry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A graph that was planted in states is found, a rotation of its nodes is not, and an echo of the node before is
/// told from it.
class DirichletEnergyTest {

    private static final Graph GRID = Graph.grid(4, 4);
    private static final int WIDTH = 24;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /// A ring of 4 at the corners of a square with sides of 1: edges 1, diagonals 2; of all pairs (4 + 2 * 2) / 6.
    @Test
    void aSquareByHand() {
        Tensor corners = Tensor.of(new double[] {0, 0, 0, 1, 1, 1, 1, 0}, 4, 2);
        DirichletEnergy found = DirichletEnergy.of(corners, Graph.ring(4, 1));
        assertEquals(0.75, found.ratio(), 1e-12);
        assertEquals(1.0 / 3, found.chance(), 0.05); // of three ways to lay a ring, one is this
        GraphMatch match = GraphMatch.of(corners, Graph.ring(4, 1));
        assertEquals(1, match.spearman(), 1e-9);
        assertEquals(0, match.angles()[1], 1e-6);
    }

    /// Nodes that no walk stood on count for nothing.
    @Test
    void nodesWithoutAStateAreLeftOut() {
        double none = Double.NaN;
        Tensor line = Tensor.of(new double[] {0, 1, 2, none}, 4, 1);
        assertEquals(0.5, DirichletEnergy.of(line, Graph.ring(4, 1)).ratio(), 1e-12); // (1 + 1) / 2 of (1 + 1 + 4) / 3
    }

    @Test
    void randomStatesAreAtChance() {
        DirichletEnergy found = DirichletEnergy.of(new Random(3).normal(16, 200), GRID);
        assertEquals(1, found.ratio(), 0.05);
        assertTrue(found.chance() > 0.05);
    }

    /// States at the nodes of walks: their own vectors, and what they echo of the nodes before.
    ///
    /// @param own `[node, d]`
    private static NodeStates states(Tensor own, Tensor echo, boolean shuffled, long seed) {
        RandomGenerator random = new Random(seed).generator();
        NodeStates states = new NodeStates(16, 2);
        for (int i = 0; i < 6; i++) {
            int[] walk = GRID.walk(300, random);
            if (shuffled) {
                for (int at = walk.length - 1; at > 0; at--) {
                    int other = random.nextInt(at + 1);
                    int kept = walk[at];
                    walk[at] = walk[other];
                    walk[other] = kept;
                }
            }
            long[] now = Arrays.stream(walk).asLongStream().toArray();
            long[] before = new long[now.length];
            System.arraycopy(now, 0, before, 1, now.length - 1);
            Tensor noise = new Random(seed + i).normal(walk.length, WIDTH).times(0.3);
            Tensor all = own.gatherRows(0, Tensor.of(now, now.length))
                    .plus(echo.gatherRows(0, Tensor.of(before, before.length)))
                    .plus(noise);
            states.add(walk, all, 50, walk.length);
        }
        return states;
    }

    /// The smoothest functions on the grid, in directions that are drawn.
    private static Tensor planted() {
        Tensor smooth = GRID.smoothest(3).transpose(0, 1); // [node, 3]
        return smooth.matmul(new Random(9).normal(3, WIDTH).to(smooth.dtype())).times(4);
    }

    @Test
    void aGraphThatWasPlantedSurvivesTheControlAndAnEchoDoesNot() {
        Tensor random = new Random(11).normal(16, WIDTH).to(planted().dtype());
        Tensor none = random.times(0);
        NodeStates graph = states(planted(), random, false, 1);
        NodeStates graphShuffled = states(none.plus(random), random, true, 2);
        assertTrue(DirichletEnergy.of(graph.withoutEcho(graphShuffled, 1), GRID).ratio() <= 0.3);

        // neighbours hold each other's vectors, as a word's state holds the word before
        NodeStates echo = states(random, random, false, 3);
        NodeStates echoShuffled = states(random, random, true, 4);
        double before = DirichletEnergy.of(echo.means(), GRID).ratio();
        double after =
                DirichletEnergy.of(echo.withoutEcho(echoShuffled, 1), GRID).ratio();
        assertTrue(before < 0.9, "an echo alone looks like a graph: " + before);
        assertTrue(after > 0.9, "and is found out: " + after);
    }

    @Test
    void halvesOfTheWalksAddUp() {
        Tensor own = planted();
        NodeStates all = new NodeStates(16, 1);
        NodeStates first = new NodeStates(16, 1);
        NodeStates second = new NodeStates(16, 1);
        RandomGenerator random = new Random(4).generator();
        for (int i = 0; i < 4; i++) {
            int[] walk = GRID.walk(80, random);
            Tensor states = own.gatherRows(
                    0, Tensor.of(Arrays.stream(walk).asLongStream().toArray(), walk.length));
            all.add(walk, states, 0, 80);
            (i % 2 == 0 ? first : second).add(walk, states, 0, 80);
        }
        assertEquals(
                DirichletEnergy.of(all.means(), GRID).ratio(),
                DirichletEnergy.of(first.plus(second).means(), GRID).ratio(),
                1e-9);
        assertEquals(4 * 79, Arrays.stream(all.visits()).sum()); // the first has none before it
    }

    @Test
    void walksGoAlongEdgesAndGridsAndRingsAreWhatTheyAre() {
        assertEquals(24, GRID.edges().size());
        assertEquals(6, GRID.distances()[0][15]);
        assertEquals(7, Graph.ring(7, 2).edges().size());
        assertTrue(Graph.ring(7, 2).neighbours().get(0).containsAll(List.of(2, 5)));
        int[] walk = GRID.walk(200, new Random(0).generator());
        for (int i = 1; i < walk.length; i++) {
            assertTrue(GRID.neighbours().get(walk[i - 1]).contains(walk[i]));
        }
        assertThrows(BadInputException.class, () -> Graph.ring(6, 3));
        assertThrows(BadInputException.class, () -> Graph.grid(1, 3));
    }
}
