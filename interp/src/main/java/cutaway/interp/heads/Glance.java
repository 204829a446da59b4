package cutaway.interp.heads;

import java.util.SplittableRandom;

/// A question to a head's pattern: how much does it look, from one position, at one other, more than at some rivals?
///
/// @param row of the batch
/// @param query the position that looks
/// @param keys the position looked at, then its rivals, if any; all different
record Glance(int row, int query, int... keys) {

    /// Whether the query sees all its keys, and as many others that can be drawn in their place.
    ///
    /// @param window positions that a query sees, its own among them; 0 for all
    boolean isMeasurable(int window) {
        int first = first(window);
        int own = 0;
        for (int key : keys) {
            if (window > 0 && key <= query - window) {
                return false;
            }
            own += key >= first ? 1 : 0;
        }
        return query - first + 1 - own >= keys.length;
    }

    /// The same question about as many other keys, drawn from those that the query sees: never its own, and
    /// never position 0, where heads look that have nothing to look at.
    Glance elsewhere(int window, SplittableRandom random) {
        int first = first(window);
        int[] drawn = new int[keys.length];
        for (int i = 0; i < drawn.length; i++) {
            do {
                drawn[i] = random.nextInt(first, query + 1);
            } while (isAmong(drawn[i], keys, keys.length) || isAmong(drawn[i], drawn, i));
        }
        return new Glance(row, query, drawn);
    }

    /// Attention to the first key less that to its rivals.
    ///
    /// @param pattern of one layer
    double of(Pattern pattern, int head) {
        double value = pattern.at(row, head, query, keys[0]);
        for (int i = 1; i < keys.length; i++) {
            value -= pattern.at(row, head, query, keys[i]);
        }
        return value;
    }

    private int first(int window) {
        return window == 0 ? 1 : Math.max(1, query - window + 1);
    }

    private static boolean isAmong(int key, int[] some, int count) {
        for (int i = 0; i < count; i++) {
            if (some[i] == key) {
                return true;
            }
        }
        return false;
    }

    /// The attention patterns of one layer.
    ///
    /// @param values `[batch, head, qPos, kPos]`
    record Pattern(float[] values, int heads, int length) {
        double at(int row, int head, int query, int key) {
            return values[((row * heads + head) * length + query) * length + key];
        }
    }
}
