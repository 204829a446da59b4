package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Finds where a run first has a number that is none: NaN, or infinity.
public final class FirstFault {

    private FirstFault() {}

    /// The first place, in the order of the forward pass, in words; empty where all is finite.
    public static Optional<String> in(Model model, int[] ids, List<Edit> edits) {
        List<Site> sites = SiteNames.all(model.sizes());
        try (Trace trace = Runs.run(model, Batch.of(ids), edits, sites)) {
            for (Site site : sites) {
                OptionalInt position =
                        Scope.free(() -> position(site, trace.at(site).select(0, 0)));
                if (position.isPresent()) {
                    return Optional.of("%s at position %d".formatted(site.text(), position.getAsInt()));
                }
            }
        }
        return Optional.empty();
    }

    private static OptionalInt position(Site site, Tensor value) {
        Tensor good = value.isFinite();
        if (site.point().kind() == Kind.SCORES) { // keys out of sight have -inf
            good = good.or(value.equalTo(Double.NEGATIVE_INFINITY));
        }
        if (good.all()) {
            return OptionalInt.empty();
        }
        boolean pairs = site.point().kind().axes() == Axes.PAIR;
        Tensor byPosition = pairs ? good.transpose(0, 1) : good; // [pos, …]
        return IntStream.range(0, (int) byPosition.dim(0))
                .filter(position -> !byPosition.select(0, position).all())
                .findFirst();
    }
}
