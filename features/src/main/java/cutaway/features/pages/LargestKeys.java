package cutaway.features.pages;

import java.util.Arrays;

/// Many lists, each of the few largest keys that it was offered: 8 bytes a place, whatever comes.
final class LargestKeys {

    private static final long NONE = -1;

    private final int capacity;
    private final long[] keys; // of each list, the largest first

    /// @param capacity keys of each list, at most
    LargestKeys(int lists, int capacity) {
        this.capacity = capacity;
        this.keys = new long[Math.multiplyExact(lists, capacity)];
        Arrays.fill(keys, NONE);
    }

    /// Two numbers in a key that is greater where the first is; of equal ones, where the second is.
    ///
    /// @param first 0 or more
    /// @param second 0 or more
    static long key(int first, int second) {
        return (long) first << 32 | second;
    }

    static int first(long key) {
        return (int) (key >>> 32);
    }

    static int second(long key) {
        return (int) key;
    }

    /// @param key 0 or more
    void offer(int list, long key) {
        int start = list * capacity;
        int at = start + capacity - 1;
        if (capacity == 0 || keys[at] >= key) {
            return;
        }
        for (; at > start && keys[at - 1] < key; at--) {
            keys[at] = keys[at - 1];
        }
        keys[at] = key;
    }

    /// What a list holds, the largest first.
    long[] of(int list) {
        int start = list * capacity;
        int end = start;
        while (end < start + capacity && keys[end] != NONE) {
            end++;
        }
        return Arrays.copyOfRange(keys, start, end);
    }
}
