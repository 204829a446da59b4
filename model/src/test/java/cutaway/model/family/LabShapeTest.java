package cutaway.model.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Activation;
import cutaway.model.parts.Readout;
import cutaway.model.parts.Tap;
import cutaway.model.parts.Transformer;
import cutaway.model.weights.DenseMatrix;
import cutaway.model.weights.Matrix;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class LabShapeTest {

    private static final int[] IDS = {3, 1, 4, 1, 5};

    private static final LabShape ATTENTION_ONLY = new LabShape(
            2,
            6,
            2,
            3,
            0,
            7,
            8,
            LabShape.NormKind.NONE,
            LabShape.Positions.NONE,
            Activation.RELU,
            false,
            false,
            true,
            null);

    @TempDir
    Path folder;

    static List<LabShape> shapes() {
        return List.of(
                ATTENTION_ONLY,
                new LabShape(
                        1,
                        6,
                        3,
                        2,
                        9,
                        7,
                        8,
                        LabShape.NormKind.RMS,
                        LabShape.Positions.ROTARY,
                        Activation.GELU,
                        false,
                        true,
                        true,
                        null),
                new LabShape(
                        2,
                        6,
                        2,
                        3,
                        9,
                        7,
                        8,
                        LabShape.NormKind.LAYER,
                        LabShape.Positions.LEARNED,
                        Activation.RELU,
                        true,
                        false,
                        false,
                        null),
                new LabShape(
                        1,
                        6,
                        2,
                        3,
                        9,
                        7,
                        8,
                        LabShape.NormKind.NONE,
                        LabShape.Positions.LEARNED,
                        Activation.SILU,
                        true,
                        true,
                        true,
                        new Readout.Distances(4, 1e-4)));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void whatIsOpenedFromItsFileIsWhatWasInTraining(LabShape shape) throws IOException {
        try (Scope _ = Scope.open()) {
            LinkedHashMap<String, Tensor> weights = random(shape);
            write(shape, weights);
            try (Model model = Model.open(folder)) {
                assertEquals("cutaway_lab", model.family());
                assertEquals(shape.context(), model.sizes().context());
                assertEquals(shape.dMlp(), model.sizes().dMlp());
                Tensor opened = model.forward(Batch.of(IDS), Tap.NONE);
                assertArrayEquals(logits(shape, weights).toFloats(), opened.toFloats(), 1e-5f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyWeightIsDifferentiated(LabShape shape) {
        try (Scope _ = Scope.open()) {
            LinkedHashMap<String, Tensor> tracked = new LinkedHashMap<>();
            random(shape).forEach((name, value) -> tracked.put(name, Autograd.track(value)));
            Tensor loss = logits(shape, tracked).logSoftmax(-1).square().sum();
            List<Tensor> slopes = Autograd.gradients(loss, new ArrayList<>(tracked.values()));
            int i = 0;
            for (String name : tracked.keySet()) {
                boolean isConstant = name.endsWith("attn.k.bias"); // softmax takes no notice of it
                assertTrue(isConstant || slopes.get(i).norm() > 1e-6, name);
                i++;
            }
        }
    }

    /// GPT-2's shape, over the weights and against the logits of transformers' own.
    @Test
    void theShapeOfGpt2ComputesWhatTransformersDoes() {
        Path golden = Path.of("src/test/resources/golden/gpt2");
        LabShape shape = new LabShape(
                3,
                32,
                4,
                8,
                128,
                97,
                64,
                LabShape.NormKind.LAYER,
                LabShape.Positions.LEARNED,
                Activation.GELU_TANH,
                true,
                true,
                true,
                null);
        try (Scope _ = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(golden.resolve("model.safetensors"));
                Model gpt2 = Model.open(golden)) {
            Map<String, Tensor> stored = TensorFile.readAll(file);
            LinkedHashMap<String, Tensor> weights = new LinkedHashMap<>();
            shape.weights().keySet().forEach(name -> weights.put(name, ofGpt2(name, stored)));
            Tensor expected = gpt2.forward(Batch.of(IDS), Tap.NONE);
            assertArrayEquals(expected.toFloats(), logits(shape, weights).toFloats(), 1e-5f);
        }
    }

    private static Tensor ofGpt2(String name, Map<String, Tensor> stored) {
        String own = name.replace("embed.", "transformer.wte.")
                .replace("positions.", "transformer.wpe.")
                .replace("final_norm.", "transformer.ln_f.")
                .replace("blocks.", "transformer.h.")
                .replace("norm1.", "ln_1.")
                .replace("norm2.", "ln_2.")
                .replace("attn.out.", "attn.c_proj.")
                .replace("mlp.in.", "mlp.c_fc.")
                .replace("mlp.out.", "mlp.c_proj.");
        int part = "qkv".indexOf(name.replaceAll(".*attn\\.(.)\\..*", "$1"));
        String ofAll = part < 0 ? own : own.replaceAll("attn\\.[qkv]\\.", "attn.c_attn.");
        Tensor value = Objects.requireNonNull(stored.get(ofAll), ofAll);
        boolean isTurned = value.shape().rank() == 2 && ofAll.contains(".h.");
        Tensor rows = isTurned ? value.transpose(0, 1) : value;
        return (part < 0 ? rows : rows.slice(0, part * 32L, part * 32L + 32)).contiguous();
    }

    /// One layer of one head by hand: each position adds what it and those before it hold, as `softmax(q k)` says.
    @Test
    void attentionAloneIsWhatLoopsOverTheEquationGive() {
        LabShape shape = new LabShape(
                1,
                2,
                1,
                2,
                0,
                3,
                4,
                LabShape.NormKind.NONE,
                LabShape.Positions.NONE,
                Activation.RELU,
                false,
                true,
                true,
                null);
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> weights = random(shape);
            double[][] e = rows(weights, "embed.weight");
            int[] ids = {0, 2, 1};
            float[] found = logits(shape, weights, ids).toFloats();
            for (int pos = 0; pos < 3; pos++) {
                double[] q = times(rows(weights, "blocks.0.attn.q.weight"), e[ids[pos]]);
                double sum = 0;
                double[] gathered = new double[2];
                for (int key = 0; key <= pos; key++) {
                    double[] k = times(rows(weights, "blocks.0.attn.k.weight"), e[ids[key]]);
                    double[] v = times(rows(weights, "blocks.0.attn.v.weight"), e[ids[key]]);
                    double share = Math.exp((q[0] * k[0] + q[1] * k[1]) / Math.sqrt(2));
                    sum += share;
                    gathered[0] += share * v[0];
                    gathered[1] += share * v[1];
                }
                double[] z = {gathered[0] / sum, gathered[1] / sum};
                double[] out = times(rows(weights, "blocks.0.attn.out.weight"), z);
                for (int token = 0; token < 3; token++) {
                    double expected = (e[ids[pos]][0] + out[0]) * e[token][0] + (e[ids[pos]][1] + out[1]) * e[token][1];
                    assertEquals(expected, found[pos * 3 + token], 1e-5);
                }
            }
        }
    }

    @Test
    void aHarmonicHeadReadsDistances() {
        LabShape shape = shapes().getLast();
        try (Scope _ = Scope.open()) {
            LinkedHashMap<String, Tensor> weights = random(shape);
            double[][] e = rows(weights, "embed.weight");
            Transformer transformer = transformer(shape, weights);
            Tensor x = new Random(5).normal(1, 1, 6);
            double[] residual = x.toDoubles();
            float[] found = transformer.unembed(x, Tap.NONE).toFloats();
            float[] some = transformer
                    .unembed(x, Tensor.of(new long[] {6, 2}, 2), Tap.NONE)
                    .toFloats();
            for (int token = 0; token < 7; token++) {
                double squares = 0;
                for (int i = 0; i < 6; i++) {
                    squares += Math.pow(residual[i] - e[token][i], 2);
                }
                assertEquals(-2 * Math.log(squares + 1e-4), found[token], 1e-4);
            }
            assertArrayEquals(new float[] {found[6], found[2]}, some, 1e-5f);
        }
    }

    @Test
    void anUnknownNormIsRefusedWithThoseThatThereAre() throws IOException {
        Map<String, Object> config = new LinkedHashMap<>(ATTENTION_ONLY.config());
        config.put("norm", "batch");
        try (Scope _ = Scope.open()) {
            TensorFile.write(folder.resolve("model.safetensors"), random(ATTENTION_ONLY), Map.of());
            Files.writeString(folder.resolve("config.json"), JsonMapper.shared().writeValueAsString(config));
            String message = assertThrows(BadInputException.class, () -> Model.open(folder))
                    .getMessage();
            assertTrue(message.contains("batch") && message.contains("none, layer, rms"), message);
        }
    }

    private void write(LabShape shape, LinkedHashMap<String, Tensor> weights) throws IOException {
        TensorFile.write(folder.resolve("model.safetensors"), weights, Map.of());
        Files.writeString(folder.resolve("config.json"), JsonMapper.shared().writeValueAsString(shape.config()));
    }

    private static LinkedHashMap<String, Tensor> random(LabShape shape) {
        LinkedHashMap<String, Tensor> weights = new LinkedHashMap<>();
        Random random = new Random(7);
        shape.weights().forEach((name, size) -> weights.put(name, random.normal(size.dims())));
        return weights;
    }

    private static Transformer transformer(LabShape shape, Map<String, Tensor> weights) {
        return shape.build(new LabShape.Source() {
            @Override
            public Matrix matrix(String name, long out, long in) {
                return new DenseMatrix(Objects.requireNonNull(weights.get(name), name));
            }

            @Override
            public Tensor tensor(String name, long... dims) {
                return Objects.requireNonNull(weights.get(name), name);
            }

            @Override
            public Tensor ones(long... dims) {
                return Tensor.full(1, Dtype.F32, dims);
            }
        });
    }

    private static Tensor logits(LabShape shape, Map<String, Tensor> weights) {
        return logits(shape, weights, IDS);
    }

    private static Tensor logits(LabShape shape, Map<String, Tensor> weights, int... ids) {
        long[] row = Arrays.stream(ids).asLongStream().toArray();
        return transformer(shape, weights).forward(Tensor.of(row, 1, row.length), Tap.NONE);
    }

    private static double[][] rows(Map<String, Tensor> weights, String name) {
        Tensor matrix = Objects.requireNonNull(weights.get(name), name);
        double[][] rows = new double[(int) matrix.dim(0)][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = matrix.select(0, i).toDoubles();
        }
        return rows;
    }

    private static double[] times(double[][] matrix, double[] x) {
        double[] product = new double[matrix.length];
        for (int i = 0; i < product.length; i++) {
            for (int j = 0; j < x.length; j++) {
                product[i] += matrix[i][j] * x[j];
            }
        }
        return product;
    }
}
