package cutaway.interp.circuit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which nodes a search takes first: those whose loss costs most, or that restore most alone, whichever is more, on
/// average over the prompts.
public enum Ranking {

    /// Both to first order, from one pass with gradients on the prompt and one on the contrast (attribution patching).
    ATTRIBUTION("attribution"),

    /// Both measured: two runs a node.
    ABLATION("measured effect");

    private final String words;

    Ranking(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /// The score of every node, larger is more important, in shares of what is to be recovered.
    Map<Node, Double> scores(CircuitBench bench) {
        return switch (this) {
            case ATTRIBUTION -> larger(bench.gains(bench.all()), bench.restoring());
            case ABLATION -> larger(losses(bench), scores(bench.all(), bench.restored(each(bench.all()))));
        };
    }

    private static Map<Node, Double> losses(CircuitBench bench) {
        double whole = bench.faithfulnessOf(bench.all());
        double[] left = bench.faithfulness(bench.all().stream()
                .map(node -> bench.all().stream()
                        .filter(other -> !other.equals(node))
                        .collect(Collectors.toSet()))
                .toList());
        return scores(
                bench.all(), Arrays.stream(left).map(share -> whole - share).toArray());
    }

    private static List<Set<Node>> each(List<Node> nodes) {
        return nodes.stream().map(Set::of).toList();
    }

    private static Map<Node, Double> scores(List<Node> nodes, double[] shares) {
        Map<Node, Double> scores = new HashMap<>();
        for (int i = 0; i < shares.length; i++) {
            scores.put(nodes.get(i), shares[i]);
        }
        return scores;
    }

    private static Map<Node, Double> larger(Map<Node, Double> a, Map<Node, Double> b) {
        Map<Node, Double> larger = new HashMap<>(a);
        b.forEach((node, score) -> larger.merge(node, score, Math::max));
        return larger;
    }
}
