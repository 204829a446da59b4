package cutaway.features.coder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.train.Schedule;
import cutaway.features.train.Training;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Golden: 200 steps of SAELens 6.54.12 in float64 from the same weights on the same batches, written by
/// `scripts/golden/saelens.py`, which says what is in the files.
class SaeLensTest {

    private static final int STEPS = 200;
    private static final int BATCHES = 20;
    private static final int WIDTH = 24;

    /// Of the first loss, or of the largest number of a tensor. After 200 steps of Adam the last bits of sums in
    /// another order have become 1e-13; in the two cases that have fewer steps they grow without end, in SAELens
    /// alone, too.
    private static final double TOLERANCE = 1e-9;

    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());

    private static final Sparsity.BatchTopK BATCH_TOPK = new Sparsity.BatchTopK(1.5);

    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of("relu", new Sparsity.Relu(0.2), 50),
                Arguments.of("relu-lp", new Sparsity.Relu(0.05, 0.7, 0.7, 0), 0),
                Arguments.of("relu-uncentred", new Sparsity.Relu(0.2), 0),
                Arguments.of("gated", new Sparsity.Gated(0.2), 50),
                Arguments.of("topk", new Sparsity.TopK(3), 0),
                Arguments.of("topk-unranked", new Sparsity.TopK(2, false, 1, 0), 0),
                Arguments.of("batch-topk", BATCH_TOPK, 0),
                Arguments.of("matryoshka", new Sparsity.Matryoshka(2, List.of(5, 12)), 0),
                Arguments.of("matryoshka-own", new Sparsity.Matryoshka(BATCH_TOPK, List.of(5, 12, 24), true), 0),
                Arguments.of("jump-relu", new Sparsity.JumpRelu(0.1), 50),
                Arguments.of(
                        "jump-relu-tanh",
                        new Sparsity.JumpRelu(new Sparsity.Penalty.Tanh(4), 0.3, 0.1, 0.5, true, 0.05),
                        0),
                Arguments.of(
                        "jump-relu-quadratic",
                        new Sparsity.JumpRelu(new Sparsity.Penalty.Quadratic(3), 0.02, 0.1, 0.05, false, 0),
                        0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void lossesAndWeightsAreSaeLensOwn(String name, Sparsity sparsity, int warmUp) {
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> golden = read(name);
            Tensor batches = read("batches").get("batch");
            boolean centres = !name.equals("relu-uncentred");
            CoderSettings settings =
                    new CoderSettings(sparsity).deadAfter(5).with(new Wiring.Autoencoder(centres, false, false));
            try (Coder coder = settings.create(WIDTH, 1, batches.select(0, 0), batches.select(0, 0));
                    Training training = new Training(
                            coder,
                            new Schedule(STEPS, 0.003, 0, 0, warmUp),
                            new Training.Options(cutaway.tensor.Adam.Settings.USUAL, 1, false, true))) {
                coder.parameters().forEach((parameter, value) -> value.assign(golden.get("first." + parameter)));
                double[] losses = golden.get("losses").toDoubles();
                for (int step = 0; step < losses.length; step++) {
                    Tensor batch = batches.select(0, step % BATCHES);
                    double loss = training.step(batch, batch).values().stream()
                            .mapToDouble(Double::doubleValue)
                            .sum();
                    assertEquals(losses[step], loss, TOLERANCE * losses[0], "loss of step " + step);
                }
                coder.parameters().forEach((parameter, value) -> assertClose(golden.get("last." + parameter), value));
                assertTrue(golden.get("silent").bitsEqual(coder.buffers().get("silentSteps")));
                if (sparsity instanceof Sparsity.BatchTopK || sparsity instanceof Sparsity.Matryoshka) {
                    assertClose(
                            golden.get("threshold").reshape(), coder.buffers().get("threshold"));
                }
                checkDictionary(coder, golden, batches.select(0, 0));
            }
        }
    }

    /// What SAELens' inference class makes of its saved weights, ours makes of the folded dictionary.
    private static void checkDictionary(Coder coder, Map<String, Tensor> golden, Tensor x) {
        try (Dictionary dictionary = coder.dictionary(NOWHERE)) {
            SparseRows codes = dictionary.encode(x);
            assertClose(golden.get("codes"), codes.dense(x.dtype()));
            assertClose(golden.get("output"), dictionary.decode(codes, x));
            if (!(dictionary.activation() instanceof Activation.TopK)) {
                for (double norm : dictionary.decoderNorms()) {
                    assertEquals(1, norm, 1e-12);
                }
            }
        }
    }

    @Test
    void temporalCodesAreSaeLensOwn() {
        try (Scope _ = Scope.open();
                TemporalCoder coder = new TemporalCoder(
                        new TemporalSettings(4, 2, 3, 2, true), 8, WIDTH, cutaway.tensor.Dtype.F64, 1)) {
            Map<String, Tensor> golden = read("temporal");
            coder.parameters().forEach((parameter, value) -> value.assign(golden.get("first." + parameter)));
            TemporalCoder.Codes codes = coder.encode(coder.parameters(), golden.get("x"));
            assertClose(golden.get("novel"), codes.novel());
            assertClose(golden.get("predicted"), codes.predicted());
            assertClose(golden.get("output"), coder.decode(coder.parameters(), codes));
        }
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        double largest = expected.abs().reshape(-1).max(0, false).item();
        double difference =
                expected.minus(actual).abs().reshape(-1).max(0, false).item();
        assertTrue(difference <= TOLERANCE * largest, difference + " apart, of " + largest);
    }

    private static Map<String, Tensor> read(String name) {
        try (SafetensorsFile file = SafetensorsFile.open(Path.of(SaeLensTest.class
                .getResource("/saelens/" + name + ".safetensors")
                .toURI()))) {
            return TensorFile.readAll(file);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
