package cutaway.features.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.coder.Wiring;
import cutaway.tensor.Adam;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.Checkpoint;
import cutaway.tensor.training.Curve;
import cutaway.tensor.training.Pace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {

    private static final int D = 8;
    private static final int WIDTH = 24;
    private static final Schedule SCHEDULE = new Schedule(30, 0.01, 5, 10, 7);
    private static final Pace PACE = new Pace(10, 10);

    @TempDir
    Path folder;

    /// Tokens of a few directions each, the same for the same step.
    private static Trainer.Batch batch(long step) {
        return new Trainer.Batch(mixed(step), mixed(step));
    }

    private static Tensor mixed(long step) {
        return Scope.keep(() -> {
            Tensor atoms = new Random(1).normal(WIDTH, D);
            Tensor codes = new Random(100 + step).normal(64, WIDTH).minus(1).relu();
            return codes.matmul(atoms);
        });
    }

    static Stream<CoderSettings> kinds() {
        return Stream.of(
                new CoderSettings(new Sparsity.TopK(3)).deadAfter(2),
                new CoderSettings(new Sparsity.BatchTopK(3)).with(new Wiring.Autoencoder(true, false, true)),
                new CoderSettings(new Sparsity.JumpRelu(0.1)),
                new CoderSettings(new Sparsity.Matryoshka(3, List.of(8))),
                new CoderSettings(new Sparsity.Relu(0.1, 1, 0.5, 20)),
                new CoderSettings(new Sparsity.Gated(0.1)));
    }

    private Coder coder(CoderSettings settings) {
        try (Scope _ = Scope.open()) {
            return settings.create(WIDTH, 5, mixed(0), mixed(0));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aRunThatWasStoppedEndsBitForBitAsOneThatWasNot(CoderSettings settings) {
        try (Coder unbroken = coder(settings);
                Coder stopped = coder(settings);
                Coder resumed = coder(settings);
                Training one = training(unbroken);
                Training two = training(stopped);
                Training three = training(resumed)) {
            new Trainer(one, TrainerTest::batch, folder.resolve("one"), "r", PACE).run(0, _ -> {});
            Trainer broken = new Trainer(
                    two,
                    step -> {
                        if (step == 23) {
                            throw new IllegalStateException("stopped");
                        }
                        return batch(step);
                    },
                    folder.resolve("two"),
                    "r",
                    PACE);
            assertThrows(IllegalStateException.class, () -> broken.run(0, _ -> {}));
            Trainer again = new Trainer(three, TrainerTest::batch, folder.resolve("two"), "r", PACE);
            assertEquals(20, again.resume());
            again.run(0, _ -> {});
            assertEquals(30, three.steps());
            Map<String, Tensor> expected = one.state();
            three.state()
                    .forEach((name, tensor) ->
                            assertTrue(tensor.bitsEqual(Objects.requireNonNull(expected.get(name))), name));
        }
    }

    private static Training training(Coder coder) {
        return new Training(coder, SCHEDULE, Training.Options.USUAL);
    }

    @Test
    void aCheckpointOfAnotherRecipeIsRefused() {
        CoderSettings settings = new CoderSettings(new Sparsity.TopK(3));
        try (Coder coder = coder(settings);
                Training training = training(coder)) {
            new Trainer(training, TrainerTest::batch, folder, "one", PACE).run(0, _ -> {});
            BadInputException refused = assertThrows(
                    BadInputException.class,
                    () -> new Trainer(training, TrainerTest::batch, folder, "two", PACE).resume());
            assertTrue(refused.getMessage().contains("another run"), refused.getMessage());
        }
    }

    /// Stopped with its cause named, the parameters as they were, and the last checkpoint kept.
    @Test
    void aCollapseIsNamedAndTheLastGoodStateKept() {
        CoderSettings settings = new CoderSettings(new Sparsity.TopK(3));
        try (Coder coder = coder(settings);
                Training training = training(coder)) {
            Trainer trainer = new Trainer(
                    training,
                    step -> {
                        Trainer.Batch good = batch(step);
                        return step == 15
                                ? new Trainer.Batch(good.x().over(0), good.y().over(0))
                                : good;
                    },
                    folder,
                    "r",
                    PACE);
            BadInputException stopped = assertThrows(BadInputException.class, () -> trainer.run(0, _ -> {}));
            assertTrue(stopped.getMessage().contains("NaN or infinity at step 15"), stopped.getMessage());
            assertTrue(stopped.getMessage().contains(Checkpoint.FILE), stopped.getMessage());
            assertTrue(Files.exists(folder.resolve(Checkpoint.FILE)));
            coder.parameters()
                    .forEach((name, tensor) -> assertTrue(tensor.isFinite().all(), name));
            assertEquals(10, trainer.resume());
        }
    }

    @Test
    void theCurveGoesOnWhereTheCheckpointIs() {
        CoderSettings settings = new CoderSettings(new Sparsity.TopK(3));
        try (Coder coder = coder(settings);
                Training training = training(coder)) {
            Curve<Progress> curve = Curve.of(folder, 0, Progress.class);
            new Trainer(training, TrainerTest::batch, folder, "r", PACE).run(0, curve::add);
            List<Long> steps = new ArrayList<>();
            Curve.of(folder, 20, Progress.class).points().forEach(point -> steps.add(point.step()));
            assertEquals(List.of(1L, 10L, 20L), steps);
            assertTrue(
                    curve.points().getLast().loss() < curve.points().getFirst().loss() / 2);
            assertEquals(3, curve.points().getLast().l0(), 0.5);
        }
    }

    /// Rows that no token touches wait in the lazy mode only; both modes learn.
    @Test
    void lazyRowsWait() {
        CoderSettings settings = new CoderSettings(new Sparsity.TopK(1, true, 0, 0));
        for (boolean lazy : new boolean[] {false, true}) {
            try (Scope _ = Scope.open();
                    Coder coder = coder(settings);
                    Training training =
                            new Training(coder, SCHEDULE, new Training.Options(Adam.Settings.USUAL, 1, lazy, false))) {
                Tensor all = batch(0).x();
                training.step(all, all);
                Tensor before = Objects.requireNonNull(coder.parameters().get("decoder"))
                        .copy();
                Tensor single = all.slice(0, 0, 1);
                training.step(single, single);
                double[] moved = Objects.requireNonNull(coder.parameters().get("decoder"))
                        .minus(before)
                        .abs()
                        .sum(1, false)
                        .toDoubles();
                int rows = 0;
                for (double row : moved) {
                    rows += row > 0 ? 1 : 0;
                }
                if (lazy) {
                    assertEquals(1, rows);
                } else {
                    assertTrue(rows > 5, "rows that moved: " + rows);
                }
            }
        }
    }

    @Test
    void memoryStaysFlat() {
        CoderSettings settings = new CoderSettings(new Sparsity.TopK(3)).deadAfter(2);
        try (Coder coder = coder(settings);
                Training training = new Training(coder, new Schedule(2000, 0.001, 0, 0, 0), Training.Options.USUAL)) {
            step(training, 50);
            long live = Tensor.live();
            step(training, 1000);
            assertEquals(live, Tensor.live());
        }
    }

    private static void step(Training training, int steps) {
        for (int i = 0; i < steps; i++) {
            try (Scope _ = Scope.open()) {
                Tensor x = mixed(i);
                training.step(x, x);
            }
        }
    }
}
