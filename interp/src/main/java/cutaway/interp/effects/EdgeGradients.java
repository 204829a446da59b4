package cutaway.interp.effects;

import cutaway.interp.attribution.EdgeAttribution;
import cutaway.interp.attribution.Edges;
import cutaway.interp.attribution.Edges.Edge;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/// Edge attribution patching, as [EdgeAttribution] says: a row for each edge from a target to what reads it.
///
/// @param steps gradients on the way between the runs (EAP-IG); 1 for plain EAP
public record EdgeGradients(Direction direction, int steps) implements Method {

    public EdgeGradients {
        if (steps < 1) {
            throw new BadInputException("edge attribution with " + steps + " steps; give 1 or more.");
        }
    }

    @Override
    public String text() {
        return steps == 1 ? "eap" : "eap-ig";
    }

    @Override
    public String how() {
        return direction.text() + ", to first order" + (steps == 1 ? "" : ", the mean of " + steps + " gradients");
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("embed@all"), SiteChoice.parse("head_z"), SiteChoice.parse("mlp_out@all"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        if (steps == 1) {
            GradientPatching.checkHasSlope(run.metric());
        }
        Pair pair = run.pair();
        Source base = direction.base(pair);
        Source other = direction.other(pair);
        Set<Site> senders = new LinkedHashSet<>();
        for (Target target : run.targets()) {
            if (target.at().first() > pair.firstDifference() || target.at().last() < pair.length() - 1) {
                throw new BadInputException(
                        "edges are scored over all positions; leave the positions out, or give @all.");
            }
            senders.add(target.site());
        }
        double baseline = run.measure(base);
        OptionalDouble toRecover = run.toRecover(direction, baseline, run.measure(other));
        List<Edge> edges = Edges.unscored(run.model().sizes()).all().stream()
                .filter(edge -> senders.contains(edge.sender()))
                .toList();
        if (edges.isEmpty()) {
            throw new BadInputException(
                    "no edge begins at the sites that were chosen; edges begin at embed, head_z and" + " mlp_out.");
        }
        double[] scores = run.compute(edges.size(), () -> {
            Edges found = EdgeAttribution.integrated(run.model(), base, other, run.metric(), steps);
            return found.all().stream()
                    .filter(edge -> senders.contains(edge.sender()))
                    .mapToDouble(Edge::score)
                    .toArray();
        });
        List<Effect> effects = new ArrayList<>();
        Chosen everywhere = Chosen.all(pair.length());
        for (int i = 0; i < scores.length; i++) {
            Edge edge = edges.get(i);
            effects.add(Effect.of(
                    pair,
                    new Target(edge.sender(), everywhere),
                    edge.receiver(),
                    baseline + scores[i],
                    baseline,
                    toRecover));
        }
        return effects;
    }
}
