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
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
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
    private record Seen(double[] ours, double components, double centroids, double rows, double[] nothing) {}

    /// A kind of dictionary.
    private record Kind(String name, String option, Sparsity sparsity) {}

    private static final List<Kind> KINDS = List.of(new Kind("TopK dictionary", "topk", new Sparsity.TopK(K)));

    @Override
    public List<Rating> rate(int seeds) {
        List<Seen> all =
                IntStream.range(0, seeds).mapToObj(DictionaryMethods::see).toList();
        return IntStream.range(0, KINDS.size())
                .mapToObj(kind -> Rating.of(
                        new Asked(
                                NAME,
                                KINDS.get(kind).name,
                                "train dictionary --coder " + KINDS.get(kind).option,
                                FEATURES + " directions in " + D + " dimensions, some " + K + " at a time"),
                        "share of directions found, cosine above 0.9",
                        Goal.atLeast(0.9),
                        all.stream().mapToDouble(one -> one.ours[kind]).toArray(),
                        List.of(
                                Baseline.of(
                                        "principal components",
                                        all.stream()
                                                .mapToDouble(Seen::components)
                                                .toArray()),
                                Baseline.of(
                                        "as many centroids (k-means)",
                                        all.stream()
                                                .mapToDouble(Seen::centroids)
                                                .toArray()),
                                Baseline.of(
                                        "as many tokens",
                                        all.stream().mapToDouble(Seen::rows).toArray())),
                        Silence.of(
                                "share found where each dimension is shuffled by itself",
                                Goal.atMost(0.1),
                                all.stream()
                                        .mapToDouble(one -> one.nothing[kind])
                                        .toArray())))
                .toList();
    }

    private static Seen see(int seed) {
        double[] frequency = new double[FEATURES];
        Arrays.fill(frequency, (double) K / FEATURES);
        try (Scope _ = Scope.open();
                Planted planted =
                        new Planted(Planted.Plan.independent(frequency).withNoise(0.02), D, seed)) {
            Tensor x = planted.tokens(TOKENS, seed + 100).x();
            Tensor shuffled = shuffled(x, new Random(seed + 200).generator());
            Tensor truth = planted.directions();
            return new Seen(
                    KINDS.stream()
                            .mapToDouble(kind -> Planted.found(truth, train(kind, x, seed)))
                            .toArray(),
                    Planted.found(truth, components(x)),
                    Planted.found(truth, Centroids.of(x, WIDTH, new Random(seed + 300))),
                    Planted.found(truth, x.slice(0, 0, WIDTH)),
                    KINDS.stream()
                            .mapToDouble(kind -> Planted.found(truth, train(kind, shuffled, seed)))
                            .toArray());
        }
    }

    /// Each component and its opposite, since features are only ever added.
    private static Tensor components(Tensor x) {
        Tensor way = PrincipalComponents.of(x, D).directions().to(Dtype.F32);
        return Tensor.cat(List.of(way, way.negate()), 0);
    }

    /// The decoder of a dictionary that was trained on these tokens, `[feature, d]`.
    private static Tensor train(Kind kind, Tensor x, int seed) {
        return Scope.keep(() -> {
            Trainer.Source source = step -> {
                long from = step * BATCH % TOKENS;
                Tensor some = x.slice(0, from, from + BATCH);
                return new Trainer.Batch(some, some);
            };
            Schedule schedule = new Schedule(STEPS, 3e-3, STEPS / 20, STEPS / 5, 0);
            try (Coder coder = new CoderSettings(kind.sparsity).deadAfter(100).create(WIDTH, seed, x, x);
                    Dictionary trained = Training.run(coder, schedule, Training.Options.USUAL, source, NOWHERE)) {
                return trained.weights().decoder().copy();
            }
        });
    }

    /// The same numbers in every dimension, in an order of its own: nothing is together any more.
    private static Tensor shuffled(Tensor x, RandomGenerator random) {
        float[] values = x.toFloats();
        for (int column = 0; column < D; column++) {
            for (int row = TOKENS - 1; row > 0; row--) {
                int other = random.nextInt(row + 1);
                float kept = values[row * D + column];
                values[row * D + column] = values[other * D + column];
                values[other * D + column] = kept;
            }
        }
        return Tensor.of(values, TOKENS, D);
    }
}
