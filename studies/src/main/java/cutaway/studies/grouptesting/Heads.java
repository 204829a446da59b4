package cutaway.studies.grouptesting;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.pool.MeanOracle;
import cutaway.interp.pool.Method;
import cutaway.interp.pool.Oracle;
import cutaway.interp.pool.Outcome;
import cutaway.interp.pool.Pool;
import cutaway.interp.pool.PooledSearch;
import cutaway.interp.pool.Settings;
import cutaway.interp.pool.SweepOracle;
import cutaway.interp.pool.Threshold;
import cutaway.interp.site.Positions;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.tensor.Random;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// All heads of a model on an induction task: which of them, put to their mean, lower the log probability of the token
/// that followed before. Once one by one, and again by pools.
///
/// @param effects of each head alone, nats
/// @param hits heads whose effect passes the threshold
/// @param searches by pools, with other shuffles
record Heads(double[] effects, Set<Integer> hits, List<Outcome> searches) {

    /// @param prompts that the effect is the mean of
    static Heads of(Model model, double threshold, int length, int prompts, int shuffles, long seed) {
        List<List<Edit>> items = new ArrayList<>();
        for (int layer = 0; layer < model.sizes().layers(); layer++) {
            for (int head = 0; head < model.sizes().heads(); head++) {
                var site = SiteNames.parse(
                        "blocks." + layer + ".attn.hook_z[" + head + "]",
                        model.sizes().isGated());
                items.add(List.of(new Edit.Mean(site, Positions.ALL, List.of())));
            }
        }
        RandomGenerator random = new Random(seed).generator();
        List<SweepOracle> each = new ArrayList<>();
        try {
            for (int prompt = 0; prompt < prompts; prompt++) {
                int[] ids = repeated(model, length, random);
                int answer = ids[ids.length - length + 1]; // what followed the last token before
                each.add(new SweepOracle(model, Source.of(ids, List.of()), new Metric.LogProbability(answer), items));
            }
            MeanOracle oracle = new MeanOracle(each);
            double[] effects = oracle.measure(
                    IntStream.range(0, items.size()).mapToObj(Pool::of).toList());
            Set<Integer> hits = IntStream.range(0, effects.length)
                    .filter(i -> Math.abs(effects[i]) > threshold)
                    .boxed()
                    .collect(Collectors.toSet());
            List<Outcome> searches = IntStream.range(0, shuffles)
                    .mapToObj(shuffle -> search(oracle, threshold, 31 * seed + shuffle))
                    .toList();
            return new Heads(effects, hits, searches);
        } finally {
            each.forEach(SweepOracle::close);
        }
    }

    static Outcome search(Oracle oracle, double threshold, long seed) {
        Settings usual = Settings.of(new Threshold(threshold));
        return PooledSearch.find(
                oracle,
                new Method.Halving(),
                new Settings(
                        usual.threshold(),
                        usual.repeats(),
                        usual.largestGroup(),
                        usual.audit(),
                        usual.whenDense(),
                        seed));
    }

    /// `r r'`: random tokens, and the first of them again, so that the model knows what comes.
    private static int[] repeated(Model model, int length, RandomGenerator random) {
        int[] row = random.ints(1000, model.sizes().vocab())
                .distinct()
                .limit(length)
                .toArray();
        int[] ids = new int[2 * length - 1];
        System.arraycopy(row, 0, ids, 0, length);
        System.arraycopy(row, 0, ids, length, length - 1);
        return ids;
    }

    /// The least share of the hits that a search found.
    double recall() {
        return searches.stream()
                .mapToDouble(search -> {
                    long found = search.causes().stream()
                            .map(Outcome.Cause::item)
                            .filter(hits::contains)
                            .count();
                    return hits.isEmpty() ? Double.NaN : (double) found / hits.size();
                })
                .min()
                .orElse(Double.NaN);
    }

    /// The most runs of a search, as a share of those that one for each head takes.
    double runs() {
        return searches.stream()
                .mapToDouble(search -> (double) search.cost().runs() / effects.length)
                .max()
                .orElse(Double.NaN);
    }
}
