package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AdditionTest {

    @Test
    void digitsMakeTheSum() {
        Addition task = new Addition(0.7);
        assertEquals(7000, task.examples(1, 0).trainSize());
        for (Task.Rows rows : new Task.Rows[] {Filled.train(task, 1, 0, 7000), Filled.test(task, 1)}) {
            for (int n = 0; n < rows.count(); n++) {
                long[] digits = rows.classes();
                assertEquals(
                        rows.tokens()[2 * n] + rows.tokens()[2 * n + 1],
                        digits[3 * n] + 10 * digits[3 * n + 1] + 100 * digits[3 * n + 2]);
            }
        }
        assertEquals(3000, Filled.test(task, 1).count());
    }
}
