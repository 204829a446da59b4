package cutaway.interp.circuit;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Site;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Measures on one prompt how much sets of nodes recover.
final class CaseBench implements AutoCloseable {

    private final Case one;
    private final Setting setting;
    private final Frozen frozen;
    private final List<Site> sites; // of all nodes
    private final Sweep sweep;
    private @Nullable Differences differences; // only gradients need them

    /// @param errors of autoencoders, as far as they are nodes
    CaseBench(Case one, List<SaeError> errors) {
        this.one = one;
        this.setting = one.setting();
        this.frozen = new Frozen(one, errors);
        this.sites = Stream.concat(
                        Component.sites(setting.model().sizes()).stream(),
                        errors.stream().map(SaeError::site))
                .distinct()
                .toList();
        this.sweep = new Sweep(setting.model(), setting.prompt(), setting.metric());
        try { // at once: else each set that needs a value more would run the prompt or the contrast again
            sweep.keep(setting.prompt(), Set.of(Kind.Z, Kind.ATTN_OUT, Kind.MLP_OUT));
            sweep.keep(setting.contrast(), Set.of(Kind.Z, Kind.MLP_OUT));
        } catch (RuntimeException e) {
            sweep.close();
            throw e;
        }
    }

    /// Recovered when everything outside of each set takes its value from the contrast.
    double[] faithfulness(List<? extends Collection<Node>> sets) {
        return recovered(sweep, sets.stream().map(frozen::outside).toList());
    }

    /// Recovered when each set takes its value from the contrast.
    double[] without(List<? extends Collection<Node>> sets) {
        return recovered(sweep, sets.stream().map(frozen::takeAway).toList());
    }

    /// Recovered when, in the contrast's run, each set takes its value from the prompt.
    double[] restored(List<? extends Collection<Node>> sets) {
        try (Sweep contrast = new Sweep(setting.model(), setting.contrast(), setting.metric())) {
            return recovered(contrast, sets.stream().map(frozen::restore).toList());
        }
    }

    private double[] recovered(Sweep sweep, List<List<Edit>> variants) {
        double[] margins = sweep.measure(variants);
        for (int i = 0; i < margins.length; i++) {
            margins[i] = setting.recovered(margins[i]);
        }
        return margins;
    }

    /// To first order, what each node would add to what a set recovers: the margin's gradient at its value, when only
    /// the set is at work, times its difference between prompt and contrast.
    Map<Node, Double> gains(Collection<Node> set, List<Node> nodes) {
        Map<Site, Tensor> gradients = gradients(set);
        try {
            return gains(gradients, setting.firstDifference(), nodes);
        } finally {
            gradients.values().forEach(Tensor::close);
        }
    }

    /// As [#gains], of the set's own nodes, at each position from the first difference on.
    Map<Node, double[]> gainsByPosition(Collection<Node> set) {
        int from = setting.firstDifference();
        Map<Site, Tensor> gradients = gradients(set);
        try (Scope scope = Scope.open()) {
            Map<Node, double[]> gains = new HashMap<>();
            for (Node node : set) {
                gains.put(
                        node,
                        node.component()
                                .in(gradients)
                                .times(difference(node.component(), from, setting.length()))
                                .sum(-1, false)
                                .times(1 / setting.span())
                                .toDoubles());
            }
            return gains;
        } finally {
            gradients.values().forEach(Tensor::close);
        }
    }

    /// Of the margin when only a set is at work, from the first difference on.
    private Map<Site, Tensor> gradients(Collection<Node> set) {
        return sweep.gradients(frozen.outside(set), sites, setting.firstDifference());
    }

    /// Prompt minus contrast of what a component is, at some positions, end not included, `[positions, width]`.
    private Tensor difference(Component component, int from, int end) {
        return switch (component) {
            case Component.Own own -> between().at(own.site(), from, end);
            case SaeError error -> frozen.values().difference(error, from, end);
        };
    }

    private Differences between() {
        Differences known = differences;
        if (known == null) {
            known = new Differences(setting, Component.sites(setting.model().sizes()));
            differences = known;
        }
        return known;
    }

    /// To first order, what each node would recover if it alone took its value from the prompt, in the contrast's
    /// run.
    Map<Node, Double> restoring(List<Node> nodes) {
        Source contrast = setting.contrast();
        try (Scope scope = Scope.open()) {
            Map<Site, Tensor> gradients = Runs.gradients(
                    setting.model(), contrast.ids(setting.model()), contrast.edits(), setting.metric(), sites);
            return gains(gradients, 0, nodes);
        }
    }

    /// @param from the position that the gradients begin at
    private Map<Node, Double> gains(Map<Site, Tensor> gradients, int from, List<Node> nodes) {
        try (Scope scope = Scope.open()) {
            Map<Node, Double> gains = new HashMap<>();
            for (Node node : nodes) {
                gains.put(
                        node,
                        one.span(node)
                                .map(span -> gain(gradients, from, node.component(), span) / setting.span())
                                .orElse(0.0));
            }
            return gains;
        }
    }

    private double gain(Map<Site, Tensor> gradients, int from, Component component, Case.Span span) {
        return component
                .in(gradients)
                .slice(0, span.first() - from, span.last() + 1L - from)
                .dot(difference(component, span.first(), span.last() + 1));
    }

    @Override
    public void close() {
        sweep.close();
        if (differences != null) {
            differences.close();
        }
    }
}
