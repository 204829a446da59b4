package cutaway.interp.effects;

import cutaway.interp.attribution.IntegratedGradients;
import cutaway.interp.attribution.IntegratedGradients.Attribution;
import cutaway.interp.attribution.IntegratedGradients.Baseline;
import cutaway.interp.prompts.Pair;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/// Integrated gradients on tokens, as [IntegratedGradients] says: what the token embeddings of the one run of a pair
/// contribute to the metric's change from the other run on. A KL is from the run that the way ends at: it falls to 0
/// there.
///
/// @param steps gradients on the way
public record TokenGradients(Direction direction, int steps) implements Method {

    public TokenGradients {
        if (steps < 1) {
            throw new BadInputException("integrated gradients with " + steps + " steps; give 1 or more.");
        }
    }

    @Override
    public String text() {
        return "ig";
    }

    @Override
    public String how() {
        return direction.text() + ", all along the way, " + steps + " gradients";
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("embed@each"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        for (Target target : run.targets()) {
            if (!(target.site() instanceof Site.Embed)) {
                throw new BadInputException("integrated gradients are of token embeddings, embed; "
                        + SiteNames.legacy(target.site()) + " is another site.");
            }
        }
        double[] found = run.compute(pair.length() + 2, () -> {
            Attribution attribution = IntegratedGradients.of(
                    run.model(), direction.other(pair), new Baseline.Prompt(direction.base(pair)), run.metric(), steps);
            double[] all = Arrays.copyOf(attribution.tokens(), pair.length() + 2);
            all[pair.length()] = attribution.atBaseline();
            all[pair.length() + 1] = attribution.atPrompt();
            return all;
        });
        double baseline = found[pair.length()];
        OptionalDouble toRecover = run.toRecover(direction, baseline, found[pair.length() + 1]);
        List<Effect> effects = new ArrayList<>();
        for (Target target : run.targets()) {
            double sum = 0;
            for (int position = target.at().first(); position <= target.at().last(); position++) {
                sum += found[position];
            }
            effects.add(Effect.of(pair, target, baseline + sum, baseline, toRecover));
        }
        return effects;
    }
}
