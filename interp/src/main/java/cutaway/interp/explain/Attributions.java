package cutaway.interp.explain;

import cutaway.interp.attribution.DirectLogitAttribution;
import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Differences;
import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Placebo;
import cutaway.interp.explain.Explanation.Attribution;
import cutaway.interp.explain.Explanation.Effect;
import cutaway.interp.run.Sweep;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Norm;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Transformer;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Direct logit attribution of every head and MLP, beside the measured effects of taking it away and of restoring it.
///
/// The direct part reads a component's write at the last position along the direction that the margin reads, through
/// the final norm with the scale that it had: the parts of all components, the embeddings and the biases add up to the
/// margin.
final class Attributions {

    private final Setting setting;
    private final long seed;
    private final Transformer transformer;
    private final List<Component.Own> components;

    /// @param seed of the placebos
    Attributions(Setting setting, long seed) {
        this.seed = seed;
        this.setting = setting;
        this.transformer = setting.model().transformer();
        this.components = Component.all(setting.model().sizes());
    }

    /// Two runs on the prompt and one on the contrast for each component.
    Attribution measure(IntConsumer progress) {
        try (Differences differences = new Differences(setting, DirectLogitAttribution.sites(setting.model(), false));
                Scope scope = Scope.open()) {
            int n = components.size();
            double[] taken = ablate(differences, progress);
            double[] restored = restore(done -> progress.accept(2 * n + done));
            double[] ablation = new double[n];
            double[] placebo = new double[n];
            for (int i = 0; i < n; i++) {
                ablation[i] = setting.promptMargin() - taken[i];
                placebo[i] = setting.promptMargin() - taken[n + i];
                restored[i] = setting.recovered(restored[i]);
            }
            return beside(differences, ablation, placebo, restored);
        }
    }

    /// As [#measure], but effects are estimated: slopes on the prompt and on the contrast times the change.
    Attribution estimate(FirstOrder firstOrder) {
        try (Scope scope = Scope.open()) {
            Random random = new Random(seed);
            int n = components.size();
            double[] ablation = new double[n];
            double[] placebo = new double[n];
            double[] restored = new double[n];
            for (int i = 0; i < n; i++) {
                try (Scope _ = Scope.open()) {
                    Component.Own component = components.get(i);
                    Tensor change = firstOrder.differences().at(component.site());
                    Tensor slope = differing(component.in(firstOrder.onPrompt()));
                    ablation[i] = slope.dot(change);
                    placebo[i] = -slope.dot(Placebo.like(change, random));
                    restored[i] =
                            differing(component.in(firstOrder.onContrast())).dot(change) / setting.span();
                }
            }
            return beside(firstOrder.differences(), ablation, placebo, restored);
        }
    }

    private Tensor differing(Tensor rows) {
        return rows.slice(0, setting.firstDifference(), setting.length());
    }

    /// What each component writes itself, beside what else is known of it, all in the order of the components.
    private Attribution beside(Differences differences, double[] ablation, double[] placebo, double[] restored) {
        DirectLogitAttribution attribution = new DirectLogitAttribution(
                setting.model(),
                differences.prompt(),
                setting.metric().answer(),
                setting.metric().rival());
        double[][] heads = attribution.heads();
        double[] direct = IntStream.range(0, setting.model().sizes().layers())
                .boxed()
                .flatMapToDouble(layer ->
                        DoubleStream.concat(DoubleStream.of(heads[layer]), DoubleStream.of(attribution.mlp(layer))))
                .toArray(); // in the order of the components
        List<Effect> effects = IntStream.range(0, components.size())
                .mapToObj(i -> new Effect(
                        components.get(i),
                        direct[i],
                        ablation[i],
                        placebo[i],
                        restored[i],
                        writeNorm(differences.prompt(), components.get(i))))
                .toList();
        double threshold = DoubleStream.of(placebo).map(Math::abs).max().orElse(0);
        return new Attribution(effects, attribution.embedding(), attribution.biases(), threshold);
    }

    /// What a component adds to the residual stream, `[pos, dModel]`.
    private Tensor write(Trace trace, Component.Own component) {
        return switch (component) {
            case Component.Mlp(int layer) -> trace.at(new Site.MlpOut(layer)).select(0, 0);
            case Component.Head(int layer, int head) -> {
                Attention attention = transformer.blocks().get(layer).attention();
                Tensor z =
                        trace.at(new Site.Heads(layer, HeadPart.Z)).select(0, 0).select(1, head); // [pos, dHead]
                long from = head * attention.dHead();
                Tensor written = z.matmul(attention
                        .out()
                        .weight()
                        .whole()
                        .slice(1, from, from + attention.dHead())
                        .transpose(0, 1));
                yield passed(trace, layer, written);
            }
        };
    }

    /// What becomes of a part of the attention's output on its way into the residual stream, with the scale that its
    /// norm had.
    ///
    /// @param part `[pos, dModel]`, or one row for every position
    private Tensor passed(Trace trace, int layer, Tensor part) {
        if (!(transformer.blocks().get(layer) instanceof Block.Sequential block)) {
            return part;
        }
        Tensor scaled = part.times(block.branchScale());
        cutaway.model.parts.Norm norm = block.norm1Post();
        return norm == null
                ? scaled
                : norm.centred(scaled)
                        .over(trace.at(new Site.NormScale(layer, Norm.AFTER_ATTENTION))
                                .select(0, 0))
                        .times(norm.weight());
    }

    private double writeNorm(Trace trace, Component.Own component) {
        return Placebo.length(differing(write(trace, component))).mean().item();
    }

    /// Margins with each component taken away, then with each placebo in its place.
    private double[] ablate(Differences differences, IntConsumer progress) {
        List<List<Edit>> variants = new ArrayList<>();
        for (Component.Own component : components) {
            variants.add(List.of(setting.takeAway(component)));
        }
        Random random = new Random(seed);
        for (Component.Own component : components) {
            Tensor change = differences.at(component.site());
            variants.add(
                    change.norm() > 0
                            ? List.of(Placebo.of(component.site(), setting.differing(), change, random))
                            : List.of());
        }
        try (Sweep sweep = new Sweep(setting.model(), setting.prompt(), setting.metric())) {
            return sweep.measure(variants, progress);
        }
    }

    /// Margins of the contrast with each component restored.
    private double[] restore(IntConsumer progress) {
        List<List<Edit>> variants = components.stream()
                .map(component -> List.of(setting.restore(component)))
                .toList();
        try (Sweep sweep = new Sweep(setting.model(), setting.contrast(), setting.metric())) {
            return sweep.measure(variants, progress);
        }
    }
}
