package cutaway.interp.explain;

import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Differences;
import cutaway.interp.circuit.Node;
import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Edit;
import cutaway.interp.explain.Explanation.Place;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Where in the prompt the members of a circuit are needed.
final class Places {

    private final Setting setting;
    private final List<Edit> outside;

    /// @param outside what leaves only the circuit at work
    Places(Setting setting, List<Edit> outside) {
        this.setting = setting;
        this.outside = outside;
    }

    /// A member at one position.
    ///
    /// @param gain what it adds there to what the set recovers, to first order
    private record Placed(Component component, int pos, double gain) {

        Edit takeAway(Setting setting) {
            return new Edit.Patch(component.site(), Positions.of(pos), setting.contrast());
        }
    }

    /// What faithfulness is lost when one member takes its value from the contrast at one position, the rest of the
    /// circuit at work.
    ///
    /// Of all members and positions, those are measured whose loss is largest to first order.
    ///
    /// @param faithfulness of the circuit
    /// @param most how many are measured
    Map<Component, List<Place>> measure(Collection<Component> members, double faithfulness, int most) {
        List<Placed> candidates;
        try (Differences differences =
                new Differences(setting, Component.sites(setting.model().sizes()))) {
            candidates = placed(members, differences);
        }
        List<Placed> measured = candidates.subList(0, Math.min(most, candidates.size()));
        double[] margins;
        try (Sweep sweep = new Sweep(setting.model(), setting.prompt(), setting.metric())) {
            margins = sweep.measure(measured.stream()
                    .map(placed -> Stream.concat(outside.stream(), Stream.of(placed.takeAway(setting)))
                            .toList())
                    .toList());
        }
        double[] needed = Arrays.stream(margins)
                .map(margin -> faithfulness - setting.recovered(margin))
                .toArray();
        return byMember(measured, needed);
    }

    /// The same, to first order.
    ///
    /// @param gains what each adds to what the set recovers, at each position from the first difference on
    static Map<Component, List<Place>> estimate(Setting setting, Map<Node, double[]> gains) {
        List<Placed> placed = new ArrayList<>();
        gains.forEach(
                (node, byPosition) -> placed.addAll(placed(node.component(), setting.firstDifference(), byPosition)));
        return byMember(placed, placed.stream().mapToDouble(Placed::gain).toArray());
    }

    /// Where something is gained or lost: elsewhere nothing leads from there to the answer, or nothing differs.
    ///
    /// @param first position of the gains
    private static List<Placed> placed(Component component, int first, double[] gains) {
        return IntStream.range(0, gains.length)
                .filter(i -> gains[i] != 0)
                .mapToObj(i -> new Placed(component, first + i, gains[i]))
                .toList();
    }

    private static Map<Component, List<Place>> byMember(List<Placed> placed, double[] needed) {
        Map<Component, List<Place>> places = new HashMap<>();
        for (int i = 0; i < needed.length; i++) {
            places.computeIfAbsent(placed.get(i).component, component -> new ArrayList<>())
                    .add(new Place(placed.get(i).pos, needed[i]));
        }
        places.values().forEach(list -> list.sort(Comparator.comparingDouble((Place place) -> -place.needed())));
        return places;
    }

    /// The largest gain in size first.
    private List<Placed> placed(Collection<Component> members, Differences differences) {
        List<Edit> edits = new ArrayList<>(setting.prompt().edits());
        edits.addAll(outside);
        List<Site> sites = Component.sites(setting.model().sizes());
        List<Placed> placed = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            Map<Site, Tensor> gradients =
                    Runs.gradients(setting.model(), setting.ids(), edits, setting.metric(), sites);
            for (Component component : members) {
                double[] gains = component
                        .in(gradients)
                        .slice(0, setting.firstDifference(), setting.length())
                        .times(differences.at(component.site()))
                        .sum(-1, false)
                        .toDoubles();
                placed.addAll(placed(component, setting.firstDifference(), gains));
            }
        }
        placed.sort(Comparator.comparingDouble((Placed one) -> -Math.abs(one.gain)));
        return placed;
    }
}
