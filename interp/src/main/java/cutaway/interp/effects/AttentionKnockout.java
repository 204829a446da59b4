package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;

/// Attention knockout (Geva et al. 2023, arXiv:2304.14767, section 4.1): on the prompt, some queries are kept from
/// looking at a target's positions. Where these are all that a query sees, they are not taken from it.
///
/// @param queries the positions that are kept from looking
public record AttentionKnockout(PositionChoice queries) implements Method {

    @Override
    public String text() {
        return "knockout";
    }

    @Override
    public String how() {
        return "the prompt is run, queries are kept from looking at keys";
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("head_scores@each"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        PairRun.Swept swept = run.sweep(
                pair.promptRun(),
                run.targets().stream().map(target -> edits(target, run)).toList());
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < swept.values().length; i++) {
            effects.add(Effect.of(pair, run.targets().get(i), swept.values()[i], swept.baseline()));
        }
        return effects;
    }

    private List<Edit> edits(Target target, PairRun run) {
        Site site = target.site();
        if (site.point().kind() != Kind.SCORES) {
            throw new BadInputException(
                    "attention knockout is asked of head_scores; " + SiteNames.legacy(site) + " is another site.");
        }
        int window = run.model().sizes().wiring().windows().get(site.point().layer());
        boolean causal = run.model().sizes().isCausal();
        List<Edit> edits = new ArrayList<>();
        for (Chosen some : queries.in(run.pair())) {
            for (int query = some.first(); query <= some.last(); query++) {
                int firstSeen = window == 0 ? 0 : Math.max(0, query - window + 1);
                int lastSeen = causal ? query : run.pair().length() - 1;
                int first = Math.max(target.at().first(), firstSeen);
                int last = Math.min(target.at().last(), lastSeen);
                boolean leavesNone = first == firstSeen && last == lastSeen;
                if (first <= last && !leavesNone) {
                    edits.add(new Edit.Knockout(site, Positions.of(query), Positions.span(first, last)));
                }
            }
        }
        return edits;
    }
}
