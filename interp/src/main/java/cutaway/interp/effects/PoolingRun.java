package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.pool.Oracle;
import cutaway.interp.pool.Outcome;
import cutaway.interp.pool.Pool;
import cutaway.interp.pool.PooledSearch;
import cutaway.interp.pool.Settings;
import cutaway.interp.pool.SweepOracle;
import cutaway.interp.pool.Threshold;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Finds the few variants of a sweep that have an effect, by making the edits of many at a time; those that have none
/// are told as NaN.
///
/// What its pools show is kept as other numbers are: the search draws the same pools again from the same seed, so that
/// an interrupted one goes on where it was.
final class PoolingRun implements PairRun {

    private final PairRun single;
    private final EffectSweep.Pooling pooling;
    private final long bytes;
    private String search = "Nothing was to be searched.";

    /// @param single runs what is no sweep
    /// @param bytes that the search may take beyond the weights
    PoolingRun(PairRun single, EffectSweep.Pooling pooling, long bytes) {
        this.single = single;
        this.pooling = pooling;
        this.bytes = bytes;
    }

    @Override
    public Swept sweep(Source base, List<List<Edit>> variants) {
        int[] items = IntStream.range(0, variants.size())
                .filter(i -> !variants.get(i).isEmpty())
                .toArray();
        double[] values = new double[variants.size()];
        Arrays.fill(values, Double.NaN);
        if (items.length == 0) {
            return new Swept(single.measure(base), values);
        }
        List<List<Edit>> edits = IntStream.of(items).mapToObj(variants::get).toList();
        AttentionKnockout.checkTogether(edits, this);
        try (SweepOracle oracle = new SweepOracle(model(), base, metric(), edits, bytes)) {
            KeptOracle kept = new KeptOracle(oracle, single);
            Settings usual = Settings.of(new Threshold(pooling.least()));
            Outcome outcome = PooledSearch.find(
                    kept,
                    pooling.by(),
                    new Settings(
                            usual.threshold(),
                            usual.repeats(),
                            usual.largestGroup(),
                            usual.audit(),
                            usual.whenDense(),
                            seed()));
            outcome.causes().forEach(cause -> values[items[cause.item()]] = oracle.baseline() + cause.effect());
            search = outcome.summary(item -> name(items[item]))
                    + (kept.isWhole ? work(oracle.computed(), oracle.computedSingly()) : "");
            return new Swept(oracle.baseline(), values);
        }
    }

    /// An oracle whose answers are kept.
    private static final class KeptOracle implements Oracle {

        private final Oracle oracle;
        private final PairRun kept;
        private boolean isWhole = true; // whether all answers are of this run

        KeptOracle(Oracle oracle, PairRun kept) {
            this.oracle = oracle;
            this.kept = kept;
        }

        @Override
        public int items() {
            return oracle.items();
        }

        @Override
        public double[] measure(List<Pool> pools) {
            boolean[] isNew = {pools.isEmpty()};
            double[] found = kept.compute(pools.size(), () -> {
                isNew[0] = true;
                return oracle.measure(pools);
            });
            isWhole &= isNew[0];
            return found;
        }

        @Override
        public boolean canMatter(int item) {
            return oracle.canMatter(item);
        }

        @Override
        public boolean isReversible(int item) {
            return oracle.isReversible(item);
        }
    }

    /// Fewer runs are not always less work: one of a pool begins where the earliest of its sites is.
    private static String work(long pooled, long singly) {
        return String.format(
                Locale.ROOT,
                " Its runs computed %,d layers × positions, where one for each computes %,d%s.",
                pooled,
                singly,
                pooled > singly ? ": that would have been quicker" : "");
    }

    /// What a variant asks; a method that asks several things of each target goes through the targets again and again.
    private String name(int variant) {
        Target target = targets().get(variant % targets().size());
        return Effect.of(pair(), target, 0, 0).question().text();
    }

    /// What the search says of itself.
    String search() {
        return pair().name() + ": " + search;
    }

    @Override
    public Asked asked() {
        return single.asked();
    }

    @Override
    public double measure(Source run) {
        return single.measure(run);
    }

    @Override
    public double[] compute(int count, Supplier<double[]> work) {
        return single.compute(count, work);
    }
}
