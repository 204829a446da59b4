package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// In-context graph tracing (Park et al., arXiv:2501.00070): a random walk over a graph whose nodes are words, drawn
/// anew for each sequence, so that the graph must be read off the walk.
///
/// @param graph its shape
/// @param nodes of it; of a grid a square number
/// @param vocabulary words that nodes can be, at least as many
/// @param length of the walk that is given
public record GraphTracing(
        @JsonProperty(value = "graph", required = true) Kind graph,
        @JsonProperty(value = "nodes", required = true) int nodes,
        @JsonProperty(value = "vocabulary", required = true) int vocabulary,
        @JsonProperty(value = "length", required = true) int length)
        implements Task {

    static final String NAME = "graph_tracing";

    private static final int TEST = 256;

    /// The shape of a graph.
    public enum Kind {
        @JsonProperty("ring")
        RING,
        @JsonProperty("grid")
        GRID
    }

    public GraphTracing {
        int side = (int) Math.round(Math.sqrt(nodes));
        require(
                nodes >= 3 && nodes <= vocabulary && vocabulary <= 10_000,
                "a graph of " + nodes + " nodes over " + vocabulary
                        + " words; expected at least 3, and no fewer words than nodes, at most 10,000.");
        require(graph != Kind.GRID || side * side == nodes, "a grid of " + nodes + " nodes; expected a square number.");
        require(length >= 2 && length <= 100_000, "walks of " + length + " steps; expected 2 to 100,000.");
    }

    /// The neighbours of each node.
    public List<List<Integer>> neighbours() {
        int side = (int) Math.round(Math.sqrt(nodes));
        return IntStream.range(0, nodes)
                .mapToObj(node -> graph == Kind.RING
                        ? List.of((node + 1) % nodes, (node + nodes - 1) % nodes)
                        : ofGrid(node, side))
                .toList();
    }

    private static List<Integer> ofGrid(int node, int side) {
        int row = node / side;
        int column = node % side;
        List<Integer> all = new ArrayList<>();
        if (row > 0) {
            all.add(node - side);
        }
        if (row < side - 1) {
            all.add(node + side);
        }
        if (column > 0) {
            all.add(node - 1);
        }
        if (column < side - 1) {
            all.add(node + 1);
        }
        return all;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "A walk over a graph that is new in each sequence.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(length, vocabulary);
    }

    @Override
    public Target target() {
        return new Target.Tokens(length, vocabulary);
    }

    @Override
    public List<String> words() {
        return IntStream.range(0, vocabulary).mapToObj(word -> "w" + word).toList();
    }

    @Override
    public Examples examples(long seed, int variant) {
        List<List<Integer>> neighbours = neighbours();
        return new Sequences(seed, NAME, length, TEST) {
            @Override
            void draw(Draws draws, boolean isHeldOut, int[] tokens, boolean[] asked) {
                int[] word = draws.permutation(vocabulary);
                int node = draws.nextInt(nodes);
                for (int i = 0; i <= length; i++) {
                    tokens[i] = word[node];
                    List<Integer> next = neighbours.get(node);
                    node = next.get(draws.nextInt(next.size()));
                    if (i < length) {
                        asked[i] = true;
                    }
                }
            }
        };
    }
}
