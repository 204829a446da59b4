package cutaway.interp.explain;

import cutaway.interp.edit.Edit;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
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
    private final Sweep sweep;
    private final Differences differences;
    private final Map<Component, Edit> takeAway = new HashMap<>();
    private int forwards;

    CircuitBench(Setting setting) {
        this.setting = setting;
        this.all = Component.all(setting.model().sizes());
        this.sweep = new Sweep(setting.model(), setting.prompt(), setting.metric());
        List<Site> sites = all.stream()
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

    /// To first order, how much each component would add to what a set recovers: the margin's gradient at its value,
    /// when only the set is at work, times its difference between prompt and contrast.
    Map<Component, Double> gains(Collection<Component> set) {
        List<Site> sites = Stream.concat(
                        all.stream().map(Component::layer).distinct().map(layer ->
                                (Site) new Site.Heads(layer, HeadPart.Z)),
                        all.stream().map(Component::layer).distinct().map(layer -> (Site) new Site.MlpOut(layer)))
                .toList();
        forwards += 3; // a pass with gradients costs about three without
        Map<Site, Tensor> gradients = new HashMap<>();
        try (Scope scope = Scope.open()) {
            gradients.putAll(
                    Runs.gradients(setting.model(), setting.ids(), together(outside(set)), setting.metric(), sites));
            Map<Component, Double> gains = new HashMap<>();
            for (Component component : all) {
                Tensor gradient = gradient(gradients, component).slice(0, setting.firstDifference(), setting.length());
                double gain = gradient.dot(differences.at(component.site()));
                gains.put(component, gain / (setting.promptMargin() - setting.contrastMargin()));
            }
            return gains;
        }
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
