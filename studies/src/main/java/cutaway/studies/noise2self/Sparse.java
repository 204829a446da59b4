package cutaway.studies.noise2self;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.select.Components;
import cutaway.features.select.DictionaryDenoiser;
import cutaway.features.select.Masking;
import cutaway.features.select.Selection;
import cutaway.features.train.Schedule;
import cutaway.features.train.Trainer;
import cutaway.features.train.Training;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Tokens that are sums of a few known directions, with noise, and sparse dictionaries of them with several k.
final class Sparse {

    static final double[] KS = {1, 2, 3, 4, 6, 8, 12, 16};

    private static final int D = 32;
    private static final int FEATURES = 64;
    private static final int ACTIVE = 3;
    private static final double NOISE = 0.25;
    private static final int BATCH = 256;
    private static final int TOKENS = 2048;
    private static final Masking MASKING = new Masking(16, 0);
    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());

    private Sparse() {}

    /// @param truth loss to the tokens without noise, by k
    record Chosen(Selection selection, double[] truth) {

        /// Loss to the truth with a chosen k, over the least there is.
        double excess(Selection.Point point) {
            return truth[Arrays.binarySearch(KS, point.value())]
                    / Arrays.stream(truth).min().orElseThrow();
        }
    }

    static Chosen choose(int steps, long seed) {
        try (Scope _ = Scope.open()) {
            Tensor drawn = new Random(seed + 50).normal(FEATURES, D);
            Tensor directions = drawn.over(drawn.norms(1).unsqueeze(1));
            Tensor clean = tokens(directions, TOKENS, new Random(seed + 70).generator());
            Tensor noisy = clean.plus(new Random(seed + 90).normal(TOKENS, D).times(NOISE));
            double[] means = noisy.mean(0, false).toDoubles();
            Dictionary[] trained = Arrays.stream(KS)
                    .mapToObj(k -> train(directions, (int) k, steps, seed))
                    .toArray(Dictionary[]::new);
            try {
                Selection selection = MASKING.select(
                        "k", KS, k -> new DictionaryDenoiser(trained[Arrays.binarySearch(KS, k)], means), noisy);
                double[] truth = Arrays.stream(trained)
                        .mapToDouble(dictionary -> Scope.free(() -> dictionary
                                .reconstruct(noisy)
                                .minus(clean)
                                .square()
                                .mean()
                                .item()))
                        .toArray();
                return new Chosen(selection, truth);
            } finally {
                Arrays.stream(trained).forEach(Dictionary::close);
            }
        }
    }

    private static Dictionary train(Tensor directions, int k, int steps, long seed) {
        Trainer.Source source = step -> {
            Tensor x = noisy(directions, seed + 1000 * (step + 1));
            return new Trainer.Batch(x, x);
        };
        CoderSettings settings = new CoderSettings(new Sparsity.TopK(k)).deadAfter(100);
        try (Scope _ = Scope.open();
                Coder coder = start(settings, source, seed)) {
            Schedule schedule = new Schedule(steps, 3e-3, steps / 20, steps / 5, 0);
            return Training.run(coder, schedule, Training.Options.USUAL, source, NOWHERE);
        }
    }

    private static Coder start(CoderSettings settings, Trainer.Source source, long seed) {
        Tensor first = source.batch(0).x();
        return settings.create(FEATURES, seed, first, first);
    }

    private static Tensor noisy(Tensor directions, long seed) {
        return Scope.keep(() -> tokens(directions, BATCH, new Random(seed).generator())
                .plus(new Random(seed + 1).normal(BATCH, D).times(NOISE)));
    }

    private static Tensor tokens(Tensor directions, int count, RandomGenerator random) {
        return Scope.keep(() -> {
            float[] codes = new float[count * FEATURES];
            for (int token = 0; token < count; token++) {
                for (int i = 0; i < ACTIVE; i++) {
                    codes[token * FEATURES + random.nextInt(FEATURES)] = (float) (1 + random.nextDouble());
                }
            }
            return Tensor.of(codes, count, FEATURES).matmul(directions);
        });
    }

    /// The rank that masking chooses of rows of a rank with noise.
    static double rank(int rank, long seed) {
        try (Scope _ = Scope.open()) {
            Random random = new Random(seed + 300);
            Tensor all = random.normal(600, D);
            if (rank > 0) {
                all = all.plus(random.normal(600, rank).matmul(random.normal(rank, D)));
            }
            double[] ranks = {0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16};
            try (Components components = Components.of(all.slice(0, 0, 300))) {
                return MASKING.select("rank", ranks, r -> components.ofRank((int) r), all.slice(0, 300, 600))
                        .chosen()
                        .value();
            }
        }
    }
}
