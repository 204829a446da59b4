package cutaway.lab;

import java.util.random.RandomGenerator;

/// Random numbers of one purpose: a function of seed, purpose and index alone, so that the batch of a step needs no
/// generator that was moved on through all steps before it.
///
/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"), begun where a hash of the
/// three says. The numbers are the same on every machine and in every version.
public final class Draws implements RandomGenerator {

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private long state;

    Draws(long state) {
        this.state = state;
    }

    /// @param purpose what the numbers are for: two purposes share none
    /// @param index of the step, or of whatever else there are many of
    public static Draws of(long seed, String purpose, long index) {
        return new Draws(mixed(mixed(mixed(seed + GOLDEN) + purpose.hashCode()) + index * GOLDEN));
    }

    private static long mixed(long z) {
        long once = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long twice = (once ^ (once >>> 27)) * 0x94d049bb133111ebL;
        return twice ^ (twice >>> 31);
    }

    @Override
    public long nextLong() {
        state += GOLDEN;
        return mixed(state);
    }

    /// The numbers from 0 up to `count` in random order (Fisher and Yates).
    public int[] permutation(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
