package cutaway.interp.effects;

import cutaway.interp.attribution.AttentionRollout;
import cutaway.interp.prompts.Pair;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;

/// Attention rollout, as [AttentionRollout] says: the share of each token in the last position of the prompt's run.
/// A row's value is that share, whatever the metric, and so is its effect.
public record Rollout() implements Method {

    @Override
    public String text() {
        return "rollout";
    }

    @Override
    public String how() {
        return "shares of each token in the last position, by attention alone, whatever the metric";
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("embed@each"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        checkTokens(run, "attention rollout");
        double[] shares =
                run.compute(pair.length(), () -> AttentionRollout.of(run.model(), pair.promptRun())[pair.length() - 1]);
        return summed(run, shares, 0);
    }

    /// @throws BadInputException when a target is another site than token embeddings
    static void checkTokens(PairRun run, String name) {
        for (Target target : run.targets()) {
            if (!(target.site() instanceof Site.Embed)) {
                throw new BadInputException(name + " is of token embeddings, embed; " + SiteNames.legacy(target.site())
                        + " is another site.");
            }
        }
    }

    /// The sum over the positions of each target.
    static List<Effect> summed(PairRun run, double[] tokens, double baseline) {
        List<Effect> effects = new ArrayList<>();
        for (Target target : run.targets()) {
            double sum = 0;
            for (int position = target.at().first(); position <= target.at().last(); position++) {
                sum += tokens[position];
            }
            effects.add(Effect.of(run.pair(), target, baseline + sum, baseline));
        }
        return effects;
    }
}
