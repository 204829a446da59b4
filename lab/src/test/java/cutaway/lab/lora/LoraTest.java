package cutaway.lab.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Lab;
import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.task.Equivalence;
import cutaway.lab.task.TaskData;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Objective;
import cutaway.lab.train.Training;
import cutaway.tensor.Adam;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
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
            try (Lora lora = Lora.start(base, List.of("w"), 1, 2, 7)) {
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

                lora.merged(weights);
                Map<String, Tensor> merged = lora.merged(weights); // once more adds nothing twice
                assertArrayEquals(last, base.losses(merged, batch).toDoubles(), 1e-6);
                assertSame(weights.get("b"), merged.get("b"));
                assertArrayEquals(before, weights.get("w").toFloats());

                Path file = folder.resolve("adapter.safetensors");
                lora.write(file);
                try (Lora read = Lora.read(file)) {
                    assertEquals(List.of("w"), read.adapted());
                    assertArrayEquals(
                            last, base.losses(read.merged(weights), batch).toDoubles(), 1e-6);
                }
            }
        }
    }

    /// What docs/lab.md shows: a model of the lab keeps its parameters, and the adapter learns another task.
    @Test
    void aTrainedModelTakesAnAdapter() {
        Recipe recipe =
                Recipe.usual(new Equivalence(12, 3, 0.8)).with("steps", 200).with("seeds", List.of(0L, 1L));
        try (Trained trained = new Lab(folder).train(recipe, Lab.SILENT);
                TaskData data = new TaskData(new Equivalence(12, 4, 0.8), recipe.instances(), 0, Dtype.F32);
                Lora lora = Lora.start(trained.objective(), List.of("hidden.0.weight"), 4, 8, 0);
                Scope _ = Scope.open()) {
            assertThrows(
                    BadInputException.class, () -> Lora.start(trained.objective(), List.of("hidden.0.bias"), 1, 1, 0));
            float[] before = trained.parameters().get("hidden.0.weight").toFloats();
            Objective adapted = lora.over(trained.objective());
            double[] first = loss(adapted, data.batch(0));
            try (Training training = new Training(
                    adapted,
                    new Adam(adapted.parameters(), Adam.Settings.USUAL),
                    LearningRate.constant(1e-2),
                    200,
                    0)) {
                while (!training.isDone()) {
                    training.step(data.batch(training.steps()));
                }
            }
            double[] last = loss(adapted, data.batch(0));
            assertTrue(last[0] < 0.9 * first[0] && last[1] < 0.9 * first[1], first[0] + " " + last[0]);
            assertArrayEquals(
                    before, trained.parameters().get("hidden.0.weight").toFloats());
            Map<String, Tensor> merged = lora.merged(trained.parameters());
            assertArrayEquals(
                    last, trained.objective().measures(merged, data.batch(0)).get("loss"), 1e-6);
        }
    }

    private static double[] loss(Objective objective, Batch batch) {
        return objective.measures(objective.parameters(), batch).get("loss");
    }

    private static void refused(Map<String, Tensor> weights, String name, int rank, String why) {
        String message = assertThrows(
                        BadInputException.class, () -> Lora.start(new LinearMap(weights), List.of(name), rank, 1, 0))
                .getMessage();
        assertTrue(message.contains(why), message);
    }

    @Test
    void whatIsNoMatrixOrNoAdapterIsRefused() {
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> weights = weights();
            refused(weights, "b", 1, "there is no matrix b to adapt; expected some of w."); // [instance, out]
            refused(weights, "v", 1, "there is no matrix v to adapt; expected some of w.");
            refused(weights, "w", 6, "the rank 6 over w, which is 5 by 6; give a rank of at most 5.");
            Path file = folder.resolve("plain.safetensors");
            TensorFile.write(file, new LinkedHashMap<>(weights), Map.of());
            String message =
                    assertThrows(BadInputException.class, () -> Lora.read(file)).getMessage();
            assertTrue(message.contains("holds no adapter"), message);
        }
    }
}
