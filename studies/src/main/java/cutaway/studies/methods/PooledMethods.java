package cutaway.studies.methods;

import cutaway.interp.planted.PlantedCauses;
import cutaway.interp.pool.Method;
import cutaway.interp.pool.Outcome;
import cutaway.interp.pool.PooledSearch;
import cutaway.interp.pool.Settings;
import cutaway.interp.pool.Threshold;
import cutaway.studies.Goal;
import cutaway.studies.methods.Rating.Asked;
import cutaway.studies.methods.Rating.Baseline;
import cutaway.studies.methods.Rating.Silence;
import cutaway.tensor.Random;
import java.util.ArrayList;
import java.util.List;

/// The few of many edits that have an effect, of which every two cancel, found by making many at a time.
final class PooledMethods implements Family {

    private static final String NAME = "pools";
    private static final int ITEMS = 300;
    private static final int CAUSES = 6;
    private static final double THRESHOLD = 0.5;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Rating> rate(int seeds) {
        List<Rating> ratings = new ArrayList<>();
        ratings.add(rating("pooled search, halving", new Method.Halving(), seeds));
        ratings.add(rating("pooled search, Dorfman", new Method.TwoStageDorfman(), seeds));
        return ratings;
    }

    private static Rating rating(String name, Method method, int seeds) {
        double[] ours = new double[seeds];
        double[] alone = new double[seeds];
        double[] drawn = new double[seeds];
        double[] nothing = new double[seeds];
        for (int seed = 0; seed < seeds; seed++) {
            PlantedCauses planted = PlantedCauses.cancelling(ITEMS, CAUSES, seed);
            Outcome outcome = PooledSearch.find(planted, method, settings(seed));
            ours[seed] = share(
                    planted, outcome.causes().stream().map(Outcome.Cause::item).toList());
            List<Integer> order = new Random(seed + 50)
                    .generator()
                    .ints(0, ITEMS)
                    .distinct()
                    .limit(ITEMS)
                    .boxed()
                    .toList();
            alone[seed] = share(planted, order.subList(0, Math.min(ITEMS, planted.runs())));
            drawn[seed] = share(planted, order.subList(0, outcome.causes().size()));
            nothing[seed] = PooledSearch.find(PlantedCauses.cancelling(ITEMS, 0, seed), method, settings(seed))
                    .causes()
                    .size();
        }
        return Rating.of(
                new Asked(NAME, name, "sweep --pooled", CAUSES + " causes of " + ITEMS + ", in pairs that cancel"),
                "share of the causes found",
                Goal.atLeast(1),
                ours,
                List.of(
                        Baseline.of("as many runs, one edit each", alone),
                        Baseline.of("as many edits at random", drawn)),
                Silence.of("causes found where there are none", Goal.atMost(0), nothing));
    }

    private static double share(PlantedCauses planted, List<Integer> items) {
        return (double) items.stream().filter(planted::isCause).count() / CAUSES;
    }

    private static Settings settings(long seed) {
        Settings usual = Settings.of(new Threshold(THRESHOLD));
        return new Settings(
                usual.threshold(), usual.repeats(), usual.largestGroup(), usual.audit(), usual.whenDense(), seed);
    }
}
