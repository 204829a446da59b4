package cutaway.studies.archetypalsae;

import cutaway.features.coder.Centroids;
import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.ConvexNmf;
import cutaway.features.coder.DecoderStart;
import cutaway.features.coder.Sparsity;
import cutaway.features.coder.Start;
import cutaway.features.coder.Wiring;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.judge.Bench;
import cutaway.features.judge.Identifiability;
import cutaway.features.train.Schedule;
import cutaway.features.train.Trainer;
import cutaway.features.train.Training;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Two trainings of one kind of dictionary, and how alike they end.
///
/// @param stability of the two, 0 to 1
/// @param atStart of the two before the first step; NaN of what has no steps
/// @param kept mean cosine of a direction with itself before the first step, of the first training; NaN as
///     above
/// @param r2 of the first, on tokens of neither training; all that follow too
/// @param outOfData how far directions are from data
/// @param plausibility with a classifier's weights
/// @param identified how well one latent tells an object of collages, balanced accuracy
/// @param shuffled the same of shuffled labels
record Cell(
        double stability,
        double atStart,
        double kept,
        double r2,
        double l0,
        double outOfData,
        double plausibility,
        double identified,
        double shuffled) {

    /// How directions are found.
    enum Kind {
        TOP_K,
        BATCH_TOP_K,
        JUMP_RELU,
        /// Mixtures of centroids.
        ARCHETYPAL,
        /// Mixtures of centroids, at most a relaxation away.
        RELAXED_ARCHETYPAL,
        K_MEANS,
        CONVEX_NMF
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

    /// What the first training is tried on.
    ///
    /// @param tokens of neither training
    /// @param classes a classifier's weights; empty where there are none
    /// @param collages on which latents that tell objects are chosen, and those on which they are scored;
    ///     empty for none
    record Tried(Tensor tokens, Optional<Tensor> classes, List<Objects> collages) {}

    /// Collages of objects.
    ///
    /// @param tokens `[n * each, d]`
    /// @param each tokens of a collage, one behind another: a latent tells an object by the largest of its codes
    /// @param present whether it holds an object, `[object][collage]`
    record Objects(List<String> names, Tensor tokens, int each, boolean[][] present) {}

    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());

    /// Rows for each direction that convex NMF is fitted to, at most: it has a number for each pair of rows.
    private static final int NMF_ROWS = 8;

    private static final int NMF_STEPS = 60;

    /// @param halves tokens for each of the trainings, `[n, d]`: twice the same where both are to have all
    static Cell of(Kind kind, Begin begin, Sizes sizes, List<Tensor> halves, Tried tried, long seed) {
        try (Run first = Run.of(kind, begin, sizes, halves.getFirst(), 2 * seed);
                Run second = Run.of(kind, begin, sizes, halves.getLast(), 2 * seed + 1)) {
            return Scope.free(() -> {
                Directions found = first.end;
                SparseRows codes = found.codes(tried.tokens);
                Tensor centred = tried.tokens.minus(tried.tokens.mean(0, true));
                Tensor error = found.decode(codes, tried.tokens).minus(tried.tokens);
                Optional<Identifiability.Found> told = identified(found, tried.collages, seed);
                return new Cell(
                        Bench.stability(found.rows(), second.end.rows()),
                        first.start.isEmpty() || second.start.isEmpty()
                                ? Double.NaN
                                : Bench.stability(
                                        first.start.get().weights().decoder(),
                                        second.start.get().weights().decoder()),
                        first.kept(),
                        1 - error.square().sum().item() / centred.square().sum().item(),
                        active(codes),
                        Bench.outOfData(found.rows(), tried.tokens.minus(found.bias())),
                        tried.classes
                                .map(weights -> Bench.plausibility(found.rows(), weights))
                                .orElse(Double.NaN),
                        told.map(Identifiability.Found::accuracy).orElse(Double.NaN),
                        told.map(Identifiability.Found::shuffled).orElse(Double.NaN));
            });
        }
    }

    private static double active(SparseRows codes) {
        double active = 0;
        for (double value : codes.values()) {
            active += value == 0 ? 0 : 1;
        }
        return active / codes.rows();
    }

    private static Optional<Identifiability.Found> identified(Directions found, List<Objects> collages, long seed) {
        if (collages.isEmpty()) {
            return Optional.empty();
        }
        List<Identifiability.Seen> seen = collages.stream()
                .map(some -> new Identifiability.Seen(codes(found, some), some.present))
                .toList();
        return Optional.of(Identifiability.of(collages.getFirst().names, seen.getFirst(), seen.getLast(), seed));
    }

    /// The largest of its codes in each collage, `[collage, latent]`.
    static SparseRows codes(Directions found, Objects some) {
        SparseRows codes = found.codes(some.tokens);
        return some.each == 1
                ? codes
                : Scope.free(() -> SparseRows.of(codes.dense(Dtype.F32)
                        .reshape(-1, some.each, codes.width())
                        .max(1, false)));
    }

    /// Directions after the last step of a training, and the dictionary before the first; empty where there
    /// are none.
    private record Run(Optional<Dictionary> start, Directions end) implements AutoCloseable {

        static Run of(Kind kind, Begin begin, Sizes sizes, Tensor tokens, long seed) {
            return switch (kind) {
                case K_MEANS, CONVEX_NMF -> found(kind, begin, sizes, tokens, seed);
                default -> trained(kind, begin, sizes, tokens, seed);
            };
        }

        private static Run found(Kind kind, Begin begin, Sizes sizes, Tensor tokens, long seed) {
            Random random = new Random(begin == Begin.SHARED ? 0 : seed);
            try (Scope _ = Scope.open()) {
                Tensor mean = tokens.mean(0, false);
                Tensor centred = tokens.minus(mean);
                boolean isClusters = kind == Kind.K_MEANS;
                Tensor rows = isClusters
                        ? Centroids.of(centred, sizes.width, random)
                        : ConvexNmf.directions(
                                centred.slice(0, 0, Math.min((long) NMF_ROWS * sizes.width, centred.dim(0))),
                                sizes.width,
                                NMF_STEPS,
                                random);
                return new Run(Optional.empty(), new Directions.Found(rows, mean, isClusters));
            }
        }

        private static Run trained(Kind kind, Begin begin, Sizes sizes, Tensor tokens, long seed) {
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
                Dictionary end = Training.run(coder, schedule, Training.Options.USUAL, source, NOWHERE);
                return new Run(Optional.of(start), new Directions.Learned(end));
            }
        }

        private static Coder create(Kind kind, Begin begin, Sizes sizes, Tensor tokens, long seed) {
            long of = begin == Begin.SHARED ? 0 : seed;
            CoderSettings settings = new CoderSettings(sparsity(kind, sizes.k))
                    .with(new Start(0.1, Start.Bias.MEAN))
                    .deadAfter(Math.max(1, sizes.steps / 10));
            if (kind == Kind.ARCHETYPAL || kind == Kind.RELAXED_ARCHETYPAL) {
                double relaxation = kind == Kind.ARCHETYPAL ? 0 : sizes.relaxation;
                return settings.with(new Wiring.Archetypal(sizes.width, relaxation))
                        .create(sizes.width, of, tokens, tokens);
            }
            Coder coder = settings.create(sizes.width, of, tokens, tokens);
            if (begin != Begin.RANDOM) {
                Tensor centred = tokens.minus(tokens.mean(0, false));
                DecoderStart.set(coder, Centroids.of(centred, sizes.width, new Random(of)));
            }
            return coder;
        }

        /// k latents a token; of JumpReLU, what its penalty asks for.
        private static Sparsity sparsity(Kind kind, int k) {
            return switch (kind) {
                case BATCH_TOP_K -> new Sparsity.BatchTopK(k);
                case JUMP_RELU -> new Sparsity.JumpRelu(new Sparsity.Penalty.Quadratic(k), 0.5, 0.01, 0.5, false, 0);
                default -> new Sparsity.TopK(k);
            };
        }

        /// The mean cosine of each direction with where it began.
        double kept() {
            return start.map(before -> Scope.free(() -> {
                        Tensor a = before.weights().decoder();
                        Tensor b = end.rows();
                        return a.times(b)
                                .sum(1, false)
                                .over(a.norms(1).times(b.norms(1)).plus(1e-12))
                                .mean()
                                .item();
                    }))
                    .orElse(Double.NaN);
        }

        @Override
        public void close() {
            start.ifPresent(Dictionary::close);
            end.close();
        }
    }
}
