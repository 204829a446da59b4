package cutaway.interp.explain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Two searches for the smallest set of components that recovers enough, each blind to what the other found.
///
/// - *Pruning* ranks all components by the measured effects of taking each away and of restoring each, takes as many
///   of the best as are needed, and leaves out one after another as long as enough is recovered.
/// - *Growing* starts from no component, asks the margin's gradient which would add most to the set so far, measures
///   the best of them, adds the one that adds most, and at the end leaves out what the later ones made idle.
final class CircuitSearch {

    /// Candidates that a step of growing measures.
    private static final int MEASURED = 16;

    /// @param members in the order of layers
    record Found(String name, String how, List<Component> members, double faithfulness, int forwards) {}

    private final CircuitBench bench;
    private final double target;
    private final int largest;
    private final Consumer<String> progress;

    /// @param target faithfulness that is enough
    /// @param largest most components to look for
    CircuitSearch(CircuitBench bench, double target, int largest, Consumer<String> progress) {
        this.bench = bench;
        this.target = target;
        this.largest = largest;
        this.progress = progress;
    }

    /// @param scores by component, larger is more important
    Found prune(Map<Component, Double> scores) {
        int before = bench.forwards();
        List<Component> ranked = bench.all().stream()
                .sorted(Comparator.comparingDouble((Component component) -> -scores.getOrDefault(component, 0.0)))
                .toList();
        Set<Component> set = new LinkedHashSet<>(ranked.subList(0, enough(ranked)));
        leaveOut(set);
        return found("pruning", "the best by measured effect, then one after another left out", set, before);
    }

    Found grow() {
        int before = bench.forwards();
        Set<Component> set = new LinkedHashSet<>();
        double now = bench.faithfulnessOf(set);
        int limit = 2 * largest;
        while (now < target && set.size() < limit) {
            Map<Component, Double> gains = bench.gains(set);
            List<Component> candidates = bench.all().stream()
                    .filter(component -> !set.contains(component))
                    .sorted(Comparator.comparingDouble((Component component) -> -gains.getOrDefault(component, 0.0)))
                    .limit(MEASURED)
                    .toList();
            double[] measured = bench.faithfulness(
                    candidates.stream().map(component -> with(set, component)).toList());
            int best = 0;
            for (int i = 1; i < measured.length; i++) {
                best = measured[i] > measured[best] ? i : best;
            }
            set.add(candidates.get(best));
            now = measured[best];
            progress.accept("growing: " + set.size() + " components recover " + Math.round(100 * now) + " %");
        }
        leaveOut(set);
        return found(
                "growing",
                "from none, the one that adds most at each step, by gradient and then measured",
                set,
                before);
    }

    /// How many of a ranked list recover enough.
    private int enough(List<Component> ranked) {
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

    /// Leaves out, again and again, what costs least, while enough is recovered. Several go at once where their
    /// costs together leave room; the set that remains is measured each time.
    private void leaveOut(Set<Component> set) {
        double now = bench.faithfulnessOf(set);
        while (!set.isEmpty() && now >= target) {
            List<Component> members = List.copyOf(set);
            double[] left = bench.faithfulness(members.stream()
                    .map(component -> less(set, List.of(component)))
                    .toList());
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
            List<Component> out = affordable(set, members, order, left, now);
            set.removeAll(out);
            now = out.size() == 1 ? left[order.getFirst()] : bench.faithfulnessOf(set);
            progress.accept("leaving out: " + set.size() + " components recover " + Math.round(100 * now) + " %");
        }
    }

    /// As many of the cheapest as together still recover enough: by the sum of their costs, then measured, halved
    /// until they do.
    private List<Component> affordable(
            Set<Component> set, List<Component> members, List<Integer> order, double[] left, double now) {
        double room = (now - target) / 2;
        List<Component> out = new ArrayList<>();
        for (int i : order) {
            double cost = Math.max(0, now - left[i]);
            if (!out.isEmpty() && (cost > room || out.size() >= Math.max(1, set.size() / 4))) {
                break;
            }
            room -= cost;
            out.add(members.get(i));
        }
        while (out.size() > 1 && bench.faithfulnessOf(less(set, out)) < target) {
            out = new ArrayList<>(out.subList(0, out.size() / 2));
        }
        return out;
    }

    private Found found(String name, String how, Set<Component> set, int before) {
        List<Component> members = bench.all().stream().filter(set::contains).toList();
        return new Found(name, how, members, bench.faithfulnessOf(set), bench.forwards() - before);
    }

    private static Set<Component> with(Collection<Component> set, Component added) {
        Set<Component> more = new LinkedHashSet<>(set);
        more.add(added);
        return more;
    }

    private static Set<Component> less(Collection<Component> set, List<Component> out) {
        Set<Component> fewer = new LinkedHashSet<>(set);
        fewer.removeAll(out);
        return fewer;
    }
}
