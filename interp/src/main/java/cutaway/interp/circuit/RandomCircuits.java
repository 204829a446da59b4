package cutaway.interp.circuit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// The control of a circuit: random ones of the same make-up. Each of its nodes is replaced by one of the same kind and
/// role from outside of the circuit, in the same layer; where none is left there, as for MLPs, by one of the five
/// nearest in depth.
///
/// @param circuits the random ones
/// @param unlike nodes of the circuit that found nothing alike, in the worst of them: so many nodes it lacks
record RandomCircuits(List<Set<Node>> circuits, int unlike) {

    private static final int NEAREST = 5;

    /// @param all what is drawn from
    static RandomCircuits of(List<Node> circuit, List<Node> all, int count, long seed) {
        List<Set<Node>> circuits = new ArrayList<>();
        int unlike = 0;
        for (int i = 0; i < count; i++) {
            Set<Node> drawn = draw(circuit, all, new SplittableRandom(seed + i));
            circuits.add(drawn);
            unlike = Math.max(unlike, circuit.size() - drawn.size());
        }
        return new RandomCircuits(circuits, unlike);
    }

    private static Set<Node> draw(List<Node> circuit, List<Node> all, SplittableRandom random) {
        Set<Node> drawn = new HashSet<>();
        for (Node node : circuit) {
            List<Node> left = all.stream()
                    .filter(other -> alike(node, other) && !circuit.contains(other) && !drawn.contains(other))
                    .sorted(Comparator.comparingInt(other -> distance(node, other)))
                    .toList();
            long beside =
                    left.stream().filter(other -> distance(node, other) == 0).count();
            if (!left.isEmpty()) {
                int near = beside > 0 ? (int) beside : Math.min(NEAREST, left.size());
                drawn.add(left.get(random.nextInt(near)));
            }
        }
        return drawn;
    }

    private static boolean alike(Node a, Node b) {
        return a.at().equals(b.at())
                && a.component().getClass() == b.component().getClass();
    }

    private static int distance(Node a, Node b) {
        return Math.abs(a.component().layer() - b.component().layer());
    }
}
