package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.path.PathPatching;
import cutaway.interp.path.Receiver;
import cutaway.interp.prompts.Pair;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Path patching, as [PathPatching] says: what each target, as a sender, tells receivers directly. A sender that writes
/// after a receiver reads tells it nothing.
///
/// @param to receivers, as text: `head_q[26.3]`, `mlp_in[27]`, `logits`, …
public record PathEffects(Direction direction, List<String> to) implements Method {

    public PathEffects {
        to = to.stream().distinct().toList();
        if (to.isEmpty()) {
            throw new BadInputException("path patching needs a receiver; give --to, such as head_q[26.3] or logits.");
        }
    }

    @Override
    public String text() {
        return "path";
    }

    @Override
    public String how() {
        return direction.text() + ", told to one receiver alone";
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("head_z"), SiteChoice.parse("mlp_out@all"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        List<Site> senders =
                run.targets().stream().map(target -> sender(target, pair)).toList();
        List<Receiver> receivers = to.stream()
                .map(text -> ReceiverNames.parse(text, run.model().sizes()))
                .toList();
        Source other = direction.other(pair);
        List<List<Edit>> variants = new ArrayList<>();
        try (PathPatching paths = new PathPatching(run.model(), direction.base(pair), other, senders, receivers)) {
            for (Receiver receiver : receivers) {
                for (Site sender : senders) {
                    variants.add(paths.writesBefore(sender, receiver) ? paths.edits(sender, receiver) : List.of());
                }
            }
        }
        PairRun.Swept swept = run.sweep(direction.base(pair), variants);
        OptionalDouble toRecover = run.toRecover(direction, swept.baseline(), run.measure(other));
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < swept.values().length; i++) {
            effects.add(Effect.of(
                    pair,
                    run.targets().get(i % senders.size()),
                    receivers.get(i / senders.size()),
                    swept.values()[i],
                    swept.baseline(),
                    toRecover));
        }
        return effects;
    }

    private static Site sender(Target target, Pair pair) {
        if (target.at().first() > pair.firstDifference() || target.at().last() < pair.length() - 1) {
            throw new BadInputException(
                    "path patching sends what a site says at all positions; leave its positions out,"
                            + " or give @all.");
        }
        return target.site();
    }
}
