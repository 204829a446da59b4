package cutaway.interp.pool;

import java.util.Arrays;
import java.util.List;

/// The same items in several prompts, and the mean of what their edits do: a search of what matters over all
/// of them, with a run in each prompt for every pool.
///
/// @param oracles one of each prompt, of the same items
public record MeanOracle(List<? extends Oracle> oracles) implements Oracle {

    public MeanOracle {
        oracles = List.copyOf(oracles);
        if (oracles.isEmpty()
                || oracles.stream().mapToInt(Oracle::items).distinct().count() > 1) {
            throw new IllegalArgumentException("oracles of "
                    + oracles.stream().map(Oracle::items).toList() + " items; expected one or more of the same");
        }
    }

    @Override
    public int items() {
        return oracles.getFirst().items();
    }

    @Override
    public double[] measure(List<Pool> pools) {
        double[] mean = new double[pools.size()];
        for (Oracle oracle : oracles) {
            double[] effects = oracle.measure(pools);
            Arrays.setAll(mean, i -> mean[i] + effects[i] / oracles.size());
        }
        return mean;
    }

    /// Whether it can in any of the prompts.
    @Override
    public boolean canMatter(int item) {
        return oracles.stream().anyMatch(oracle -> oracle.canMatter(item));
    }

    /// Whether it is in all of them.
    @Override
    public boolean isReversible(int item) {
        return oracles.stream().allMatch(oracle -> oracle.isReversible(item));
    }
}
