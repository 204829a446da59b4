package cutaway.lab.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.train.Batch;
import cutaway.lab.train.Objective;
import cutaway.lab.train.Training;
import cutaway.tensor.Adam;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.StackedLinear;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import cutaway.tensor.training.LearningRate;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraTest {

    private static final int IN = 6;
    private static final int OUT = 5;

    @TempDir
    private Path folder;

    /// A linear map of two instances.
    private static final class LinearMap implements Objective {
        private final Map<String, Tensor> weights;

        LinearMap(Map<String, Tensor> weights) {
            this.weights = weights;
        }

        @Override
        public Map<String, Tensor> parameters() {
            return weights;
        }

        @Override
        public int instances() {
            return 2;
        }

        @Override
        public Tensor losses(Map<String, Tensor> from, Batch batch) {
            Tensor made = StackedLinear.product(batch.x(), from.get("w"), from.get("b"));
            return made.minus(batch.y()).square().reshape(2, -1).mean(1, false);
        }
    }

    private static Map<String, Tensor> weights() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("w", new Random(1).normal(2, OUT, IN));
        weights.put("b", new Random(2).normal(2, OUT));
        return weights;
    }

    /// A change of rank 1 is found by an adapter of rank 1, and the model's own weights stay as they are.
    @Test
    void aPlantedChangeOfRankOneIsLearned() {
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> weights = weights();
            float[] before = weights.get("w").toFloats();
            Tensor planted = new Random(3).normal(2, OUT, 1).matmul(new Random(4).normal(2, 1, IN));
            Tensor x = new Random(5).normal(2, 200, IN);
            Tensor y = StackedLinear.product(x, weights.get("w").plus(planted), weights.get("b"));
            Batch batch = new Batch(x, y, null);
            LinearMap base = new LinearMap(weights);
            try (Lora lora = Lora.start(weights, List.of("w"), 1, 2, 7)) {
                Objective adapted = lora.over(base);
                double[] first = adapted.losses(adapted.parameters(), batch).toDoubles();
                assertArrayEquals(base.losses(weights, batch).toDoubles(), first, 1e-9, "it begins as the model");
                try (Training training = new Training(
                        adapted,
                        new Adam(adapted.parameters(), Adam.Settings.USUAL),
                        LearningRate.constant(0.03),
                        800,
                        0)) {
                    while (!training.isDone()) {
                        training.step(batch);
                    }
                }
                double[] last = adapted.losses(adapted.parameters(), batch).toDoubles();
                assertTrue(last[0] < 1e-3 * first[0] && last[1] < 1e-3 * first[1], last[0] + " " + last[1]);
                assertArrayEquals(before, weights.get("w").toFloats());

                lora.merge(weights);
                assertArrayEquals(last, base.losses(weights, batch).toDoubles(), 1e-6);
                lora.unmerge(weights);
                assertArrayEquals(before, weights.get("w").toFloats(), 1e-6f);

                Path file = folder.resolve("adapter.safetensors");
                lora.write(file);
                try (Lora read = Lora.read(file)) {
                    assertEquals(List.of("w"), read.adapted());
                    read.merge(weights);
                    assertArrayEquals(last, base.losses(weights, batch).toDoubles(), 1e-6);
                }
            }
        }
    }

    @Test
    void whatIsNoMatrixOrNoAdapterIsRefused() {
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> weights = Map.of("w", Tensor.zeros(3));
            assertThrows(BadInputException.class, () -> Lora.start(weights, List.of("w"), 1, 1, 0));
            assertThrows(BadInputException.class, () -> Lora.start(weights, List.of("v"), 1, 1, 0));
            Path file = folder.resolve("plain.safetensors");
            TensorFile.write(file, new LinkedHashMap<>(weights), Map.of());
            String message =
                    assertThrows(BadInputException.class, () -> Lora.read(file)).getMessage();
            assertTrue(message.contains("holds no adapter"), message);
        }
    }
}
