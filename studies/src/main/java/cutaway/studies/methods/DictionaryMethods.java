package cutaway.studies.methods;

import cutaway.features.coder.Centroids;
import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.judge.Planted;
import cutaway.features.train.Schedule;
import cutaway.features.train.Trainer;
import cutaway.features.train.Training;
import cutaway.interp.geometry.PrincipalComponents;
import cutaway.studies.Goal;
import cutaway.studies.methods.Rating.Asked;
import cutaway.studies.methods.Rating.Baseline;
import cutaway.studies.methods.Rating.Silence;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Sparse dictionaries on sums of planted directions, more of them than dimensions.
final class DictionaryMethods implements Family {

    private static final String NAME = "dictionaries";
    private static final int D = 48;
    private static final int FEATURES = 64;
    private static final int WIDTH = 96;
    private static final int TOKENS = 8192;
    private static final int BATCH = 256;
    private static final int STEPS = 1000;
    private static final int K = 6;

    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());

    @Override
    public String name() {
        return NAME;
    }

    /// Shares of the features that are found.
    private record Seen(double ours, double components, double centroids, double rows, double nothing) {}

    @Override
    public List<Rating> rate(int seeds) {
        List<Seen> all =
                IntStream.range(0, seeds).mapToObj(DictionaryMethods::see).toList();
        return List.of(Rating.of(
                new Asked(
                        NAME,
                        "TopK dictionary",
                        "train dictionary --coder topk",
                        FEATURES + " directions in " + D + " dimensions, some " + K + " at a time"),
                "share of directions found, cosine above 0.9",
                Goal.atLeast(0.9),
                all.stream().mapToDouble(Seen::ours).toArray(),
                List.of(
                        Baseline.of(
                                "principal components",
                                all.stream().mapToDouble(Seen::components).toArray()),
                        Baseline.of(
                                "as many centroids (k-means)",
                                all.stream().mapToDouble(Seen::centroids).toArray()),
                        Baseline.of(
                                "as many tokens",
                                all.stream().mapToDouble(Seen::rows).toArray())),
                Silence.of(
                        "share found where each dimension is shuffled by itself",
                        Goal.atMost(0.1),
                        all.stream().mapToDouble(Seen::nothing).toArray())));
    }

    private static Seen see(int seed) {
        double[] frequency = new double[FEATURES];
        Arrays.fill(frequency, (double) K / FEATURES);
        try (Scope _ = Scope.open();
                Planted planted =
                        new Planted(Planted.Plan.independent(frequency).withNoise(0.02), D, seed)) {
            Tensor x = planted.tokens(TOKENS, seed + 100).x();
            Tensor shuffled = Shuffle.withinRows(x.transpose(0, 1), new Random(seed + 200).generator())
                    .transpose(0, 1)
                    .copy();
            Tensor truth = planted.directions();
            return new Seen(
                    Planted.found(truth, train(x, seed)),
                    Planted.found(truth, components(x)),
                    Planted.found(truth, Centroids.of(x, WIDTH, new Random(seed + 300))),
                    Planted.found(truth, x.slice(0, 0, WIDTH)),
                    Planted.found(truth, train(shuffled, seed)));
        }
    }

    /// Each component and its opposite, since features are only ever added.
    private static Tensor components(Tensor x) {
        Tensor way = PrincipalComponents.of(x, D).directions().to(Dtype.F32);
        return Tensor.cat(List.of(way, way.negate()), 0);
    }

    /// The decoder of a dictionary that was trained on these tokens, `[feature, d]`.
    private static Tensor train(Tensor x, int seed) {
        return Scope.keep(() -> {
            Trainer.Source source = step -> {
                long from = step * BATCH % TOKENS;
                Tensor some = x.slice(0, from, from + BATCH);
                return new Trainer.Batch(some, some);
            };
            Schedule schedule = new Schedule(STEPS, 3e-3, STEPS / 20, STEPS / 5, 0);
            try (Coder coder = new CoderSettings(new Sparsity.TopK(K))
                            .deadAfter(100)
                            .create(WIDTH, seed, x, x);
                    Dictionary trained = Training.run(coder, schedule, Training.Options.USUAL, source, NOWHERE)) {
                return trained.weights().decoder().copy();
            }
        });
    }
}
