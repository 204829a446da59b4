package cutaway.interp.pool;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was asked so far and what is known from it: every run of a search is made and counted here.
final class Ledger {

    private final Oracle oracle;
    private final Threshold threshold;
    private final int limit;
    private final double[] alone; // effect of each item alone; NaN where that was not measured
    private final BitSet open = new BitSet(); // items that no null pool cleared and no run of their own decided
    private final List<List<Integer>> nulls = new ArrayList<>(); // the null pools of each item, and its sign there
    private int pools;
    private int runs;
    private int rounds;

    /// @param asked the items that are asked about
    Ledger(Oracle oracle, Threshold threshold, Collection<Integer> asked) {
        this.oracle = oracle;
        this.threshold = threshold;
        this.limit = asked.size() + asked.size() / 10;
        this.alone = new double[oracle.items()];
        Arrays.fill(alone, Double.NaN);
        asked.forEach(open::set);
        for (int i = 0; i < alone.length; i++) {
            nulls.add(new ArrayList<>());
        }
    }

    /// Runs that can be made so that what is open can still be measured one by one, within a tenth more
    /// runs than items.
    int room() {
        return limit - runs - open.cardinality();
    }

    /// Runs that can be made at all.
    int left() {
        return limit - runs;
    }

    boolean passes(double effect) {
        return threshold.passes(effect);
    }

    /// Whether two effects are the same as far as the threshold tells.
    boolean agree(double a, double b) {
        return !threshold.passes(a - b);
    }

    /// Measures in one round; what was measured of single items before is not asked again.
    List<Tested> measure(List<Pool> asked) {
        List<Pool> unknown = asked.stream().filter(pool -> !isKnown(pool)).toList();
        double[] found = unknown.isEmpty() ? new double[0] : oracle.measure(unknown);
        if (found.length != unknown.size()) {
            throw new IllegalStateException(unknown.size() + " pools were asked for and " + found.length + " measured");
        }
        Map<Pool, Double> effects = new HashMap<>();
        for (int i = 0; i < found.length; i++) {
            Pool pool = unknown.get(i);
            if (!Double.isFinite(found[i])) {
                throw new BadInputException(
                        "the metric is %s when %d items are edited together (the first is item %d); leave out what breaks the run, or choose another edit."
                                .formatted(found[i], pool.size(), pool.items().getFirst()));
            }
            effects.put(pool, found[i]);
            if (isOfOneAlone(pool)) {
                int item = pool.items().getFirst();
                alone[item] = found[i];
                open.clear(item);
            }
        }
        runs += found.length;
        rounds += unknown.isEmpty() ? 0 : 1;
        return asked.stream()
                .map(pool -> new Tested(
                        pool, effects.getOrDefault(pool, alone[pool.items().getFirst()])))
                .toList();
    }

    /// Measures and clears the items of null pools. Where there is no room to ask all at once, it asks as
    /// many as there is room for; what they clear makes room for more.
    ///
    /// @return empty when there is no room: what is open is better measured one by one
    Optional<List<Tested>> test(List<Pool> asked) {
        List<Tested> tested = new ArrayList<>();
        while (tested.size() < asked.size()) {
            List<Pool> rest = asked.subList(tested.size(), asked.size());
            int single = (int) rest.stream().filter(Ledger::isOfOneAlone).count();
            int now = single == rest.size() ? Math.min(left(), single) : Math.min(room(), rest.size());
            if (now <= 0) {
                return Optional.empty();
            }
            for (Tested one : measure(rest.subList(0, now))) {
                tested.add(one);
                if (one.pool().size() > 1) {
                    settle(one);
                }
            }
        }
        return Optional.of(tested);
    }

    private void settle(Tested tested) {
        int number = pools++;
        for (int item : tested.pool().items()) {
            if (passes(tested.effect())) {
                open.set(item, !wasAlone(item));
            } else {
                open.clear(item);
                nulls.get(item).add(tested.pool().reversed().contains(item) ? -1 - number : number);
            }
        }
    }

    private boolean isKnown(Pool pool) {
        return isOfOneAlone(pool) && wasAlone(pool.items().getFirst());
    }

    private static boolean isOfOneAlone(Pool pool) {
        return pool.size() == 1 && pool.reversed().isEmpty();
    }

    boolean wasAlone(int item) {
        return !Double.isNaN(alone[item]);
    }

    /// The effect of an item that was measured alone.
    double alone(int item) {
        return alone[item];
    }

    boolean isCause(int item) {
        return wasAlone(item) && passes(alone[item]);
    }

    List<Integer> open() {
        return open.stream().boxed().toList();
    }

    int runs() {
        return runs;
    }

    int rounds() {
        return rounds;
    }

    /// Of all pairs of the items asked about, the share that lay in the same null pools, with the same
    /// sign, and of which neither was measured alone: had their effects cancelled, nothing would have shown
    /// it.
    double pairsNeverApart(Collection<Integer> asked) {
        Map<List<Integer>, Integer> together = new HashMap<>();
        asked.stream()
                .filter(item -> !wasAlone(item))
                .forEach(item -> together.merge(nulls.get(item), 1, Integer::sum));
        double pairs = together.values().stream()
                .mapToDouble(count -> count * (count - 1.0) / 2)
                .sum();
        return asked.size() < 2 ? 0 : pairs / (asked.size() * (asked.size() - 1.0) / 2);
    }
}
