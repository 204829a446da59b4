package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Sizes;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Attention knockout (Geva et al. 2023, arXiv:2304.14767, section 4.1): on the prompt, some queries are kept from
/// looking at a target's positions. Where these are all that one of several queries sees, they are not taken from
/// it; where they are all that any sees, the question has no answer.
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
        List<Edit> edits = new ArrayList<>();
        int blind = -1; // a query that would be left with no key
        for (Chosen some : queries.in(run.pair())) {
            for (int query = some.first(); query <= some.last(); query++) {
                Seen seen = Seen.by(query, site.point().layer(), run);
                int first = Math.max(target.at().first(), seen.first);
                int last = Math.min(target.at().last(), seen.last);
                boolean leavesNone = first == seen.first && last == seen.last;
                if (leavesNone) {
                    blind = query;
                } else if (first <= last) {
                    edits.add(new Edit.Knockout(site, Positions.of(query), Positions.span(first, last)));
                }
            }
        }
        if (edits.isEmpty() && blind >= 0) {
            throw new BadInputException(
                    "%s: the knockout of %s at positions %d to %d leaves the query at %d nothing to look at; leave it one key, or give other --queries."
                            .formatted(
                                    run.pair().name(),
                                    SiteNames.legacy(site),
                                    target.at().first(),
                                    target.at().last(),
                                    blind));
        }
        return edits;
    }

    /// The keys that a query sees.
    private record Seen(int first, int last) {

        static Seen by(int query, int layer, PairRun run) {
            Sizes sizes = run.model().sizes();
            int window = sizes.wiring().windows().get(layer);
            return new Seen(
                    window == 0 ? 0 : Math.max(0, query - window + 1),
                    sizes.isCausal() ? query : run.pair().length() - 1);
        }
    }

    /// @throws BadInputException when knockouts leave a query nothing to look at, made all together
    static void checkTogether(List<List<Edit>> variants, PairRun run) {
        Map<List<Integer>, BitSet> hidden = new LinkedHashMap<>(); // by layer, head and query
        for (Edit edit : variants.stream().flatMap(List::stream).toList()) {
            if (edit instanceof Edit.Knockout(Site site, Positions queries, Positions keys)) {
                int length = run.pair().length();
                int layer = site.point().layer();
                for (int query : queries.in(length)) {
                    for (int head = 0; head < run.model().sizes().heads(); head++) {
                        if (site.onlyHead().orElse(head) == head) {
                            BitSet of = hidden.computeIfAbsent(List.of(layer, head, query), key -> new BitSet());
                            Arrays.stream(keys.in(length)).forEach(of::set);
                        }
                    }
                }
            }
        }
        hidden.forEach((at, keys) -> {
            Seen seen = Seen.by(at.get(2), at.get(0), run);
            if (keys.nextClearBit(seen.first) > seen.last) {
                throw new BadInputException(
                        "a pooled search makes knockouts together, and those of head %d in layer %d leave position %d nothing to look at; ask of fewer positions, such as head_scores@0, or measure each without pools."
                                .formatted(at.get(1), at.get(0), at.get(2)));
            }
        });
    }
}
