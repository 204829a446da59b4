package cutaway.interp.effects;

import cutaway.interp.attribution.SmoothGrad;
import cutaway.interp.prompts.Pair;
import java.util.List;

/// SmoothGrad on tokens, as [SmoothGrad] says: an effect is the mean gradient of the metric near a token's embedding,
/// times the embedding, in the prompt's run.
///
/// @param draws of noise
/// @param noise its share of the range of the embeddings
public record SmoothGradients(int draws, double noise) implements Method {

    public SmoothGradients {
        var _ = new SmoothGrad(draws, noise, 0); // checks both
    }

    @Override
    public String text() {
        return "smoothgrad";
    }

    @Override
    public String how() {
        return "the prompt's embeddings times the mean gradient over " + draws + " draws of noise, " + noise
                + " of their range";
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("embed@each"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        Rollout.checkTokens(run, "SmoothGrad");
        double baseline = run.measure(pair.promptRun());
        double[] tokens = run.compute(
                pair.length(),
                () -> new SmoothGrad(draws, noise, run.seed())
                        .of(run.model(), pair.promptRun(), run.metric())
                        .tokens());
        return Rollout.summed(run, tokens, baseline);
    }
}
