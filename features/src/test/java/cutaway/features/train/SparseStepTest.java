package cutaway.features.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Gradients;
import cutaway.features.coder.Sparsity;
import cutaway.features.coder.Start;
import cutaway.features.coder.Wiring;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The sparse step against LibTorch's derivative of the loss as it stands, in float64: every gradient, over steps in
/// which latents die.
class SparseStepTest {

    private static final int TOKENS = 41;
    private static final int D = 6;
    private static final int WIDTH = 150;

    static Stream<CoderSettings> kinds() {
        Wiring skip = new Wiring.Transcoder(true);
        Start far = new Start(0.7, Start.Bias.MEAN);
        return Stream.of(
                        new CoderSettings(new Sparsity.TopK(3)),
                        new CoderSettings(new Sparsity.TopK(3, false, 0.5, 0)),
                        new CoderSettings(new Sparsity.TopK(3)).with(skip),
                        new CoderSettings(new Sparsity.TopK(3)).with(new Wiring.Autoencoder(true, false, true)),
                        new CoderSettings(new Sparsity.BatchTopK(2.5)),
                        new CoderSettings(new Sparsity.BatchTopK(2.5, false, 1, 0.5)).with(skip),
                        matryoshka(true),
                        matryoshka(false).with(skip),
                        sparse(new Sparsity.JumpRelu(0.3)),
                        sparse(jump(new Sparsity.Penalty.Tanh(4))),
                        sparse(jump(new Sparsity.Penalty.Quadratic(2))),
                        sparse(new Sparsity.Relu(0.2)),
                        sparse(new Sparsity.Gated(0.2)),
                        sparse(new Sparsity.Gated(0.2, true)).with(skip))
                .flatMap(settings -> Stream.of(settings, settings.with(far)))
                .map(settings -> settings.deadAfter(3));
    }

    private static CoderSettings sparse(Sparsity sparsity) {
        return new CoderSettings(sparsity);
    }

    private static CoderSettings matryoshka(boolean byNorm) {
        return sparse(new Sparsity.Matryoshka(new Sparsity.BatchTopK(2.5, byNorm, 1, 0.5), List.of(10, 40), false));
    }

    /// Whether a number of latents is active in any case.
    private static boolean isRanked(Coder coder) {
        return coder.settings().sparsity() instanceof Sparsity.TopK
                || coder.settings().sparsity() instanceof Sparsity.BatchTopK
                || coder.settings().sparsity() instanceof Sparsity.Matryoshka;
    }

    private static Sparsity jump(Sparsity.Penalty penalty) {
        return new Sparsity.JumpRelu(penalty, 0.3, 0.9, 0.2, true, 0);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyGradientIsThatOfTheLossAsItStands(CoderSettings settings) {
        try (Scope _ = Scope.open()) {
            Tensor first = new Random(3).normal(TOKENS, D).to(Dtype.F64);
            boolean transcodes = settings.wiring() instanceof Wiring.Transcoder;
            Tensor firstOut = transcodes ? new Random(4).normal(TOKENS, 4).to(Dtype.F64) : first;
            try (Coder coder = settings.create(WIDTH, 7, first, firstOut);
                    Training training = new Training(
                            coder,
                            new Schedule(100, 0.01, 0, 0, 0),
                            new Training.Options(cutaway.tensor.Adam.Settings.USUAL, 0, false, true))) {
                silenceMost(coder);
                for (int step = 0; step < 8; step++) {
                    Tensor x = new Random(10 + step).normal(TOKENS, D).to(Dtype.F64);
                    Tensor y =
                            transcodes ? new Random(50 + step).normal(TOKENS, 4).to(Dtype.F64) : x;
                    compare(coder, x, y);
                    training.step(x, y);
                }
                assertTrue(
                        !isRanked(coder) || coder.dead().length > 0,
                        "no latent died: the auxiliary loss was not tried");
            }
        }
    }

    /// So few latents are active that the kinds without a fixed number take their sparse step.
    private static void silenceMost(Coder coder) {
        if (!isRanked(coder)) {
            double[] biases = new double[WIDTH];
            Arrays.setAll(biases, i -> i % 20 == 0 ? 0.05 : -10);
            boolean gated = coder.settings().sparsity() instanceof Sparsity.Gated;
            value(coder.parameters(), gated ? "gateBias" : "encoderBias").assign(Tensor.of(biases));
        }
    }

    private static void compare(Coder coder, Tensor x, Tensor y) {
        Gradients dense = Training.dense(coder, x, y, 0.7);
        Gradients sparse = coder.sparse(x, y, 0.7).orElseThrow();
        dense.losses().forEach((name, loss) -> assertEquals(loss, value(sparse.losses(), name), 1e-12, name));
        assertEquals(dense.gradients().keySet(), sparse.gradients().keySet());
        dense.gradients()
                .forEach((name, gradient) -> assertArrayEquals(
                        gradient.toDoubles(), value(sparse.gradients(), name).toDoubles(), 1e-12, name));
        assertArrayEquals(dense.activity().counts(), sparse.activity().counts());
        assertEquals(
                Double.isInfinite(dense.activity().least())
                        ? Double.NaN
                        : dense.activity().least(),
                Double.isInfinite(dense.activity().least())
                        ? Double.NaN
                        : sparse.activity().least(),
                1e-12);
        touchedRowsAreThoseWithAGradient(sparse);
    }

    /// So many that a batch is cut into parts, and that products lay them out with their zeros.
    @ParameterizedTest
    @MethodSource("withoutNumber")
    void thousandsOfActiveLatentsGoInParts(CoderSettings settings) {
        int width = 7000;
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(3).normal(700, 4).to(Dtype.F64);
            try (Coder coder = settings.create(width, 7, x, x)) {
                Gradients dense = Training.dense(coder, x, x, 1);
                Gradients sparse = coder.sparse(x, x, 1).orElseThrow();
                assertTrue(Arrays.stream(sparse.activity().counts()).sum() > 2 << 20, "the batch was not cut");
                assertArrayEquals(dense.activity().counts(), sparse.activity().counts());
                dense.losses().forEach((name, loss) -> assertEquals(loss, value(sparse.losses(), name), 1e-9, name));
                dense.gradients()
                        .forEach((name, gradient) -> assertArrayEquals(
                                gradient.toDoubles(),
                                value(sparse.gradients(), name).toDoubles(),
                                1e-10,
                                name));
            }
        }
    }

    static List<CoderSettings> withoutNumber() {
        return List.of(
                sparse(new Sparsity.Relu(0.2)),
                sparse(new Sparsity.Gated(0.2)).with(new Wiring.Transcoder(true)),
                sparse(new Sparsity.JumpRelu(new Sparsity.Penalty.Quadratic(2), 0.3, 0.001, 0.2, true, 0)));
    }

    private static void touchedRowsAreThoseWithAGradient(Gradients sparse) {
        boolean[] touched = Objects.requireNonNull(sparse.touched());
        double[] rows = value(sparse.gradients(), "decoder").abs().sum(1, false).toDoubles();
        for (int latent = 0; latent < WIDTH; latent++) {
            assertTrue(touched[latent] || rows[latent] == 0, "latent " + latent);
        }
    }

    private static <T> T value(Map<String, T> map, String name) {
        return Objects.requireNonNull(map.get(name), name);
    }

    /// Parts of a batch, where the loss is a mean over its tokens, against the whole.
    @ParameterizedTest
    @MethodSource("means")
    void partsOfABatchHaveTheGradientsOfTheWhole(CoderSettings settings) {
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(3).normal(TOKENS, D).to(Dtype.F64);
            try (Coder coder = settings.create(WIDTH, 7, x, x)) {
                Gradients whole = Training.dense(coder, x, x, 1, TOKENS);
                Gradients parts = Training.dense(coder, x, x, 1, 7);
                whole.gradients()
                        .forEach((name, gradient) -> assertArrayEquals(
                                gradient.toDoubles(),
                                value(parts.gradients(), name).toDoubles(),
                                1e-12,
                                name));
                assertArrayEquals(whole.activity().counts(), parts.activity().counts());
                whole.losses().forEach((name, loss) -> assertEquals(loss, value(parts.losses(), name), 1e-12));
            }
        }
    }

    static List<CoderSettings> means() {
        return List.of(
                new CoderSettings(new Sparsity.TopK(3)),
                new CoderSettings(new Sparsity.Relu(0.2)),
                new CoderSettings(new Sparsity.Gated(0.2)),
                new CoderSettings(new Sparsity.JumpRelu(0.3)),
                new CoderSettings(jump(new Sparsity.Penalty.Quadratic(2))));
    }
}
