package cutaway.interp.statistics;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Random rows and orders from a seed.
final class Draws {

    private static final long LOW = 0xffff_ffffL;

    private final RandomGenerator random;

    /// The algorithm is named because the default one may change with the JDK.
    Draws(long seed) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    long bits() {
        return random.nextLong();
    }

    /// Fills with rows in 0 … `bound` - 1, with replacement. A row's chance is off by less than 2^-32, for two
    /// rows a call of
    /// the generator.
    void fill(int[] rows, int bound) {
        for (int i = 0; i < rows.length; i += 2) {
            long bits = random.nextLong();
            rows[i] = (int) (((bits >>> 32) * bound) >>> 32);
            if (i + 1 < rows.length) {
                rows[i + 1] = (int) (((bits & LOW) * bound) >>> 32);
            }
        }
    }

    /// 0 … `count` - 1 in random order (Fisher and Yates).
    int[] order(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    boolean coin() {
        return random.nextBoolean();
    }
}
