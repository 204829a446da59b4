package cutaway.interp.edit;

import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// The control of a patch: as large a change at the same place, in a random direction.
public final class Placebo {

    private Placebo() {}

    /// @param change what the patch changes, `[positions, width]`
    /// @return adds, at each position, a random vector as long as the change there
    public static Edit of(Site site, Positions positions, Tensor change, Random random) {
        return Scope.free(() -> new Edit.Add(site, positions, Values.of(like(change, random))));
    }

    /// Random rows, each as long as the one of a change, `[positions, width]`.
    public static Tensor like(Tensor change, Random random) {
        Tensor drawn = random.normal(change.shape().dims());
        Tensor unit = drawn.over(length(drawn));
        return unit.times(length(change));
    }

    /// Euclidean length of each row, `[positions, 1]`.
    public static Tensor length(Tensor rows) {
        return rows.square().sum(-1, true).sqrt();
    }
}
