package cutaway.interp.effects;

import cutaway.interp.prompts.Pair;
import cutaway.interp.run.Runs;
import cutaway.interp.site.SiteNames;
import cutaway.model.parts.Point.Axes;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;

/// The logit lens (nostalgebraist 2020): the metric, if the prompt's run ended with a target's value: final norm and
/// unembedding are applied to it as it is.
public record LogitLens() implements Method {

    @Override
    public String text() {
        return "lens";
    }

    @Override
    public String how() {
        return "the prompt's run, if it ended there";
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("resid_pre@last"), SiteChoice.parse("resid_post@last"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        for (Target target : run.targets()) {
            if (target.site().point().kind().axes() != Axes.MODEL
                    || !target.at().isSingle()) {
                throw new BadInputException(
                        "the logit lens reads one position of the residual stream or of what is added"
                                + " to it; " + SiteNames.legacy(target.site()) + " at "
                                + (target.at().isSingle() ? "one position" : "several positions")
                                + " is something else.");
            }
        }
        double baseline = run.measure(pair.promptRun());
        double[] values = run.compute(
                run.targets().size(),
                () -> Runs.lens(
                        run.model(),
                        pair.promptRun(),
                        run.targets().stream().map(Target::site).toList(),
                        run.targets().stream()
                                .mapToInt(target -> target.at().first())
                                .toArray(),
                        run.metric()));
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            effects.add(Effect.of(pair, run.targets().get(i), values[i], baseline));
        }
        return effects;
    }
}
