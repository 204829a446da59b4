package cutaway.interp.circuit;

import cutaway.interp.circuit.CircuitReport.Need;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether every node v of a circuit C is needed: whether faithfulness changes without it, at least when some
/// others, K, are missing too, which may have stood in for it (Wang et al. 2022, arXiv:2211.00593, section 4.2):
///
///     |F(C \ (K ∪ {v})) - F(C \ K)|
///
/// Of a small family of K (none, the subset with the largest gap, a few random ones, each without v) the one with the
/// largest change is chosen on the selection's prompts; the others say how large it is.
final class Minimality {

    /// Random subsets in the family.
    private static final int RANDOM = 2;

    private final List<Node> circuit;
    private final List<Set<Node>> family = new ArrayList<>();

    Minimality(List<Node> circuit, Subsets subsets) {
        this.circuit = circuit;
        family.add(Set.of());
        family.add(subsets.greedy());
        family.addAll(subsets.random().stream().limit(RANDOM).toList());
    }

    /// For each node the K without which it does most.
    Map<Node, Set<Node>> choose(CircuitBench selection) {
        Map<Node, List<Set<Node>>> asked = new LinkedHashMap<>();
        for (Node node : circuit) {
            asked.put(
                    node,
                    family.stream()
                            .map(subset -> Subsets.without(subset, List.of(node)))
                            .distinct()
                            .toList());
        }
        Map<Set<Node>, double[]> measured = measure(asked, selection);
        Map<Node, Set<Node>> chosen = new LinkedHashMap<>();
        asked.forEach((node, subsets) -> {
            Set<Node> best = Set.of();
            double largest = -1;
            for (Set<Node> subset : subsets) {
                double change = Math.abs(selection.mean(change(measured, node, subset)));
                if (change > largest) {
                    largest = change;
                    best = subset;
                }
            }
            chosen.put(node, best);
        });
        return chosen;
    }

    /// What the nodes are worth on other prompts.
    ///
    /// @param chosen by node its K
    /// @param bar of the size of a change
    List<Need> measure(Map<Node, Set<Node>> chosen, CircuitBench heldOut, Estimates estimates, double bar) {
        Map<Node, List<Set<Node>>> asked = new LinkedHashMap<>();
        chosen.forEach((node, subset) -> asked.put(node, List.of(Set.of(), subset)));
        Map<Set<Node>, double[]> measured = measure(asked, heldOut);
        return circuit.stream()
                .map(node -> {
                    Set<Node> given = chosen.getOrDefault(node, Set.of());
                    Estimate largest = estimates.mean(change(measured, node, given));
                    return new Need(
                            node,
                            estimates.mean(change(measured, node, Set.of())),
                            largest,
                            List.copyOf(given),
                            estimates.draws() > 1 && largest.shown() > bar);
                })
                .toList();
    }

    private Map<Set<Node>, double[]> measure(Map<Node, List<Set<Node>>> asked, CircuitBench bench) {
        Set<Set<Node>> sets = new LinkedHashSet<>();
        asked.forEach((node, subsets) -> subsets.forEach(subset -> {
            sets.add(Subsets.without(circuit, subset));
            sets.add(Subsets.without(circuit, Subsets.with(subset, node)));
        }));
        return bench.byPrompt(sets);
    }

    /// f(C \ K) - f(C \ (K ∪ {v})) on each prompt: positive where v helps.
    private double[] change(Map<Set<Node>, double[]> measured, Node node, Set<Node> subset) {
        double[] with = at(measured, Subsets.without(circuit, subset));
        double[] without = at(measured, Subsets.without(circuit, Subsets.with(subset, node)));
        double[] change = new double[with.length];
        for (int prompt = 0; prompt < change.length; prompt++) {
            change[prompt] = with[prompt] - without[prompt];
        }
        return change;
    }

    private static double[] at(Map<Set<Node>, double[]> measured, Set<Node> set) {
        double[] found = measured.get(set);
        if (found == null) {
            throw new IllegalStateException("not measured: " + set);
        }
        return found;
    }
}
