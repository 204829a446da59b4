package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Activation patching (Vig et al. 2020, arXiv:2004.12265; Meng et al. 2022, arXiv:2202.05262): a site's value from one
/// run of the pair is put into the other.
public record ActivationPatching(Direction direction) implements Method {

    @Override
    public String text() {
        return "patch";
    }

    @Override
    public String how() {
        return direction.text();
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("resid_pre"), SiteChoice.parse("head_z"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        Source other = run.other(direction);
        PairRun.Swept swept = run.sweep(
                run.base(direction),
                run.targets().stream().map(target -> edits(target, run)).toList());
        OptionalDouble toRecover = run.toRecover(direction, swept.baseline(), run.measure(other));
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < swept.values().length; i++) {
            effects.add(Effect.of(pair, run.targets().get(i), swept.values()[i], swept.baseline(), toRecover));
        }
        return effects;
    }

    /// Before the first difference both runs have the same values.
    private List<Edit> edits(Target target, PairRun run) {
        Pair pair = run.pair();
        if (target.term().isPresent()) {
            return run.codes().patched(target.term().get(), direction.base(pair), direction.other(pair), target.at());
        }
        return target.endsBefore(pair.firstDifference())
                ? List.of()
                : List.of(new Edit.Patch(target.site(), target.from(pair.firstDifference()), run.other(direction)));
    }
}
