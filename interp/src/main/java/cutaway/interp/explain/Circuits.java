package cutaway.interp.explain;

import cutaway.interp.circuit.Case;
import cutaway.interp.circuit.CircuitBench;
import cutaway.interp.circuit.CircuitSearch;
import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Node;
import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Edit;
import cutaway.interp.explain.Explanation.Attribution;
import cutaway.interp.explain.Explanation.Circuit;
import cutaway.interp.explain.Explanation.Effect;
import cutaway.interp.explain.Explanation.Member;
import cutaway.interp.explain.Explanation.Place;
import cutaway.interp.explain.Explanation.Search;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/// The circuit of an answer: found, set against its controls, and looked at member by member.
final class Circuits {

    static final double TARGET = 0.8;
    private static final int RANDOM_SETS = 10;
    private static final int MEASURED_PLACES = 300;

    private final Setting setting;
    private final long seed;
    private final List<Component.Own> all;
    private final Map<Component, Effect> effects = new HashMap<>();

    /// @param seed of the random sets
    Circuits(Setting setting, Attribution attribution, long seed) {
        this.setting = setting;
        this.seed = seed;
        this.all = Component.all(setting.model().sizes());
        attribution.components().forEach(effect -> effects.put(effect.component(), effect));
    }

    /// Finds it by two searches, and measures where each member is needed.
    Circuit find(Consumer<String> progress) {
        try (CircuitBench bench = bench()) {
            CircuitSearch search = search(bench, progress);
            List<CircuitSearch.Found> found = search.both(importance(), "measured effect");
            CircuitSearch.Found best = search.best(found);
            List<Component> members = components(best);
            List<Edit> outside = outside(members);
            double[] left = bench.faithfulness(members.stream()
                    .map(member -> Node.of(members.stream()
                            .filter(other -> !other.equals(member))
                            .toList()))
                    .toList());
            double[] needed = Arrays.stream(left)
                    .map(recovered -> best.faithfulness() - recovered)
                    .toArray();
            Map<Component, List<Place>> places =
                    new Places(setting, outside).measure(members, best.faithfulness(), MEASURED_PLACES);
            double[] random = bench.faithfulness(
                    matchedSets(members).stream().map(Node::of).toList());
            return circuit(
                    bench,
                    found,
                    best,
                    members(members, needed, places),
                    outside,
                    DoubleStream.of(random).boxed().toList());
        }
    }

    /// A first circuit by gradients. What it recovers is measured; how much a member is needed, and where, is
    /// estimated, by the gradient that told which others to leave out. No random sets are drawn.
    Circuit estimate(Consumer<String> progress) {
        try (CircuitBench bench = bench()) {
            Map<Component, List<Place>> places = new HashMap<>();
            CircuitSearch.Found found = search(bench, progress).first(importance(), "estimated effect", set -> {
                places.putAll(Places.estimate(setting, bench.gainsByPosition(set)));
                return set.stream().collect(Collectors.toMap(node -> node, node -> needed(places, node.component())));
            });
            List<Component> members = components(found);
            if (places.isEmpty()) { // so few that none was to be left out
                places.putAll(Places.estimate(setting, bench.gainsByPosition(found.nodes())));
            }
            double[] needed = members.stream()
                    .mapToDouble(member -> needed(places, member))
                    .toArray();
            return circuit(bench, List.of(found), found, members(members, needed, places), outside(members), List.of());
        }
    }

    private static double needed(Map<Component, List<Place>> places, Component component) {
        return places.getOrDefault(component, List.of()).stream()
                .mapToDouble(Place::needed)
                .sum();
    }

    private CircuitBench bench() {
        return CircuitBench.of(Case.whole("the prompt", setting), Node.of(all));
    }

    private CircuitSearch search(CircuitBench bench, Consumer<String> progress) {
        return new CircuitSearch(bench, TARGET, all.size() / 4, progress);
    }

    private Circuit circuit(
            CircuitBench bench,
            List<CircuitSearch.Found> found,
            CircuitSearch.Found best,
            List<Member> members,
            List<Edit> outside,
            List<Double> random) {
        List<Component> components = components(best);
        double[] others = bench.faithfulness(List.of(List.of(), Node.of(byDirect(components.size()))));
        return new Circuit(
                components.size() <= all.size() / 4 && best.faithfulness() >= TARGET,
                members,
                all.size(),
                best.faithfulness(),
                TARGET,
                bench.without(best.nodes()),
                others[0],
                others[1],
                random,
                searches(found),
                outside);
    }

    private static List<Component> components(CircuitSearch.Found found) {
        return found.nodes().stream().map(Node::component).toList();
    }

    /// The edits that leave only the members at work, one for each other component.
    private List<Edit> outside(List<Component> members) {
        return all.stream()
                .filter(component -> !members.contains(component))
                .map(setting::takeAway)
                .toList();
    }

    /// How much the margin falls without a component, and how much it alone restores: whichever is more.
    private Map<Node, Double> importance() {
        Map<Node, Double> importance = new HashMap<>();
        effects.forEach((component, effect) ->
                importance.put(Node.of(component), Math.max(effect.ablation() / setting.span(), effect.restoring())));
        return importance;
    }

    private List<Component.Own> byDirect(int size) {
        return effects.values().stream()
                .sorted(Comparator.comparingDouble((Effect effect) -> -effect.direct()))
                .limit(size)
                .map(Effect::component)
                .toList();
    }

    private static List<Search> searches(List<CircuitSearch.Found> found) {
        return found.stream()
                .map(one -> new Search(
                        one.name(),
                        one.how(),
                        one.nodes().size(),
                        one.faithfulness(),
                        one.forwards(),
                        one.shared(found),
                        components(one)))
                .toList();
    }

    /// Random sets with the circuit's numbers of heads and MLPs, each drawn from outside of it, near in depth and
    /// write norm.
    private List<List<Component>> matchedSets(List<Component> members) {
        List<List<Component>> sets = new ArrayList<>();
        for (int i = 0; i < RANDOM_SETS; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            Set<Component> taken = new HashSet<>(members);
            List<Component> set = new ArrayList<>();
            for (Component member : members) {
                List<Component> like = alike(member, taken);
                if (!like.isEmpty()) {
                    Component drawn = like.get(random.nextInt(like.size()));
                    taken.add(drawn);
                    set.add(drawn);
                }
            }
            sets.add(set);
        }
        return sets;
    }

    /// The five components of the same kind that are nearest in depth and write norm, of those not taken.
    private List<Component> alike(Component member, Set<Component> taken) {
        return effects.keySet().stream()
                .filter(other -> !taken.contains(other) && other.getClass() == member.getClass())
                .sorted(Comparator.comparingDouble((Component other) -> distance(member, other))
                        .thenComparing(Component::name))
                .limit(5)
                .toList();
    }

    private double distance(Component a, Component b) {
        double layers = Math.abs(a.layer() - b.layer())
                / (double) setting.model().sizes().layers();
        return layers + Math.abs(Math.log((norm(a) + 1e-9) / (norm(b) + 1e-9)));
    }

    private double norm(Component component) {
        Effect effect = effects.get(component);
        return effect == null ? 0 : effect.writeNorm();
    }

    /// @param needed by each of them
    private List<Member> members(List<Component> members, double[] needed, Map<Component, List<Place>> places) {
        List<Site> patterns = members.stream()
                .filter(member -> member instanceof Component.Head)
                .map(member -> (Site) new Site.Heads(member.layer(), HeadPart.PATTERN))
                .distinct()
                .toList();
        try (Trace trace = Runs.run(
                        setting.model(),
                        Batch.of(setting.ids()),
                        setting.prompt().edits(),
                        patterns);
                Scope scope = Scope.open()) {
            List<Member> described = new ArrayList<>();
            for (int i = 0; i < members.size(); i++) {
                Component member = members.get(i);
                described.add(member(trace, member, needed[i], places.getOrDefault(member, List.of())));
            }
            return described;
        }
    }

    private Member member(Trace trace, Component component, double needed, List<Place> places) {
        if (!(component instanceof Component.Head(int layer, int head))) {
            return new Member(component, needed, -1, 0, places);
        }
        Tensor pattern = trace.at(new Site.Head(layer, head, HeadPart.PATTERN)).select(0, 0); // [qPos, kPos]
        Tensor.Top top = pattern.select(0, setting.length() - 1).top(1);
        return new Member(
                component, needed, (int) top.indices().item(), top.values().item(), places);
    }
}
