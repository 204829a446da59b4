package cutaway.interp.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RandomCircuitsTest {

    /// Ten layers of six heads and an MLP, each at two roles.
    private static final List<Node> ALL = all();

    private static final List<Node> CIRCUIT =
            List.of(head(2, 0, "S"), head(2, 1, "S"), head(2, 3, "last"), mlp(4, "S"), mlp(5, "S"), head(9, 5, "last"));

    @Test
    void theMakeUpIsTheCircuits() {
        RandomCircuits random = RandomCircuits.of(CIRCUIT, ALL, 200, 0);
        assertEquals(0, random.unlike());
        Set<Node> drawn = new HashSet<>();
        for (Set<Node> circuit : random.circuits()) {
            assertTrue(Collections.disjoint(circuit, CIRCUIT), circuit.toString());
            assertEquals(6, circuit.size());
            assertEquals(kinds(CIRCUIT), kinds(circuit)); // heads have others in their layer
            drawn.addAll(circuit);
        }
        Set<Integer> layers = drawn.stream()
                .filter(node -> node.component() instanceof Component.Mlp)
                .map(node -> node.component().layer())
                .collect(Collectors.toSet());
        assertEquals(Set.of(1, 2, 3, 6, 7, 8), layers, "near layers 4 and 5, and never these");
        assertEquals(
                4 + 5 + 5,
                drawn.stream()
                        .filter(node -> node.component() instanceof Component.Head)
                        .count(),
                "every other head of the layers is drawn at its role, sooner or later");
    }

    @Test
    void seedsDiffer() {
        assertEquals(RandomCircuits.of(CIRCUIT, ALL, 5, 3), RandomCircuits.of(CIRCUIT, ALL, 5, 3));
        assertNotEquals(RandomCircuits.of(CIRCUIT, ALL, 5, 3), RandomCircuits.of(CIRCUIT, ALL, 5, 30));
    }

    /// Where a circuit holds all MLPs but one at its role, the second finds none.
    @Test
    void whatHasNoLikeIsCounted() {
        List<Node> few = Stream.of(0, 1, 2).map(layer -> mlp(layer, "S")).toList();
        assertEquals(1, RandomCircuits.of(few.subList(0, 2), few, 3, 0).unlike());
    }

    private static List<String> kinds(Iterable<Node> circuit) {
        List<String> kinds = new ArrayList<>();
        for (Node node : circuit) {
            kinds.add(
                    node.component() instanceof Component.Head(int layer, int _)
                            ? "head " + layer + " " + node.at()
                            : "mlp " + node.at());
        }
        Collections.sort(kinds);
        return kinds;
    }

    private static List<Node> all() {
        List<Node> all = new ArrayList<>();
        for (int layer = 0; layer < 10; layer++) {
            for (String at : List.of("S", "last")) {
                for (int i = 0; i < 6; i++) {
                    all.add(head(layer, i, at));
                }
                all.add(mlp(layer, at));
            }
        }
        return all;
    }

    private static Node head(int layer, int head, String at) {
        return new Node(new Component.Head(layer, head), at);
    }

    private static Node mlp(int layer, String at) {
        return new Node(new Component.Mlp(layer), at);
    }
}
