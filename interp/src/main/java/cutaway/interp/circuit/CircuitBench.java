package cutaway.interp.circuit;

import cutaway.interp.statistics.Groups;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Measures how much of a model's behaviour sets of nodes carry, over the prompts of a set. Counts the rows that it
/// ran.
///
/// On each prompt, with m the margin, the *faithfulness* of a circuit C is
///
///     f(C) = (m(C) - m(contrast)) / (m(prompt) - m(contrast))
///
/// where m(C) is the margin on the prompt when every head, MLP and error of [#all] outside of C takes its value from
/// the contrast's run, at every position from the first difference on; what token embeddings write stays the
/// prompt's. Over prompts it is the mean, of each group first.
///
/// It owns native memory until it is closed: about the activations of two runs a prompt.
public final class CircuitBench implements AutoCloseable {

    /// What a pass with gradients costs, about, in passes without.
    private static final int WITH_GRADIENTS = 3;

    private final List<Node> all;
    private final Groups groups;
    private final List<CaseBench> benches = new ArrayList<>();
    private int forwards;

    /// @param all what sets are made of
    /// @param groups of the cases, by their place in the list
    public CircuitBench(List<Case> cases, List<Node> all, Groups groups) {
        this.all = List.copyOf(all);
        this.groups = groups;
        try {
            cases.forEach(one -> benches.add(new CaseBench(one, Node.errors(all))));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// One prompt alone.
    public static CircuitBench of(Case one, List<Node> all) {
        return new CircuitBench(List.of(one), all, Groups.of(List.of(one.name())));
    }

    /// What sets are made of, in the order of layers.
    public List<Node> all() {
        return all;
    }

    /// Rows that it ran; a pass with gradients counts as three.
    public int forwards() {
        return forwards;
    }

    /// Over the prompts, the mean faithfulness of each set.
    public double[] faithfulness(List<? extends Collection<Node>> sets) {
        return means(eachFaithfulness(sets));
    }

    public double faithfulnessOf(Collection<Node> set) {
        return faithfulness(List.of(set))[0];
    }

    /// The faithfulness of each set on each prompt, `[set, prompt]`.
    double[][] eachFaithfulness(List<? extends Collection<Node>> sets) {
        return each(sets.size(), bench -> bench.faithfulness(sets));
    }

    /// Over the prompts, what is recovered on average when a set itself takes its value from the contrast and all else
    /// stays.
    public double without(Collection<Node> set) {
        return means(eachWithout(List.of(set)))[0];
    }

    /// What is recovered without each set on each prompt, `[set, prompt]`.
    double[][] eachWithout(List<? extends Collection<Node>> sets) {
        return each(sets.size(), bench -> bench.without(sets));
    }

    /// Over the prompts, what is recovered on average when a set takes its value from the prompt, in the
    /// contrast's run.
    double[] restored(List<? extends Collection<Node>> sets) {
        return means(each(sets.size(), bench -> bench.restored(sets)));
    }

    /// The faithfulness of sets on each prompt; what occurs twice is run once.
    Map<Set<Node>, double[]> byPrompt(Collection<Set<Node>> sets) {
        List<Set<Node>> distinct = sets.stream().distinct().toList();
        double[][] measured = eachFaithfulness(distinct);
        Map<Set<Node>, double[]> found = new HashMap<>();
        for (int i = 0; i < measured.length; i++) {
            found.put(distinct.get(i), measured[i]);
        }
        return found;
    }

    private double[][] each(int sets, Function<CaseBench, double[]> measure) {
        forwards += sets * benches.size();
        double[][] byPrompt = benches.stream().map(measure).toArray(double[][]::new);
        return IntStream.range(0, sets)
                .mapToObj(set -> IntStream.range(0, byPrompt.length)
                        .mapToDouble(prompt -> byPrompt[prompt][set])
                        .toArray())
                .toArray(double[][]::new);
    }

    /// To first order, how much each node would add to what a set recovers, on average.
    public Map<Node, Double> gains(Collection<Node> set) {
        return meanGains(bench -> bench.gains(set, all));
    }

    /// To first order, how much each node of a set adds to what the set recovers, at each position from the first
    /// difference on.
    ///
    /// @throws IllegalStateException when there are several prompts, whose positions are others
    public Map<Node, double[]> gainsByPosition(Collection<Node> set) {
        if (benches.size() != 1) {
            throw new IllegalStateException("gains by position over " + benches.size() + " prompts");
        }
        forwards += WITH_GRADIENTS;
        return benches.getFirst().gainsByPosition(set);
    }

    /// To first order, how much each node would recover alone in the contrast's run, on average.
    Map<Node, Double> restoring() {
        return meanGains(bench -> bench.restoring(all));
    }

    private Map<Node, Double> meanGains(Function<CaseBench, Map<Node, Double>> measure) {
        forwards += WITH_GRADIENTS * benches.size();
        List<Map<Node, Double>> gains = benches.stream().map(measure).toList();
        Map<Node, Double> means = new HashMap<>();
        for (Node node : all) {
            means.put(
                    node,
                    mean(gains.stream()
                            .mapToDouble(one -> one.getOrDefault(node, 0.0))
                            .toArray()));
        }
        return means;
    }

    private double[] means(double[][] bySet) {
        double[] means = new double[bySet.length];
        for (int set = 0; set < means.length; set++) {
            means[set] = mean(bySet[set]);
        }
        return means;
    }

    /// The mean of the groups' means.
    double mean(double[] byPrompt) {
        double sum = 0;
        for (List<Integer> group : groups.members()) {
            double within = 0;
            for (int prompt : group) {
                within += byPrompt[prompt];
            }
            sum += within / group.size();
        }
        return sum / groups.members().size();
    }

    @Override
    public void close() {
        benches.forEach(CaseBench::close);
    }
}
