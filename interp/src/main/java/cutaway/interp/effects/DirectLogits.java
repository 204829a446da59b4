package cutaway.interp.effects;

import cutaway.interp.attribution.DirectLogitAttribution;
import cutaway.interp.edit.Metric;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.interp.site.SiteNames;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Direct logit attribution, as [DirectLogitAttribution] says: what each head, MLP, neuron and the embedding writes
/// towards the margin at the last position of the prompt. A row's value is what is written, and so is its effect.
public record DirectLogits() implements Method {

    @Override
    public String text() {
        return "dla";
    }

    @Override
    public String how() {
        return "what the prompt's run writes towards the margin";
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("embed"), SiteChoice.parse("head_z"), SiteChoice.parse("mlp_out"));
    }

    @Override
    public Optional<PositionChoice> usualPositions() {
        return Optional.of(PositionChoice.LAST);
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        if (!(run.metric() instanceof Metric.LogitDifference(int answer, int against))) {
            throw new BadInputException(
                    "direct logit attribution says what is written towards the margin; give --metric margin.");
        }
        double[] written = run.compute(run.targets().size(), () -> written(run, answer, against));
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < written.length; i++) {
            effects.add(Effect.of(pair, run.targets().get(i), written[i], 0));
        }
        return effects;
    }

    private static double[] written(PairRun run, int answer, int against) {
        boolean heads = run.targets().stream().anyMatch(target -> target.site() instanceof Site.Head);
        boolean neurons = run.targets().stream().anyMatch(target -> target.site() instanceof Site.Neuron);
        try (Trace trace =
                Runs.toLast(run.model(), run.pair().promptRun(), DirectLogitAttribution.sites(run.model(), neurons))) {
            DirectLogitAttribution direct = new DirectLogitAttribution(run.model(), trace, answer, against);
            double[][] ofHeads = heads ? direct.heads() : new double[0][];
            double[][] ofNeurons = neurons ? direct.neurons() : new double[0][];
            return run.targets().stream()
                    .mapToDouble(target -> written(target, run.pair(), direct, ofHeads, ofNeurons))
                    .toArray();
        }
    }

    private static double written(
            Target target, Pair pair, DirectLogitAttribution direct, double[][] ofHeads, double[][] ofNeurons) {
        if (target.at().last() != pair.length() - 1 || !target.at().isSingle()) {
            throw new BadInputException("direct logit attribution is of what is written at the last position; leave the"
                    + " positions out, or give @last.");
        }
        return switch (target.site()) {
            case Site.Embed _ -> direct.embedding();
            case Site.MlpOut(int layer) -> direct.mlp(layer);
            case Site.Head(int layer, int head, HeadPart part) when part == HeadPart.Z -> ofHeads[layer][head];
            case Site.Neuron(int layer, int index, NeuronPart part)
            when part == NeuronPart.POST -> ofNeurons[layer][index];
            default ->
                throw new BadInputException("direct logit attribution is of embed, head_z, mlp_out and neuron_post; "
                        + SiteNames.legacy(target.site()) + " is another site.");
        };
    }
}
