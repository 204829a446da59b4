package cutaway.model.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.gguf.BlockType;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Tap;
import cutaway.tensor.Autograd;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same model with its weights kept unpacked, and unpacked tile by tile at each use.
class PackedModelTest {

    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final int[] IDS = {3, 41, 59, 26, 5, 88, 13};
    private static final WeightOptions KEPT = new WeightOptions(Arithmetic.F32, 1L << 30);
    private static final WeightOptions PASSING = new WeightOptions(Arithmetic.F32, 0);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "converted/llama-q4_0/model.gguf",
                "converted/llama-q4_k/model.gguf",
                "converted/gemma2-q8_0/model.gguf",
                "converted/phi3/model.gguf",
                "golden/gpt-neox",
                "golden/bert",
                "differential/llama-00"
            })
    void passingWeightsGiveWhatKeptOnesDo(String path) {
        try (Model kept = Model.open(RESOURCES.resolve(path), KEPT);
                Model passing = Model.open(RESOURCES.resolve(path), PASSING);
                Scope scope = Scope.open()) {
            Batch batch = batch(kept);
            assertClose(1e-6, kept.forward(batch, Tap.NONE), passing.forward(batch, Tap.NONE));
        }
    }

    /// In float64 to float64's noise: no step on the way of a tile is in float32.
    @ParameterizedTest
    @ValueSource(strings = {"converted/llama-q4_k/model.gguf", "converted/gemma2-q8_0/model.gguf", "golden/gpt-neox"})
    void passingWeightsGiveWhatKeptOnesDoInFloat64(String path) {
        try (Model kept = Model.open(RESOURCES.resolve(path), new WeightOptions(Arithmetic.F64, 1L << 30));
                Model passing = Model.open(RESOURCES.resolve(path), new WeightOptions(Arithmetic.F64, 0));
                Scope scope = Scope.open()) {
            Batch batch = batch(kept);
            Tensor expected = kept.forward(batch, Tap.NONE);
            assertEquals(Dtype.F64, expected.dtype());
            assertClose(1e-13, expected, passing.forward(batch, Tap.NONE));
        }
    }

    /// Gradients flow through matrices that stay packed, and are those of the unpacked ones.
    @ParameterizedTest
    @ValueSource(strings = {"converted/llama-q4_0/model.gguf", "converted/gemma2-q8_0/model.gguf"})
    void gradientsFlowThrough(String path) {
        try (Model kept = Model.open(RESOURCES.resolve(path), KEPT);
                Model passing = Model.open(RESOURCES.resolve(path), PASSING);
                Scope scope = Scope.open()) {
            Tensor expected = gradient(kept);
            assertTrue(expected.norm() > 0);
            assertClose(1e-6, expected, gradient(passing));
        }
    }

    private static Tensor gradient(Model model) {
        Tensor[] embedded = new Tensor[1];
        Tap track = (point, value) -> point.kind() == Kind.EMBED ? embedded[0] = Autograd.track(value) : value;
        Tensor logits = model.forward(batch(model), (point, value) -> {
            Tensor seen = track.at(point, value);
            return point.kind() == Kind.EMBED ? Scope.detach(seen) : seen;
        });
        Tensor last = logits.select(1, logits.dim(1) - 1).select(1, 7).sum();
        Tensor gradient = Autograd.gradients(last, List.of(embedded[0])).getFirst();
        embedded[0].close();
        return gradient;
    }

    /// Rounding to 8 bits of mantissa: errors of the order of 2^-8, in every mode alike.
    @ParameterizedTest
    @ValueSource(strings = {"converted/llama-q8_0/model.gguf", "golden/gpt2"})
    void bfloat16IsNearButNotTheSame(String path) {
        try (Model exact = Model.open(RESOURCES.resolve(path), KEPT);
                Model kept = Model.open(RESOURCES.resolve(path), new WeightOptions(Arithmetic.BF16, 1L << 30));
                Model passing = Model.open(RESOURCES.resolve(path), new WeightOptions(Arithmetic.BF16, 0));
                Scope scope = Scope.open()) {
            Batch batch = batch(exact);
            Tensor expected = exact.forward(batch, Tap.NONE);
            Tensor rounded = kept.forward(batch, Tap.NONE);
            double error = distance(expected, rounded);
            assertTrue(error > 1e-4 && error < 0.05, "relative error " + error);
            assertClose(1e-6, rounded, passing.forward(batch, Tap.NONE));
        }
    }

    /// Tiles that do not divide the rows, and rows in another order, against LibTorch's product of the whole.
    @ParameterizedTest
    @ValueSource(longs = {1, 300, 1000, 5000, 1 << 20})
    void tilesJoinToTheWholeProduct(long tile) {
        try (Scope scope = Scope.open();
                WeightMemory memory = new WeightMemory(Arithmetic.F32, 0, tile)) {
            Random random = new Random(3);
            Tensor stored = random.normal(23, 13);
            int[] order = {22, 4, 4, 0, 19, 7, 1, 2, 3, 21, 11};
            Tensor weight = stored.gatherRows(
                    0, Tensor.of(IntStream.of(order).asLongStream().toArray(), order.length));
            Matrix matrix =
                    new PackedMatrix(new StoredRows(BlockType.F32, stored.data(), 13, order.length, order), memory);
            Tensor bias = random.normal(order.length);
            for (Tensor x : List.of(random.normal(2, 7, 13), random.normal(1, 1, 13), random.normal(13))) {
                assertClose(1e-6, x.linear(weight, bias), matrix.times(x, bias));
                assertClose(1e-6, x.linear(weight, null), matrix.times(x, null));
            }
            assertTrue(weight.bitsEqual(matrix.whole()));
            assertTrue(weight.gatherRows(0, Tensor.of(new long[] {10, 2}, 2))
                    .bitsEqual(matrix.rows(Tensor.of(new long[] {10, 2}, 2))));
        }
    }

    /// Matrices of one input share tiles: each product is still its own matrix's.
    @ParameterizedTest
    @ValueSource(longs = {1, 300, 1000, 5000, 1 << 20})
    void matricesShareTiles(long tile) {
        for (Arithmetic arithmetic : Arithmetic.values()) {
            try (Scope scope = Scope.open();
                    WeightMemory memory = new WeightMemory(arithmetic, 0, tile)) {
                Random random = new Random(4);
                List<Tensor> weights = List.of(random.normal(23, 12), random.normal(1, 12), random.normal(8, 12));
                List<Matrix> matrices = weights.stream()
                        .<Matrix>map(weight -> new PackedMatrix(
                                new StoredRows(BlockType.F32, weight.data(), 12, weight.dim(0), null), memory))
                        .toList();
                for (Tensor drawn : List.of(random.normal(2, 7, 12), random.normal(1, 1, 12))) {
                    Tensor x = drawn.to(arithmetic.activations());
                    assertTrue(TiledProducts.areFor(x, matrices));
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> matrices.getFirst().times(x.slice(-1, 0, 11), null));
                    List<Tensor> products = TiledProducts.of(x, matrices);
                    for (int i = 0; i < matrices.size(); i++) {
                        Tensor weight = weights.get(i).to(arithmetic.dtype());
                        double limit = arithmetic == Arithmetic.F64 ? 1e-14 : 1e-6;
                        assertEquals(x.dtype(), products.get(i).dtype());
                        assertClose(limit, Matrix.product(x, weight, null), products.get(i));
                    }
                }
            }
        }
    }

    /// A budget that holds some matrices and not others is spent, not exceeded.
    @ParameterizedTest
    @ValueSource(longs = {0, 10_000, 100_000, 1 << 30})
    void theBudgetIsKept(long bytes) {
        WeightMemory memory = new WeightMemory(Arithmetic.F32, bytes);
        long granted = 0;
        for (long size : new long[] {4_000, 90_000, 6_000, 500, 1 << 20}) {
            granted += memory.grant(size) ? size : 0;
        }
        assertTrue(granted <= bytes);
        assertEquals(bytes >= 4_000, granted >= 4_000);
        memory.close();
    }

    /// What passes through leaves nothing behind.
    @ParameterizedTest
    @ValueSource(strings = "converted/llama-q4_0/model.gguf")
    void closingFreesEverything(String path) {
        long before = Tensor.live();
        for (WeightOptions options : new WeightOptions[] {KEPT, PASSING}) {
            try (Model model = Model.open(RESOURCES.resolve(path), options)) {
                Scope.free(() -> model.forward(batch(model), Tap.NONE).toFloats());
            }
            assertEquals(before, Tensor.live());
        }
    }

    private static Batch batch(Model model) {
        int[] ids = IDS.clone();
        for (int i = 0; i < ids.length; i++) {
            ids[i] %= model.sizes().vocab();
        }
        return Batch.of(ids);
    }

    private static void assertClose(double limit, Tensor expected, Tensor actual) {
        double distance = distance(expected, actual);
        assertTrue(distance <= limit, "relative distance " + distance);
    }

    private static double distance(Tensor expected, Tensor actual) {
        return actual.minus(expected).norm() / expected.norm();
    }
}
