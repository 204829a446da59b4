package cutaway.interp.circuit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Two searches for the smallest set of nodes that recovers enough, each blind to what the other found.
///
/// - *Pruning* ranks all nodes by the effects of taking each away and of restoring each, takes as many of the best as
///   are needed, and leaves out one after another as long as enough is recovered.
/// - *Growing* starts from no node, asks the margin's gradient which would add most to the set so far, measures
///   the best of them, adds the one that adds most, and at the end leaves out what the later ones made idle.
public final class CircuitSearch {

    /// Candidates that a step of growing measures, the best by gradient.
    private static final int MEASURED = 8;

    /// One in so many nodes often is enough: the size that is tried first.
    private static final int LIKELY = 8;

    /// @param nodes in the order of layers
    /// @param forwards rows that it ran through the model
    public record Found(String name, String how, List<Node> nodes, double faithfulness, int forwards) {

        /// How many of its nodes one of the others found too.
        public int shared(List<Found> all) {
            return (int) nodes.stream()
                    .filter(node -> all.stream().anyMatch(other -> !other.equals(this) && other.nodes.contains(node)))
                    .count();
        }
    }

    private final CircuitBench bench;
    private final double target;
    private final int largest;
    private final Consumer<String> progress;

    /// @param target faithfulness that is enough
    /// @param largest most nodes to look for
    public CircuitSearch(CircuitBench bench, double target, int largest, Consumer<String> progress) {
        this.bench = bench;
        this.target = target;
        this.largest = largest;
        this.progress = progress;
    }

    /// Both searches. Where pruning left more than are looked for, growing gives up as soon as it has as many: then
    /// there is no small set.
    ///
    /// @param scores by node, larger is more important
    /// @param by what the scores are, in words
    public List<Found> both(Map<Node, Double> scores, String by) {
        Found pruned = prune(scores, by);
        return List.of(pruned, grow(pruned.nodes.size() > largest ? largest : 2 * largest));
    }

    /// As [#both], but growing gives up where it has as many as pruning left: over many prompts a step is dear, and
    /// only the smaller set counts.
    public List<Found> bothInTurn(Map<Node, Double> scores, String by) {
        Found pruned = prune(scores, by);
        return List.of(pruned, grow(Math.min(largest, pruned.nodes.size())));
    }

    /// A first set at little cost: as many of the best as are needed, of which those are left out that gradients, asked
    /// once, find idle. No node is measured alone, so the set is rarely the smallest; what it recovers is measured.
    ///
    /// @param scores by node, larger is more important
    /// @param by what the scores are, in words
    /// @param gains to first order, what each node of a set adds to what the set recovers
    public Found first(Map<Node, Double> scores, String by, Function<Set<Node>, Map<Node, Double>> gains) {
        int before = bench.forwards();
        List<Node> ranked = ranked(scores);
        Enough enough = enoughByHalving(ranked);
        Set<Node> set = new LinkedHashSet<>(ranked.subList(0, enough.size));
        double now = enough.recovered;
        if (set.size() > MEASURED && now >= target) {
            now = leaveOut(set, now, gains.apply(set)).orElse(now);
        }
        List<Node> nodes = bench.all().stream().filter(set::contains).toList();
        return new Found(
                "gradients",
                "the best by " + by + ", then those left out that gradients tell apart",
                nodes,
                now,
                bench.forwards() - before);
    }

    /// The smallest that recovers enough; where none does, the first.
    public Found best(List<Found> found) {
        return found.stream()
                .filter(one -> one.faithfulness >= target)
                .min(Comparator.comparingInt(one -> one.nodes.size()))
                .orElse(found.getFirst());
    }

    private Found prune(Map<Node, Double> scores, String by) {
        int before = bench.forwards();
        List<Node> ranked = ranked(scores);
        Set<Node> set = new LinkedHashSet<>(ranked.subList(0, enough(ranked)));
        leaveOut(set);
        return found("pruning", "the best by " + by + ", then the least needed left out again and again", set, before);
    }

    /// @param most nodes to give up at
    private Found grow(int most) {
        int before = bench.forwards();
        Set<Node> set = new LinkedHashSet<>();
        double now = bench.faithfulnessOf(set);
        while (now < target && set.size() < most) {
            Map<Node, Double> gains = bench.gains(set);
            List<Node> candidates = bench.all().stream()
                    .filter(node -> !set.contains(node))
                    .sorted(Comparator.comparingDouble((Node node) -> -gains.getOrDefault(node, 0.0)))
                    .limit(MEASURED)
                    .toList();
            double[] shares = bench.faithfulness(
                    candidates.stream().map(node -> with(set, node)).toList());
            int best = 0;
            for (int i = 1; i < shares.length; i++) {
                best = shares[i] > shares[best] ? i : best;
            }
            set.add(candidates.get(best));
            now = shares[best];
            told("growing", set, now);
        }
        leaveOut(set);
        return found(
                "growing",
                "from none, the one that adds most at each step, by gradient and then measured",
                set,
                before);
    }

    private List<Node> ranked(Map<Node, Double> scores) {
        return bench.all().stream()
                .sorted(Comparator.comparingDouble((Node node) -> -scores.getOrDefault(node, 0.0)))
                .toList();
    }

    /// As [#enough], as if what is recovered only grew along the list: where it does not, a size that recovers enough
    /// and of which a smaller one nearby does not.
    private Enough enoughByHalving(List<Node> ranked) {
        int step = Math.max(1, ranked.size() / 24);
        int tooFew = 0;
        Enough enough = new Enough(ranked.size(), 1); // all of them are the model itself
        int size = Math.max(1, ranked.size() / LIKELY);
        while (enough.size - tooFew > step) {
            progress.accept("whether the best " + size + " components suffice");
            double recovered = bench.faithfulnessOf(ranked.subList(0, size));
            if (recovered >= target) {
                enough = new Enough(size, recovered);
            } else {
                tooFew = size;
            }
            size = enough.size < ranked.size()
                    ? (tooFew + enough.size) / 2
                    : Math.min(2 * size, (size + enough.size) / 2);
        }
        return enough;
    }

    /// So many of the best, and what they recover.
    private record Enough(int size, double recovered) {}

    /// How many of a ranked list recover enough.
    private int enough(List<Node> ranked) {
        int step = Math.max(1, ranked.size() / 24);
        List<Integer> sizes = new ArrayList<>();
        for (int size = step; size < ranked.size(); size += step) {
            sizes.add(size);
        }
        double[] coarse = bench.faithfulness(
                sizes.stream().map(size -> ranked.subList(0, size)).toList());
        for (int i = 0; i < coarse.length; i++) {
            if (coarse[i] >= target) {
                return sizes.get(i);
            }
        }
        return ranked.size();
    }

    /// Leaves out, again and again, what costs least, while enough is recovered: by the gradient as long as that finds
    /// something, then by measuring each. Several go at once where their costs together leave room; the set that
    /// remains is measured each time.
    private void leaveOut(Set<Node> set) {
        double now = leaveOutByGradient(set, bench.faithfulnessOf(set));
        while (!set.isEmpty() && now >= target) {
            List<Node> nodes = List.copyOf(set);
            double[] left = bench.faithfulness(
                    nodes.stream().map(node -> less(set, List.of(node))).toList());
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < left.length; i++) {
                if (left[i] >= target) {
                    order.add(i);
                }
            }
            if (order.isEmpty()) {
                return;
            }
            order.sort(Comparator.comparingDouble(i -> -left[i]));
            List<Node> out = affordable(set, nodes, order, left, now);
            set.removeAll(out);
            now = out.size() == 1 ? left[order.getFirst()] : bench.faithfulnessOf(set);
            told("leaving out", set, now);
        }
    }

    /// As long as some can go at once: for one alone, gradients of all would cost more than they spare.
    ///
    /// @param now what the set recovers
    /// @return what is recovered by what remains
    private double leaveOutByGradient(Set<Node> set, double now) {
        while (set.size() > MEASURED && now >= target) {
            OptionalDouble left = leaveOut(set, now, bench.gains(set));
            if (left.isEmpty()) {
                return now;
            }
            now = left.getAsDouble();
        }
        return now;
    }

    /// Leaves several out at once, the cheapest by their gains, fewer where what remains does not suffice.
    ///
    /// @return what is recovered by what remains; empty where none went
    private OptionalDouble leaveOut(Set<Node> set, double now, Map<Node, Double> gains) {
        List<Node> out = cheapest(set, now, gains);
        while (out.size() > 1) {
            double left = bench.faithfulnessOf(less(set, out));
            if (left >= target) {
                set.removeAll(out);
                told("leaving out", set, left);
                return OptionalDouble.of(left);
            }
            out = out.subList(0, out.size() / 2);
        }
        return OptionalDouble.empty();
    }

    /// Up to a quarter of a set, whose costs, by the margin's gradient, together leave room.
    private List<Node> cheapest(Set<Node> set, double now, Map<Node, Double> gains) {
        List<Node> order = set.stream()
                .sorted(Comparator.comparingDouble(node -> gains.getOrDefault(node, 0.0)))
                .toList();
        double room = (now - target) / 2;
        int out = 0;
        while (out < set.size() / 4) {
            room -= Math.max(0, gains.getOrDefault(order.get(out), 0.0));
            if (room < 0) {
                break;
            }
            out++;
        }
        return order.subList(0, out);
    }

    private void told(String what, Set<Node> set, double recovered) {
        progress.accept(what + ": " + set.size() + " components recover " + Math.round(100 * recovered) + " %");
    }

    /// As many of the cheapest as together still recover enough: by the sum of their costs, then measured, halved
    /// until they do.
    private List<Node> affordable(Set<Node> set, List<Node> nodes, List<Integer> order, double[] left, double now) {
        double room = (now - target) / 2;
        List<Node> out = new ArrayList<>();
        for (int i : order) {
            double cost = Math.max(0, now - left[i]);
            if (!out.isEmpty() && (cost > room || out.size() >= Math.max(1, set.size() / 4))) {
                break;
            }
            room -= cost;
            out.add(nodes.get(i));
        }
        while (out.size() > 1 && bench.faithfulnessOf(less(set, out)) < target) {
            out = new ArrayList<>(out.subList(0, out.size() / 2));
        }
        return out;
    }

    private Found found(String name, String how, Set<Node> set, int before) {
        List<Node> nodes = bench.all().stream().filter(set::contains).toList();
        return new Found(name, how, nodes, bench.faithfulnessOf(set), bench.forwards() - before);
    }

    private static Set<Node> with(Collection<Node> set, Node added) {
        Set<Node> more = new LinkedHashSet<>(set);
        more.add(added);
        return more;
    }

    private static Set<Node> less(Collection<Node> set, List<Node> out) {
        Set<Node> fewer = new LinkedHashSet<>(set);
        fewer.removeAll(out);
        return fewer;
    }
}
