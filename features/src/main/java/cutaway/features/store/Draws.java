package cutaway.features.store;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Random numbers that depend on a seed and on what they are for.
final class Draws {

    private Draws() {}

    /// @param of numbers of what they are for: a shard; an epoch and a block
    static RandomGenerator of(long seed, long... of) {
        long mixed = seed;
        for (long number : of) {
            mixed = mixed(mixed) + number + 1;
        }
        return RandomGeneratorFactory.of("L64X128MixRandom").create(mixed(mixed));
    }

    /// The finaliser of SplitMix64 (Steele, Lea and Flood 2014), so that near numbers give far ones.
    private static long mixed(long number) {
        long z = number + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
