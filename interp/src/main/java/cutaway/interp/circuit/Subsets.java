package cutaway.interp.circuit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Subsets K of a circuit C that it is tested with: random ones, and one that was looked for.
///
/// A circuit that holds all that a model uses behaves as the model does also when both lack the same part. The *gap*
/// of K is how far they differ (Wang et al. 2022, arXiv:2211.00593, section 4.1):
///
///     |F(M \ K) - F(C \ K)|
///
/// where in M \ K the nodes of K alone take their values from the contrast, and in C \ K all but C \ K do.
///
/// @param random each holds a node with chance one half; none is empty
/// @param greedy the one with the largest gap on the prompts that it was looked for on, step by step
record Subsets(List<Set<Node>> random, Set<Node> greedy) {

    /// Steps of the search, at most.
    private static final int STEPS = 8;

    /// Nodes that a step looks at, drawn at random: with all of them, every search would go the same way.
    private static final int CANDIDATES = 5;

    /// @param selection prompts to look for the greedy one on
    static Subsets of(List<Node> circuit, CircuitBench selection, int count, long seed) {
        return new Subsets(
                random(circuit, count, new SplittableRandom(seed)),
                greedy(circuit, selection, new SplittableRandom(seed)));
    }

    private static List<Set<Node>> random(List<Node> circuit, int count, SplittableRandom random) {
        Set<Set<Node>> drawn = new LinkedHashSet<>();
        for (int tried = 0; drawn.size() < count && tried < 10 * count; tried++) {
            Set<Node> subset = new LinkedHashSet<>();
            circuit.stream().filter(node -> random.nextBoolean()).forEach(subset::add);
            if (!subset.isEmpty()) {
                drawn.add(subset);
            }
        }
        return List.copyOf(drawn);
    }

    private static Set<Node> greedy(List<Node> circuit, CircuitBench selection, SplittableRandom random) {
        Set<Node> subset = new LinkedHashSet<>();
        Set<Node> best = Set.of();
        double largest = 0;
        for (int step = 0; step < Math.min(STEPS, circuit.size()); step++) {
            List<Node> left = new ArrayList<>(without(circuit, subset));
            Collections.shuffle(left, random);
            List<Set<Node>> candidates = left.stream()
                    .limit(CANDIDATES)
                    .map(node -> with(subset, node))
                    .toList();
            double[][] gaps = gaps(circuit, candidates, selection);
            int furthest = 0;
            for (int i = 1; i < gaps.length; i++) {
                furthest = size(selection, gaps[i]) > size(selection, gaps[furthest]) ? i : furthest;
            }
            subset.clear();
            subset.addAll(candidates.get(furthest));
            if (size(selection, gaps[furthest]) > largest) {
                largest = size(selection, gaps[furthest]);
                best = candidates.get(furthest);
            }
        }
        return best;
    }

    private static double size(CircuitBench bench, double[] byPrompt) {
        return Math.abs(bench.mean(byPrompt));
    }

    /// f(M \ K) - f(C \ K) of some subsets K on each prompt, `[subset, prompt]`.
    static double[][] gaps(List<Node> circuit, List<Set<Node>> subsets, CircuitBench bench) {
        double[][] gaps = bench.eachWithout(subsets);
        double[][] circuits = bench.eachFaithfulness(
                subsets.stream().map(subset -> without(circuit, subset)).toList());
        for (int i = 0; i < gaps.length; i++) {
            for (int prompt = 0; prompt < gaps[i].length; prompt++) {
                gaps[i][prompt] -= circuits[i][prompt];
            }
        }
        return gaps;
    }

    static Set<Node> without(Collection<Node> nodes, Collection<Node> out) {
        Set<Node> left = new LinkedHashSet<>(nodes);
        left.removeAll(new HashSet<>(out));
        return left;
    }

    static Set<Node> with(Collection<Node> nodes, Node added) {
        Set<Node> more = new LinkedHashSet<>(nodes);
        more.add(added);
        return more;
    }
}
