package cutaway.interp.explain;

import cutaway.interp.edit.Edit;
import cutaway.interp.explain.Explanation.Place;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Measures how much of the model's behaviour sets of components carry. Counts the rows that it ran.
final class CircuitBench implements AutoCloseable {

    private final Setting setting;
    private final List<Component> all;
    private final List<Site> sites; // every component's value: heads a layer together
    private final Sweep sweep;
    private final Differences differences;
    private final Map<Component, Edit> takeAway = new HashMap<>();
    private int forwards;

    CircuitBench(Setting setting) {
        this.setting = setting;
        this.all = Component.all(setting.model().sizes());
        this.sweep = new Sweep(setting.model(), setting.prompt(), setting.metric());
        this.sites = all.stream()
                .map(component -> component instanceof Component.Head(int layer, int _)
                        ? new Site.Heads(layer, HeadPart.Z)
                        : component.site())
                .distinct()
                .toList();
        this.differences = new Differences(setting, sites);
        all.forEach(component -> takeAway.put(component, setting.takeAway(component)));
    }

    List<Component> all() {
        return all;
    }

    int forwards() {
        return forwards;
    }

    /// Recovered when everything outside of each set takes its value from the contrast.
    double[] faithfulness(List<? extends Collection<Component>> sets) {
        return recovered(sets.stream().map(this::outside).toList());
    }

    double faithfulnessOf(Collection<Component> set) {
        return faithfulness(List.of(set))[0];
    }

    /// Recovered when the set itself takes its value from the contrast.
    double without(Collection<Component> set) {
        return recovered(List.of(set.stream().map(takeAway::get).toList()))[0];
    }

    /// The edits that leave only a set at work.
    List<Edit> outside(Collection<Component> set) {
        Set<Component> inside = new HashSet<>(set);
        return all.stream()
                .filter(component -> !inside.contains(component))
                .map(takeAway::get)
                .toList();
    }

    private double[] recovered(List<List<Edit>> variants) {
        forwards += variants.size();
        double[] margins = sweep.measure(variants);
        for (int i = 0; i < margins.length; i++) {
            margins[i] = setting.recovered(margins[i]);
        }
        return margins;
    }

    /// Where the members of a set are needed: what faithfulness is lost when one of them takes its value from the
    /// contrast at one position, the rest of the set at work.
    ///
    /// Of all members and positions, those are measured whose loss is largest to first order.
    ///
    /// @param most how many are measured
    Map<Component, List<Place>> places(Collection<Component> set, double faithfulness, int most) {
        List<Placed> candidates = placed(set);
        List<Edit> outside = outside(set);
        List<Placed> measured = candidates.subList(0, Math.min(most, candidates.size()));
        double[] left = recovered(measured.stream()
                .map(placed -> Stream.concat(outside.stream(), Stream.of(placed.takeAway(setting)))
                        .toList())
                .toList());
        Map<Component, List<Place>> places = new HashMap<>();
        for (int i = 0; i < left.length; i++) {
            Placed placed = measured.get(i);
            places.computeIfAbsent(placed.component, component -> new ArrayList<>())
                    .add(new Place(placed.pos, faithfulness - left[i]));
        }
        places.values().forEach(list -> list.sort(Comparator.comparingDouble((Place place) -> -place.needed())));
        return places;
    }

    /// A member at one position.
    ///
    /// @param gain what it adds there to what the set recovers, to first order
    private record Placed(Component component, int pos, double gain) {

        Edit takeAway(Setting setting) {
            return new Edit.Patch(component.site(), Positions.of(pos), setting.contrast());
        }
    }

    /// The largest gain in size first.
    private List<Placed> placed(Collection<Component> set) {
        List<Placed> placed = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            Map<Site, Tensor> gradients = gradients(set);
            for (Component component : set) {
                double[] gains = gradient(gradients, component)
                        .slice(0, setting.firstDifference(), setting.length())
                        .times(differences.at(component.site()))
                        .sum(-1, false)
                        .toDoubles();
                for (int i = 0; i < gains.length; i++) {
                    if (gains[i] != 0) { // else nothing leads from there to the answer, or nothing differs
                        placed.add(new Placed(component, setting.firstDifference() + i, gains[i]));
                    }
                }
            }
        }
        placed.sort(Comparator.comparingDouble((Placed one) -> -Math.abs(one.gain)));
        return placed;
    }

    /// To first order, how much each component would add to what a set recovers: the margin's gradient at its value,
    /// when only the set is at work, times its difference between prompt and contrast.
    Map<Component, Double> gains(Collection<Component> set) {
        try (Scope scope = Scope.open()) {
            Map<Site, Tensor> gradients = gradients(set);
            Map<Component, Double> gains = new HashMap<>();
            for (Component component : all) {
                Tensor gradient = gradient(gradients, component).slice(0, setting.firstDifference(), setting.length());
                double gain = gradient.dot(differences.at(component.site()));
                gains.put(component, gain / (setting.promptMargin() - setting.contrastMargin()));
            }
            return gains;
        }
    }

    /// Of the margin by the values of every component, when only a set is at work.
    private Map<Site, Tensor> gradients(Collection<Component> set) {
        forwards += 3; // a pass with gradients costs about three without
        return Runs.gradients(setting.model(), setting.ids(), together(outside(set)), setting.metric(), sites);
    }

    private List<Edit> together(List<Edit> edits) {
        List<Edit> joined = new ArrayList<>(setting.prompt().edits());
        joined.addAll(edits);
        return joined;
    }

    /// `[pos, width]`
    private static Tensor gradient(Map<Site, Tensor> gradients, Component component) {
        return switch (component) {
            case Component.Head(int layer, int head) ->
                at(gradients, new Site.Heads(layer, HeadPart.Z)).select(1, head);
            case Component.Mlp(int layer) -> at(gradients, new Site.MlpOut(layer));
        };
    }

    private static Tensor at(Map<Site, Tensor> gradients, Site site) {
        Tensor gradient = gradients.get(site);
        if (gradient == null) {
            throw new IllegalStateException("no gradient at " + site.text());
        }
        return gradient.select(0, 0);
    }

    @Override
    public void close() {
        sweep.close();
        differences.close();
    }
}
