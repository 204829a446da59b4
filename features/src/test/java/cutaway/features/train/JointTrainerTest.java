package cutaway.features.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.Checkpoint;
import cutaway.tensor.training.Pace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several coders in one pass over the data.
class JointTrainerTest {

    private static final int D = 8;
    private static final Pace PACE = new Pace(10, 10);

    /// One dictionary: what it is made of, and how fast it learns.
    private record Made(CoderSettings settings, int width, long seed, Schedule schedule) {}

    private static final List<Made> ALL = List.of(
            new Made(topK(3), 24, 5, new Schedule(30, 0.01, 5, 10, 7)),
            new Made(topK(2), 16, 5, new Schedule(30, 0.02, 5, 10, 7)),
            new Made(topK(3), 24, 6, new Schedule(30, 0.01, 5, 10, 7)),
            new Made(new CoderSettings(new Sparsity.JumpRelu(0.1)), 24, 5, new Schedule(30, 0.01, 5, 10, 7)));

    @TempDir
    private Path folder;

    private final List<Long> asked = new ArrayList<>();
    private final List<Training> open = new ArrayList<>();
    private long live;

    private static CoderSettings topK(int k) {
        return new CoderSettings(new Sparsity.TopK(k)).deadAfter(2);
    }

    private static Tensor tokens(long step) {
        return Scope.keep(() -> {
            Tensor atoms = new Random(1).normal(24, D);
            Tensor codes = new Random(100 + step).normal(64, 24).minus(1).relu();
            return codes.matmul(atoms);
        });
    }

    private Trainer.Source source(LongFunction<Tensor> of) {
        return step -> {
            asked.add(step);
            Tensor x = of.apply(step);
            return new Trainer.Batch(x, x);
        };
    }

    @BeforeEach
    void countTensors() {
        live = Tensor.live();
    }

    @AfterEach
    void nothingIsLeft() {
        close();
        assertEquals(live, Tensor.live());
    }

    private void close() {
        open.forEach(training -> {
            training.close();
            training.coder().close();
        });
        open.clear();
    }

    private Training training(Made made) {
        try (Scope _ = Scope.open()) {
            Tensor first = tokens(0);
            Coder coder = made.settings.create(made.width, made.seed, first, first);
            Training training = new Training(coder, made.schedule, Training.Options.USUAL);
            open.add(training);
            return training;
        }
    }

    private JointTrainer joint(List<Training> trainings, Trainer.Source source) {
        List<JointTrainer.Run> runs = new ArrayList<>();
        for (int i = 0; i < trainings.size(); i++) {
            Trainer trainer = new Trainer(trainings.get(i), source, folder.resolve("joint-" + i), "r", PACE);
            trainer.resume();
            runs.add(new JointTrainer.Run(trainer, 0, _ -> {}));
        }
        return new JointTrainer(runs);
    }

    private List<Training> alone() {
        List<Training> all = new ArrayList<>();
        for (int i = 0; i < ALL.size(); i++) {
            Training training = training(ALL.get(i));
            new Trainer(training, source(JointTrainerTest::tokens), folder.resolve("alone-" + i), "r", PACE)
                    .run(0, _ -> {});
            all.add(training);
        }
        return all;
    }

    private static void assertSameBits(List<Training> expected, List<Training> found) {
        for (int i = 0; i < expected.size(); i++) {
            Map<String, Tensor> state = expected.get(i).state();
            int at = i;
            found.get(i)
                    .state()
                    .forEach((name, tensor) ->
                            assertTrue(tensor.bitsEqual(Objects.requireNonNull(state.get(name))), at + " " + name));
        }
    }

    @Test
    void eachEndsAsItDoesAloneAndEveryBatchIsReadOnce() {
        List<Training> alone = alone();
        asked.clear();
        List<Training> together = ALL.stream().map(this::training).toList();
        joint(together, source(JointTrainerTest::tokens)).run();
        assertEquals(30, asked.size());
        assertEquals(30, asked.stream().distinct().count());
        assertSameBits(alone, together);
    }

    /// Stopped after step 23 of all, and one of them without its last checkpoint: that one catches up first.
    @Test
    void stoppedAtDifferentStepsTheyEndAsUnbroken() throws IOException {
        List<Training> alone = alone();
        List<Training> stopped = ALL.stream().map(this::training).toList();
        Path first = folder.resolve("joint-1").resolve(Checkpoint.FILE);
        Path kept = folder.resolve("kept");
        JointTrainer broken = joint(stopped, source(step -> {
            if (step == 15) {
                copy(first, kept);
            }
            if (step == 23) {
                throw new IllegalStateException("stopped");
            }
            return tokens(step);
        }));
        assertThrows(IllegalStateException.class, broken::run);
        Files.move(kept, first, StandardCopyOption.REPLACE_EXISTING);
        List<Training> resumed = ALL.stream().map(this::training).toList();
        JointTrainer again = joint(resumed, source(JointTrainerTest::tokens));
        assertEquals(
                List.of(20L, 10L, 20L, 20L),
                resumed.stream().map(Training::steps).toList());
        asked.clear();
        again.run();
        assertEquals(LongStream.range(10, 30).boxed().toList(), asked);
        assertSameBits(alone, resumed);
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The rate of the second is beyond all reason: it is named, and the others lose no step.
    @Test
    void whenOneCollapsesTheOthersAreKept() {
        Made wild = new Made(topK(2), 16, 5, new Schedule(30, 1e30, 0, 0, 0));
        List<Training> together = List.of(training(ALL.get(0)), training(wild), training(ALL.get(2)));
        JointTrainer joint = joint(together, source(JointTrainerTest::tokens));
        BadInputException failed = assertThrows(BadInputException.class, joint::run);
        assertTrue(failed.getMessage().startsWith("of 3 dictionaries, joint-1 failed: "), failed.getMessage());
        long reached = together.get(0).steps();
        assertTrue(reached > 0 && reached < 30, "steps " + reached);
        List<Training> resumed = List.of(training(ALL.get(0)));
        joint(resumed, source(JointTrainerTest::tokens));
        assertEquals(reached, resumed.getFirst().steps());
    }
}
