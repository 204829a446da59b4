package cutaway.interp.planted;

import cutaway.interp.pool.Oracle;
import cutaway.interp.pool.Pool;
import cutaway.tensor.Random;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/// An oracle whose truth is known: effects of single items, of groups that act only together, and what the
/// sum goes through. It counts its runs.
public final class PlantedCauses implements Oracle {

    private final int items;
    private final Map<Integer, Double> effects = new HashMap<>();
    private final Map<List<Integer>, Double> groups = new HashMap<>();
    private final BitSet reversible = new BitSet();
    private DoubleUnaryOperator through = sum -> sum;
    private int runs;

    public PlantedCauses(int items) {
        this.items = items;
    }

    /// Items whose effects add up, 1 or -1: of every two causes the second cancels the first.
    public static PlantedCauses cancelling(int items, int causes, long seed) {
        PlantedCauses planted = new PlantedCauses(items);
        int[] drawn = new Random(seed)
                .generator()
                .ints(0, items)
                .distinct()
                .limit(causes)
                .toArray();
        for (int i = 0; i < drawn.length; i++) {
            planted.cause(drawn[i], i % 2 == 0 ? 1 : -1);
        }
        return planted.reversible();
    }

    /// Whether an item has an effect alone.
    public boolean isCause(int item) {
        return effects.containsKey(item);
    }

    public PlantedCauses cause(int item, double effect) {
        effects.put(item, effect);
        return this;
    }

    /// @param effect when all are edited; none otherwise
    public PlantedCauses group(double effect, Integer... members) {
        groups.put(List.of(members), effect);
        return this;
    }

    public PlantedCauses through(DoubleUnaryOperator function) {
        through = function;
        return this;
    }

    public PlantedCauses reversible() {
        reversible.set(0, items);
        return this;
    }

    /// How many pools it was asked about.
    public int runs() {
        return runs;
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
