package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimiserTest {

    private static final int STEPS = 4;

    private static final Map<String, Function<Map<String, Tensor>, Optimiser>> KINDS = new LinkedHashMap<>();
    private static final Map<String, Double> RATES =
            Map.of("adamw", 0.01, "sgd", 0.1, "momentum", 0.1, "nesterov", 0.1, "muon", 0.02, "plain_muon", 0.02);

    static {
        KINDS.put("adamw", all -> new Adam(all, new Adam.Settings(0.9, 0.99, 1e-8), 0.1));
        KINDS.put("sgd", all -> new Sgd(all, 0, false, 0));
        KINDS.put("momentum", all -> new Sgd(all, 0.9, false, 0.05));
        KINDS.put("nesterov", all -> new Sgd(all, 0.9, true, 0));
        KINDS.put(
                "muon", all -> new Muon(all, Set.of("w"), new Muon.Settings(0.95, true, 5, 0.1), Adam.Settings.USUAL));
        KINDS.put(
                "plain_muon",
                all -> new Muon(all, Set.of("w"), new Muon.Settings(0.9, false, 5, 0), Adam.Settings.USUAL));
        KINDS.put("sign", all -> new SignDescent(all, 0.5, 0.1));
    }

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static Set<String> kinds() {
        return KINDS.keySet();
    }

    static Stream<String> golden() {
        return KINDS.keySet().stream().filter(RATES::containsKey);
    }

    private static Optimiser make(String kind, Map<String, Tensor> parameters) {
        return KINDS.get(kind).apply(parameters);
    }

    /// In the order of `w`, `b`; copies, since optimisers change them in place.
    private static Map<String, Tensor> pair(Tensor w, Tensor b) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        parameters.put("w", w.copy());
        parameters.put("b", b.copy());
        return parameters;
    }

    /// Golden: written by PyTorch, see the note beside it. Float64 sums of a few terms in another order.
    @ParameterizedTest
    @MethodSource("golden")
    void movesAsPyTorchDoes(String kind) {
        try (SafetensorsFile file =
                SafetensorsFile.open(Path.of("src/test/resources/optimisers/expected.safetensors"))) {
            Map<String, Tensor> kept = TensorFile.readAll(file);
            Map<String, Tensor> parameters = pair(kept.get(kind + ".start.w"), kept.get(kind + ".start.b"));
            try (Optimiser optimiser = make(kind, parameters)) {
                for (int step = 0; step < STEPS; step++) {
                    String gradient = kind + ".gradient" + step;
                    optimiser.step(
                            pair(kept.get(gradient + ".w"), kept.get(gradient + ".b")), RATES.get(kind), new double[] {1
                            });
                    for (String name : parameters.keySet()) {
                        assertArrayEquals(
                                kept.get(kind + ".after" + step + "." + name).toDoubles(),
                                parameters.get(name).toDoubles(),
                                1e-12,
                                name + " after step " + step);
                    }
                }
            }
        }
    }

    /// By hand: m is 0.5, then -0.25, then 0 (nothing moves but by the decay of 0.1 x 0.1).
    @Test
    void signDescentMovesByTheRateAlone() {
        Map<String, Tensor> one = Map.of("w", Tensor.of(new double[] {2}));
        try (Optimiser sign = make("sign", one)) {
            double[] gradients = {1, -1, 0.25};
            double[] expected = {2 * 0.99 - 0.1, (2 * 0.99 - 0.1) * 0.99 + 0.1, ((2 * 0.99 - 0.1) * 0.99 + 0.1) * 0.99};
            for (int i = 0; i < gradients.length; i++) {
                sign.step(Map.of("w", Tensor.of(new double[] {gradients[i]})), 0.1, new double[] {1});
                assertEquals(expected[i], one.get("w").item(), 1e-14);
            }
        }
    }

    /// Three instances in one tensor, each clipped by its own scale, and each of them alone.
    @ParameterizedTest
    @MethodSource("kinds")
    void instancesMoveAsTheyWouldAlone(String kind) {
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.F64}) {
            Random random = new Random(5);
            int instances = 3;
            Tensor w = random.normal(instances, 13, 7).to(dtype);
            Tensor b = random.normal(instances, 13).to(dtype);
            double[] scales = {1, 0.5, 0.125};
            Map<String, Tensor> together = pair(w, b);
            try (Optimiser all = make(kind, together)) {
                for (int step = 0; step < STEPS; step++) {
                    all.step(gradient(dtype, step, instances), 0.05, scales);
                }
            }
            for (int i = 0; i < instances; i++) {
                Map<String, Tensor> alone = pair(w.select(0, i), b.select(0, i));
                try (Optimiser single = make(kind, alone)) {
                    for (int step = 0; step < STEPS; step++) {
                        Map<String, Tensor> gradient = gradient(dtype, step, instances);
                        single.step(
                                pair(
                                        gradient.get("w").select(0, i),
                                        gradient.get("b").select(0, i)),
                                0.05,
                                new double[] {scales[i]});
                    }
                }
                for (String name : alone.keySet()) {
                    assertArrayEquals(
                            alone.get(name).toDoubles(),
                            together.get(name).select(0, i).toDoubles(),
                            dtype == Dtype.F32 ? 1e-6 : 1e-12,
                            name + " of " + i);
                }
            }
        }
    }

    private static Map<String, Tensor> gradient(Dtype dtype, int step, int instances) {
        Random random = new Random(100 + step);
        return pair(
                random.normal(instances, 13, 7).to(dtype),
                random.normal(instances, 13).to(dtype));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void goesOnFromItsStateBitForBit(String kind) {
        Map<String, Tensor> unbroken = pair(new Random(4).normal(7, 3), new Random(5).normal(7));
        Map<String, Tensor> stopped = pair(unbroken.get("w"), unbroken.get("b"));
        try (Optimiser one = make(kind, unbroken);
                Optimiser two = make(kind, stopped);
                Optimiser three = make(kind, stopped)) {
            for (int t = 0; t < 5; t++) {
                Map<String, Tensor> gradients = pair(new Random(t).normal(7, 3), new Random(t).normal(7));
                one.step(gradients, 0.01, new double[] {1});
                if (t == 3) {
                    three.restore(two.state(), two.steps());
                }
                (t < 3 ? two : three).step(gradients, 0.01, new double[] {1});
            }
            assertEquals(5, three.steps());
            assertTrue(unbroken.get("w").bitsEqual(stopped.get("w")));
            assertTrue(unbroken.get("b").bitsEqual(stopped.get("b")));
        }
    }

    /// The iteration brings all singular values near 1 and leaves the singular vectors alone.
    @Test
    void orthogonalisedMatricesHaveSingularValuesNearOne() {
        Tensor matrix = new Random(6).normal(2, 9, 4).to(Dtype.F64);
        Tensor orthogonal = Muon.orthogonalised(matrix, 5);
        LinearAlgebra.Svd before = LinearAlgebra.svd(matrix);
        LinearAlgebra.Svd after = LinearAlgebra.svd(orthogonal);
        for (double value : after.s().toDoubles()) {
            assertEquals(1, value, 0.35);
        }
        Tensor turned = before.u()
                .transpose(-2, -1)
                .matmul(orthogonal)
                .matmul(before.vT().transpose(-2, -1));
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                assertEquals(
                        i == j ? 1 : 0,
                        turned.select(0, 1).select(0, i).select(0, j).item(),
                        i == j ? 0.35 : 1e-10);
            }
        }
    }

    @Test
    void muonMovesFiltersAsMatrices() {
        Tensor filters = new Random(7).normal(2, 5, 3, 2, 2).to(Dtype.F64);
        Tensor gradient = new Random(8).normal(2, 5, 3, 2, 2).to(Dtype.F64);
        Tensor flat = filters.reshape(2, 5, 12).copy();
        Muon.Settings settings = Muon.Settings.USUAL;
        try (Muon images = new Muon(Map.of("f", filters), Set.of("f"), settings, Adam.Settings.USUAL);
                Muon matrices = new Muon(Map.of("f", flat), Set.of("f"), settings, Adam.Settings.USUAL)) {
            images.step(Map.of("f", gradient), 0.1, new double[] {1});
            matrices.step(Map.of("f", gradient.reshape(2, 5, 12)), 0.1, new double[] {1});
        }
        assertTrue(filters.reshape(2, 5, 12).bitsEqual(flat));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void refusesWhatDoesNotFit(String kind) {
        Map<String, Tensor> parameters = pair(Tensor.zeros(2, 2), Tensor.zeros(2));
        try (Optimiser optimiser = make(kind, parameters)) {
            Map<String, Tensor> other = pair(Tensor.zeros(2, 3), Tensor.zeros(2));
            assertThrows(IllegalArgumentException.class, () -> optimiser.step(other, 1, new double[] {1}));
            Map<String, Tensor> fitting = pair(Tensor.zeros(2, 2), Tensor.zeros(2));
            assertThrows(IllegalArgumentException.class, () -> optimiser.step(fitting, 1, new double[] {1, 0.5, 1}));
        }
    }
}
