package cutaway.lab.task;

import cutaway.lab.task.Task.Rows;

/// Examples of a task, for its tests.
final class Filled {

    private Filled() {}

    static Rows train(Task task, long seed, long step, int count) {
        Rows rows = Rows.of(count, task.input(), task.target());
        task.examples(seed, 0).train(step, rows);
        return rows;
    }

    static Rows test(Task task, long seed) {
        Examples examples = task.examples(seed, 0);
        Rows rows = Rows.of(examples.testSize(), task.input(), task.target());
        examples.test(rows);
        return rows;
    }
}
