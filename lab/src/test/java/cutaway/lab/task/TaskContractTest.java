package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Usual;
import cutaway.lab.task.Task.Rows;
import cutaway.lab.train.Batch;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds of every task; of digits where they were fetched (`scripts/digits`).
class TaskContractTest {

    static List<Task> tasks() {
        return Usual.tasks().stream()
                .filter(task -> !(task instanceof Digits) || Digits.areHere())
                .toList();
    }

    /// A batch is a function of seed and step alone, whatever was asked for before.
    @ParameterizedTest
    @MethodSource("tasks")
    void aBatchIsAFunctionOfSeedAndStep(Task task) {
        Examples used = task.examples(5, 0);
        Rows rows = Rows.of(13, task.input(), task.target());
        for (long step : new long[] {100, 0, 7}) {
            used.train(step, rows);
        }
        assertEquals(Filled.train(task, 5, 7, 13), rows);
        assertNotEquals(Filled.train(task, 5, 8, 13), rows);
        assertNotEquals(Filled.train(task, 6, 7, 13), rows);
        assertEquals(Filled.test(task, 5), Filled.test(task, 5));
        assertNotEquals(Filled.test(task, 6), Filled.test(task, 5));
    }

    /// Several instances in one batch, and each alone.
    @ParameterizedTest
    @MethodSource("tasks")
    void instancesSeeTheirOwnExamples(Task task) {
        List<TaskData.Instance> both = List.of(new TaskData.Instance(5, 0), new TaskData.Instance(9, 0));
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.F64}) {
            try (TaskData together = new TaskData(task, both, 13, dtype)) {
                for (int i = 0; i < both.size(); i++) {
                    try (TaskData alone = new TaskData(task, both.subList(i, i + 1), 13, dtype)) {
                        for (long step : new long[] {0, 3}) {
                            Batch all = together.batch(step);
                            Batch one = alone.batch(step);
                            assertTrue(one.x().select(0, 0).bitsEqual(all.x().select(0, i)));
                            assertTrue(one.y().select(0, 0).bitsEqual(all.y().select(0, i)));
                        }
                        assertTrue(alone.test()
                                .orElseThrow()
                                .x()
                                .select(0, 0)
                                .bitsEqual(together.test().orElseThrow().x().select(0, i)));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void sizesThatDoNotFitAreRefused(Task task) {
        List<TaskData.Instance> one = List.of(new TaskData.Instance(0, 0));
        int all = task.examples(0, 0).trainSize();
        assertThrows(BadInputException.class, () -> new TaskData(task, one, -1, Dtype.F32));
        if (all == 0) {
            assertThrows(BadInputException.class, () -> new TaskData(task, one, 0, Dtype.F32));
        } else {
            assertThrows(BadInputException.class, () -> new TaskData(task, one, all + 1, Dtype.F32));
            try (TaskData whole = new TaskData(task, one, 0, Dtype.F32)) {
                assertEquals(all, whole.size());
            }
        }
        assertFalse(task.variants().isEmpty());
    }
}
