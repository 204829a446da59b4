package cutaway.interp.pool;

import java.util.List;

/// Answers what a pooled search asks: how far a metric moves when some items are edited together.
public interface Oracle {

    /// How many items there are; they are numbered from 0.
    int items();

    /// @param pools one round of questions, independent of each other
    /// @return of each pool, the metric under the edits of all its items, less that of the unedited run; in
    ///     the metric's unit
    double[] measure(List<Pool> pools);

    /// Whether an item's edit can move the metric at all; one that cannot is no cause and is never asked
    /// about.
    default boolean canMatter(int item) {
        return true;
    }

    /// Whether an item's edit has an opposite, which to first order has the opposite effect.
    default boolean isReversible(int item) {
        return false;
    }
}
