package cutaway.studies.archetypalsae;

import cutaway.features.coder.Centroids;
import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.DecoderStart;
import cutaway.features.coder.Sparsity;
import cutaway.features.coder.Start;
import cutaway.features.coder.Wiring;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.judge.Bench;
import cutaway.features.train.Schedule;
import cutaway.features.train.Trainer;
import cutaway.features.train.Training;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Two trainings of one kind of dictionary, and how alike they end.
///
/// @param stability of the two, 0 to 1
/// @param atStart of the two before the first step
/// @param kept mean cosine of a direction with itself before the first step, of the first training
/// @param r2 of the first, on tokens of neither training; all that follow too
/// @param outOfData how far directions are from data
/// @param plausibility with a classifier's weights
record Cell(
        double stability,
        double atStart,
        double kept,
        double r2,
        double l0,
        double active,
        double outOfData,
        double plausibility) {

    /// How a dictionary is made.
    enum Kind {
        TOP_K,
        /// Mixtures of centroids, at most a relaxation away.
        RELAXED_ARCHETYPAL
    }

    /// Where it begins.
    enum Begin {
        /// Directions drawn at random, others for each training.
        RANDOM,
        /// Centroids of the same tokens, the same for both trainings.
        SHARED,
        /// Centroids of the training's own tokens, and of a seed of its own.
        OWN
    }

    /// @param width latents, and centroids
    record Sizes(int width, int k, double relaxation, int steps, int batch, double rate) {}

    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());

    /// @param halves tokens for each of the trainings, `[n, d]`: twice the same where both are to have all
    /// @param test tokens of neither
    /// @param classes a classifier's weights; empty where there are none
    static Cell of(
            Kind kind,
            Begin begin,
            Sizes sizes,
            List<Tensor> halves,
            Tensor test,
            Optional<Tensor> classes,
            long seed) {
        try (Run first = Run.of(kind, begin, sizes, halves.getFirst(), 2 * seed);
                Run second = Run.of(kind, begin, sizes, halves.getLast(), 2 * seed + 1)) {
            Bench.Fit fit = Bench.fit(first.end, test);
            return new Cell(
                    Bench.stability(rows(first.end), rows(second.end)),
                    Bench.stability(rows(first.start), rows(second.start)),
                    first.kept(),
                    fit.r2(),
                    fit.l0(),
                    fit.active(),
                    Bench.outOfData(first.end, test),
                    classes.map(weights -> Bench.plausibility(first.end, weights))
                            .orElse(Double.NaN));
        }
    }

    private static Tensor rows(Dictionary dictionary) {
        return dictionary.weights().decoder();
    }

    /// A training's dictionary before its first step and after its last.
    private record Run(Dictionary start, Dictionary end) implements AutoCloseable {

        static Run of(Kind kind, Begin begin, Sizes sizes, Tensor tokens, long seed) {
            try (Scope _ = Scope.open();
                    Coder coder = create(kind, begin, sizes, tokens, seed)) {
                Dictionary start = coder.dictionary(NOWHERE);
                Schedule schedule = new Schedule(sizes.steps, sizes.rate, sizes.steps / 20, sizes.steps / 5, 0);
                RandomGenerator random = new Random(seed + 7000).generator();
                Trainer.Source source = _ -> {
                    long[] rows = random.longs(sizes.batch, 0, tokens.dim(0)).toArray();
                    Tensor x = tokens.gatherRows(0, Tensor.of(rows, rows.length));
                    return new Trainer.Batch(x, x);
                };
                return new Run(start, Training.run(coder, schedule, Training.Options.USUAL, source, NOWHERE));
            }
        }

        private static Coder create(Kind kind, Begin begin, Sizes sizes, Tensor tokens, long seed) {
            long of = begin == Begin.SHARED ? 0 : seed;
            CoderSettings settings = new CoderSettings(new Sparsity.TopK(sizes.k))
                    .with(new Start(0.1, Start.Bias.MEAN))
                    .deadAfter(Math.max(1, sizes.steps / 10));
            if (kind == Kind.RELAXED_ARCHETYPAL) {
                return settings.with(new Wiring.Archetypal(sizes.width, sizes.relaxation))
                        .create(sizes.width, of, tokens, tokens);
            }
            Coder coder = settings.create(sizes.width, of, tokens, tokens);
            if (begin != Begin.RANDOM) {
                Tensor centred = tokens.minus(tokens.mean(0, false));
                DecoderStart.set(coder, Centroids.of(centred, sizes.width, new Random(of)));
            }
            return coder;
        }

        /// The mean cosine of each direction with where it began.
        double kept() {
            return Scope.free(() -> {
                Tensor a = rows(start);
                Tensor b = rows(end);
                return a.times(b)
                        .sum(1, false)
                        .over(a.norms(1).times(b.norms(1)).plus(1e-12))
                        .mean()
                        .item();
            });
        }

        @Override
        public void close() {
            start.close();
            end.close();
        }
    }
}
