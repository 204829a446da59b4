package cutaway.interp.explain;

import cutaway.interp.edit.Edit;
import cutaway.interp.explain.Explanation.Attribution;
import cutaway.interp.explain.Explanation.Effect;
import cutaway.interp.run.Sweep;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.Norm;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Readout;
import cutaway.model.parts.Transformer;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Direct logit attribution of every head and MLP, beside the measured effects of taking it away and of restoring it.
///
/// The direct part reads a component's write at the last position along the direction that the margin reads, through
/// the final norm with the scale that it had: the parts of all components, the embeddings and the biases add up to the
/// margin.
final class Attributions {

    private final Setting setting;
    private final Transformer transformer;
    private final List<Component> components;

    Attributions(Setting setting) {
        this.setting = setting;
        this.transformer = setting.model().transformer();
        this.components = Component.all(setting.model().sizes());
    }

    Attribution measure(IntConsumer progress) {
        List<Site> sites = new ArrayList<>();
        for (int layer = 0; layer < setting.model().sizes().layers(); layer++) {
            sites.add(new Site.Heads(layer, HeadPart.Z));
            sites.add(new Site.MlpOut(layer));
            if (hasPostNorm(layer)) {
                sites.add(new Site.NormScale(layer, Norm.AFTER_ATTENTION));
            }
        }
        sites.add(new Site.Resid(0, Moment.PRE));
        sites.add(new Site.NormScale(0, Norm.FINAL));
        try (Differences differences = new Differences(setting, sites);
                Scope scope = Scope.open()) {
            Tensor direction = direction(differences.prompt());
            double[] direct = components.stream()
                    .mapToDouble(component ->
                            last(write(differences.prompt(), component)).dot(direction))
                    .toArray();
            double[] norms = components.stream()
                    .mapToDouble(component -> writeNorm(differences.prompt(), component))
                    .toArray();
            double embedding = last(differences
                            .prompt()
                            .at(new Site.Resid(0, Moment.PRE))
                            .select(0, 0))
                    .dot(direction);
            double[] taken = ablate(differences, progress);
            double[] restored = restore(done -> progress.accept(2 * components.size() + done));
            int n = components.size();
            List<Effect> effects = IntStream.range(0, n)
                    .mapToObj(i -> new Effect(
                            components.get(i),
                            direct[i],
                            setting.promptMargin() - taken[i],
                            setting.promptMargin() - taken[n + i],
                            setting.recovered(restored[i]),
                            norms[i]))
                    .toList();
            double threshold = effects.stream()
                    .mapToDouble(effect -> Math.abs(effect.placebo()))
                    .max()
                    .orElse(0);
            return new Attribution(effects, embedding, biases(differences.prompt(), direction), threshold);
        }
    }

    /// The direction in the residual stream at the last position that the margin reads, `[dModel]`:
    /// `w * (U[answer] - U[rival]) / scale`, centred where the final norm centres.
    private Tensor direction(Trace prompt) {
        Tensor difference = answerLessRival(prompt);
        double scale =
                last(prompt.at(new Site.NormScale(0, Norm.FINAL)).select(0, 0)).item();
        Tensor read = difference.times(transformer.finalNorm().weight()).over(scale);
        return transformer.finalNorm() instanceof cutaway.model.parts.Norm.LayerNorm ? read.minus(read.mean()) : read;
    }

    /// The row of the unembedding that the answer has, less that of the rival, `[dModel]`, each with its factor.
    private Tensor answerLessRival(Trace prompt) {
        int answer = setting.metric().answer();
        int rival = setting.metric().rival();
        Tensor rows = transformer.unembedding().weight().rows(Tensor.of(new long[] {answer, rival}, 2)); // [2, dModel]
        return rows.select(0, 0)
                .times(factor(prompt, answer))
                .minus(rows.select(0, 1).times(factor(prompt, rival)));
    }

    /// What a token's unembedded value was multiplied with to become its logit: the model's scale and, where logits are
    /// bent to stay below a cap, by how much this one was.
    private double factor(Trace prompt, int token) {
        Readout readout = transformer.readout();
        double cap = readout.softcap();
        double logit = last(prompt.logits().select(0, 0)).select(0, token).item();
        double part = logit / cap;
        double straight = cap * 0.5 * Math.log((1 + part) / (1 - part)); // cap * artanh(part)
        return cap == 0 || logit == 0 ? readout.scale() : readout.scale() * logit / straight;
    }

    /// What biases write towards the margin: those of the blocks' outputs, of the final norm and of the unembedding.
    private double biases(Trace prompt, Tensor direction) {
        double sum = 0;
        for (int layer = 0; layer < transformer.blocks().size(); layer++) {
            Tensor bias = transformer.blocks().get(layer).attention().out().bias();
            if (bias != null) {
                sum += last(passed(prompt, layer, bias.unsqueeze(0))).dot(direction);
            }
        }
        Tensor norm = transformer.finalNorm().bias();
        if (norm != null) {
            sum += norm.dot(answerLessRival(prompt));
        }
        Tensor bias = transformer.unembedding().bias();
        if (bias != null) {
            int answer = setting.metric().answer();
            int rival = setting.metric().rival();
            sum += bias.select(0, answer).item() * factor(prompt, answer)
                    - bias.select(0, rival).item() * factor(prompt, rival);
        }
        return sum;
    }

    /// What a component adds to the residual stream, `[pos, dModel]`.
    private Tensor write(Trace trace, Component component) {
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

    private boolean hasPostNorm(int layer) {
        return transformer.blocks().get(layer) instanceof Block.Sequential block && block.norm1Post() != null;
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

    private double writeNorm(Trace trace, Component component) {
        Tensor written = write(trace, component).slice(0, setting.firstDifference(), setting.length());
        return Placebo.length(written).mean().item();
    }

    private static Tensor last(Tensor rows) {
        return rows.select(0, rows.dim(0) - 1);
    }

    /// Margins with each component taken away, then with each placebo in its place.
    private double[] ablate(Differences differences, IntConsumer progress) {
        List<List<Edit>> variants = new ArrayList<>();
        for (Component component : components) {
            variants.add(List.of(setting.takeAway(component)));
        }
        Random random = new Random(setting.seed());
        for (Component component : components) {
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
