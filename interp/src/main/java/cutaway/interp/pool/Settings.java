package cutaway.interp.pool;

import cutaway.tensor.BadInputException;

/// What a pooled search goes by.
///
/// @param threshold what counts as an effect, of an item and of a pool
/// @param repeats null pools, of different company, that an item has to lie in before it is believed to be
///     no cause; two that cancel each other hide only where they meet in all of them
/// @param largestGroup most items to look for that act only together
/// @param audit items, drawn from those that were cleared in pools, that are measured alone at the end
/// @param whenDense what to do when pooling is not worth it
/// @param seed of the shuffles
public record Settings(Threshold threshold, int repeats, int largestGroup, int audit, WhenDense whenDense, long seed) {

    /// What to do when causes are so many that pooling is not worth it.
    public enum WhenDense {
        /// Report what is known and what is not.
        STOP,
        /// Measure each item alone; with what pooling took, at most a tenth more runs than items.
        ONE_EACH
    }

    public Settings {
        if (repeats < 1 || largestGroup < 1 || audit < 0) {
            throw new BadInputException(
                    "a pooled search with %d repeats, groups of %d items and an audit of %d items cannot be made; give at least 1, 1 and 0."
                            .formatted(repeats, largestGroup, audit));
        }
    }

    /// Three repeats (each takes some 8 runs, and leaves an eighth of what may be missed), groups of up to four, an
    /// audit of 20 items, one run each when causes are dense.
    public static Settings of(Threshold threshold) {
        return new Settings(threshold, 3, 4, 20, WhenDense.ONE_EACH, 0);
    }
}
