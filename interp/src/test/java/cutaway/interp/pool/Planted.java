package cutaway.interp.pool;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/// An oracle whose truth is known: effects of single items, of groups that act only together, and what the
/// sum goes through. It counts its runs.
final class Planted implements Oracle {

    private final int items;
    private final Map<Integer, Double> effects = new HashMap<>();
    private final Map<List<Integer>, Double> groups = new HashMap<>();
    private final BitSet reversible = new BitSet();
    private DoubleUnaryOperator through = sum -> sum;
    int runs;

    Planted(int items) {
        this.items = items;
    }

    Planted cause(int item, double effect) {
        effects.put(item, effect);
        return this;
    }

    /// @param effect when all are edited; none otherwise
    Planted group(double effect, Integer... members) {
        groups.put(List.of(members), effect);
        return this;
    }

    Planted through(DoubleUnaryOperator function) {
        through = function;
        return this;
    }

    Planted reversible() {
        reversible.set(0, items);
        return this;
    }

    @Override
    public int items() {
        return items;
    }

    @Override
    public boolean isReversible(int item) {
        return reversible.get(item);
    }

    @Override
    public double[] measure(List<Pool> pools) {
        runs += pools.size();
        return pools.stream().mapToDouble(this::effect).toArray();
    }

    private double effect(Pool pool) {
        double sum = 0;
        for (int item : pool.items()) {
            sum += (pool.reversed().contains(item) ? -1 : 1) * effects.getOrDefault(item, 0.0);
        }
        for (Map.Entry<List<Integer>, Double> group : groups.entrySet()) {
            sum += pool.items().containsAll(group.getKey()) ? group.getValue() : 0;
        }
        return through.applyAsDouble(sum);
    }
}
