package cutaway.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.net.Activation;
import cutaway.lab.net.Mlp;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.task.Brackets;
import cutaway.lab.task.Othello;
import cutaway.lab.task.SparseParity;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Objective;
import cutaway.lab.train.Training;
import cutaway.tensor.Autograd;
import cutaway.tensor.Optimiser;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.LearningRate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A step that goes through a few instances and examples at a time has the losses and gradients of the whole.
class PiecesTest {

    /// One instance whose examples are parted, tokens of which unequally many are asked for; several instances in
    /// groups; both.
    static Stream<Recipe> recipes() {
        return Stream.of(
                        Recipe.usual(new Othello(6))
                                .with("net", TransformerNet.usual(1, 64, 4))
                                .with("batch", 64),
                        Recipe.usual(new Brackets(12, false))
                                .with("net", TransformerNet.usual(1, 32, 4))
                                .with("batch", 97)
                                .with("seeds", List.of(3L, 1L)),
                        Recipe.usual(new SparseParity(9, 2))
                                .with("net", new Mlp(List.of(300, 300), Activation.GELU))
                                .with("batch", 67)
                                .with("seeds", LongStream.range(0, 5).boxed().toList()))
                .map(recipe -> recipe.with("precision", Precision.FLOAT64));
    }

    /// Keeps what it is told.
    private static final class Kept implements Optimiser {
        private final Map<String, double[]> gradients = new LinkedHashMap<>();

        @Override
        public void step(Map<String, Tensor> slopes, double rate, double[] scale) {
            slopes.forEach((name, slope) -> gradients.put(name, slope.toDoubles()));
        }

        @Override
        public long steps() {
            return 0;
        }

        @Override
        public Map<String, Tensor> state() {
            return Map.of();
        }

        @Override
        public void restore(Map<String, Tensor> state, long steps) {}

        @Override
        public void close() {}
    }

    private static final class Counting implements Objective {
        private final Objective base;
        private final List<Long> examples = new ArrayList<>();

        Counting(Objective base) {
            this.base = base;
        }

        @Override
        public Map<String, Tensor> parameters() {
            return base.parameters();
        }

        @Override
        public int instances() {
            return base.instances();
        }

        @Override
        public Tensor losses(Map<String, Tensor> from, Batch batch) {
            synchronized (examples) {
                examples.add(batch.x().dim(0) * batch.x().dim(1));
            }
            return base.losses(from, batch);
        }

        @Override
        public Optional<double[]> asked(Batch batch) {
            return base.asked(batch);
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void makeUpTheWhole(Recipe recipe) {
        try (StepByStep whole = StepByStep.of(recipe);
                SmallNet net = SmallNet.start(recipe)) {
            Batch batch = whole.batch(0);
            Counting counting = new Counting(net);
            Kept kept = new Kept();
            double loss;
            try (Training training = new Training(counting, kept, LearningRate.constant(1), 1, 0)) {
                loss = training.step(batch);
            }
            assertTrue(counting.examples.size() > 1, "it goes in pieces: " + counting.examples);
            assertEquals(
                    batch.x().dim(0) * batch.x().dim(1),
                    counting.examples.stream().mapToLong(Long::longValue).sum());
            Map<String, Tensor> leaves = new LinkedHashMap<>();
            net.parameters().forEach((name, parameter) -> leaves.put(name, Autograd.track(parameter)));
            Tensor total = net.losses(leaves, batch).sum();
            assertEquals(total.item(), loss, 1e-12 * loss);
            List<Tensor> slopes = Autograd.gradients(total, List.copyOf(leaves.values()));
            int at = 0;
            for (String name : leaves.keySet()) {
                assertArrayEquals(
                        slopes.get(at++).toDoubles(), Objects.requireNonNull(kept.gradients.get(name)), 1e-12, name);
            }
        }
    }
}
