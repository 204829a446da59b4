package cutaway.features.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.Adam;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Lazy Adam beside the dense-equivalent one, by what is left unexplained of other tokens: from the same start, on the
/// same batches of planted directions, most of which are so rare that their latents wait at most steps.
class LazyAdamTest {

    private static final int D = 32;
    private static final int FEATURES = 256;
    private static final int ACTIVE = 3;
    private static final int TOKENS = 64;
    private static final int STEPS = 3000;

    /// How far the lazy loss may be from the other, as a share of it.
    private static final double WITHIN = 0.2;

    /// @param unexplained share of the variance of tokens that it was not trained on
    /// @param waiting share of latents whose decoder row the last step left as it was
    private record Ended(double unexplained, double waiting) {}

    static Stream<Sparsity> kinds() {
        return Stream.of(new Sparsity.TopK(ACTIVE), new Sparsity.BatchTopK(ACTIVE));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void bothModesEndWithNearlyTheSameLoss(Sparsity kind) {
        Ended dense = ended(kind, false);
        Ended lazy = ended(kind, true);
        System.out.printf(
                "%s: unexplained %.4f dense-equivalent, %.4f lazy (%+.1f %%); waiting %.2f and %.2f%n",
                kind,
                dense.unexplained,
                lazy.unexplained,
                100 * (lazy.unexplained / dense.unexplained - 1),
                dense.waiting,
                lazy.waiting);
        assertTrue(lazy.waiting > 0.3, () -> "waiting " + lazy.waiting);
        assertTrue(dense.waiting < lazy.waiting / 2, () -> "waiting " + dense.waiting);
        assertTrue(dense.unexplained < 0.5, () -> "unexplained " + dense.unexplained);
        assertEquals(1, lazy.unexplained / dense.unexplained, WITHIN);
    }

    private static Ended ended(Sparsity kind, boolean lazy) {
        try (Scope _ = Scope.open()) {
            Tensor drawn = new Random(1).normal(FEATURES, D);
            Tensor features = drawn.over(drawn.square().sum(1, true).sqrt());
            Tensor first = tokens(features, -1, TOKENS);
            CoderSettings settings = new CoderSettings(kind).deadAfter(500);
            Training.Options options = new Training.Options(Adam.Settings.USUAL, 1, lazy, false);
            try (Coder coder = settings.create(FEATURES, 3, first, first);
                    Training training = new Training(coder, new Schedule(STEPS, 3e-3, 50, 600, 200), options)) {
                double waiting = 0;
                while (!training.isDone()) {
                    waiting = step(training, tokens(features, training.steps(), TOKENS));
                }
                return new Ended(unexplained(coder, tokens(features, 1_000_000, 4096)), waiting);
            }
        }
    }

    private static double step(Training training, Tensor x) {
        return Scope.free(() -> {
            Tensor decoder =
                    Objects.requireNonNull(training.coder().parameters().get("decoder"));
            Tensor before = decoder.copy();
            training.step(x, x);
            double[] moved = decoder.minus(before).abs().sum(1, false).toDoubles();
            x.close();
            return (double) Arrays.stream(moved).filter(row -> row == 0).count() / FEATURES;
        });
    }

    private static double unexplained(Coder coder, Tensor x) {
        try (Dictionary dictionary = coder.dictionary(new Origin("", List.of(), List.of(), Map.of()))) {
            return Scope.free(() -> Math.pow(dictionary.reconstruct(x).minus(x).norm(), 2)
                    / Math.pow(x.minus(x.mean(0, true)).norm(), 2));
        }
    }

    /// The first features are common, the last rare: drawn with a chance of 1 / (i + 5).
    private static Tensor tokens(Tensor features, long step, int count) {
        return Scope.keep(() -> {
            RandomGenerator random = new Random(1000 + step).generator();
            double[] codes = new double[count * FEATURES];
            double range = Math.log((FEATURES + 5) / 5.0);
            for (int token = 0; token < count; token++) {
                for (int i = 0; i < ACTIVE; i++) {
                    int feature = (int) Math.min(FEATURES - 1, 5 * Math.exp(random.nextDouble() * range) - 5);
                    codes[token * FEATURES + feature] = 0.5 + random.nextDouble();
                }
            }
            return Tensor.of(codes, count, FEATURES).to(features.dtype()).matmul(features);
        });
    }
}
