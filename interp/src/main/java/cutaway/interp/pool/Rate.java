package cutaway.interp.pool;

import java.util.List;
import java.util.stream.IntStream;

/// What a rate of causes means for pools, and what pools say of the rate. Items are causes independently,
/// each with probability p, and an item's effect shows in every pool it lies in.
public final class Rate {

    /// Above this share of one run for each item, pooling is not worth it.
    static final double WORTH = 0.9;

    private static final int LARGEST_POOL = 1 << 12;

    private Rate() {}

    /// The most likely rate: where the likelihood `(1 - p)^N prod_j (1 - (1 - p)^(s_j))` is largest. With
    /// all pools of one size s it is Gibbs' and Gower's `1 - (1 - share of positive pools)^(1/s)` (1960).
    /// Where no pool was null, half a pool counts as if it had been, since 1 would be the most likely rate
    /// whatever the pools' sizes.
    ///
    /// @param nullItems N, items in pools without an effect
    /// @param positive s_j, the sizes of the pools with an effect
    public static double estimate(int nullItems, List<Integer> positive) {
        if (positive.isEmpty()) {
            return 0;
        }
        double mean = positive.stream().mapToInt(Integer::intValue).average().orElse(1);
        double nulls = nullItems > 0 ? nullItems : mean / 2;
        double low = 0;
        double high = 1;
        for (int step = 0; step < 60; step++) {
            double p = (low + high) / 2;
            double slope = -nulls / (1 - p);
            for (int size : positive) {
                slope += size * Math.pow(1 - p, size - 1) / (1 - Math.pow(1 - p, size));
            }
            if (slope > 0) {
                low = p;
            } else {
                high = p;
            }
        }
        return (low + high) / 2;
    }

    /// Dorfman's expected runs for each item, `1/s + 1 - (1 - p)^s`; 1 when each is measured alone.
    public static double dorfmanCost(double rate, int size) {
        return size == 1 ? 1 : 1.0 / size + 1 - Math.pow(1 - rate, size);
    }

    /// The size of Dorfman's pools that costs least.
    public static int dorfmanSize(double rate) {
        int most = (int) Math.min(LARGEST_POOL, 3 + 3 / Math.sqrt(rate)); // the best is near 1 / sqrt(p)
        int best = 1;
        for (int size = 2; size <= most; size++) {
            best = dorfmanCost(rate, size) < dorfmanCost(rate, best) ? size : best;
        }
        return best;
    }

    /// Expected runs for each item in pools of the best size.
    public static double dorfmanCost(double rate) {
        return dorfmanCost(rate, dorfmanSize(rate));
    }

    /// Expected runs for each item when pools are halved down to single items, from the best size, a power
    /// of 2: one run a pool and two for every pool of any level that has an effect.
    public static double halvingCost(double rate) {
        return IntStream.rangeClosed(1, 12)
                .mapToDouble(power -> {
                    double runs = 1;
                    for (int level = 0; level < power; level++) {
                        runs += 2 * Math.scalb(1, level) * positive(rate, 1 << (power - level));
                    }
                    return Math.scalb(runs, -power);
                })
                .min()
                .orElse(1);
    }

    /// The size of pools of which half have an effect, which tell most.
    static int evenSize(double rate) {
        return rate <= 0 ? LARGEST_POOL : Math.clamp(Math.round(Math.log(0.5) / Math.log1p(-rate)), 1, LARGEST_POOL);
    }

    private static double positive(double rate, int size) {
        return 1 - Math.pow(1 - rate, size);
    }

    /// Runs that no search can do without to tell k causes among n items, when a run tells one of two
    /// things: `log2 (n choose k)`.
    static double leastRuns(int n, int k) {
        double bits = 0;
        for (int i = 1; i <= k; i++) {
            bits += Math.log((double) (n - k + i) / i) / Math.log(2);
        }
        return bits;
    }

    /// Clopper's and Pearson's one-sided upper bound of a share (1934): the share under which so few hits
    /// have probability 0.05. With none among m it is about 3 / m.
    static double atMost(int hits, int drawn) {
        if (hits >= drawn) {
            return 1;
        }
        double low = 0;
        double high = 1;
        for (int step = 0; step < 60; step++) {
            double share = (low + high) / 2;
            double atMostHits = 0;
            double term = Math.pow(1 - share, drawn);
            for (int i = 0; i <= hits; i++) {
                atMostHits += term;
                term *= (double) (drawn - i) / (i + 1) * share / (1 - share);
            }
            if (atMostHits > 0.05) {
                low = share;
            } else {
                high = share;
            }
        }
        return high;
    }
}
