package cutaway.lab.task;

import cutaway.lab.task.Task.Rows;

/// A finite number of examples, some of them held out ([Split]).
abstract class SplitExamples implements Examples {

    private final Split split;

    /// @param count of all
    /// @param share of them that is trained on
    SplitExamples(long seed, int count, double share) {
        this.split = new Split(seed, count, share);
    }

    /// Writes one of them.
    ///
    /// @param example from 0
    /// @param n the row
    abstract void put(int example, Rows rows, int n);

    @Override
    public int trainSize() {
        return split.trainSize();
    }

    @Override
    public int testSize() {
        return split.testSize();
    }

    @Override
    public void train(long step, Rows rows) {
        for (int n = 0; n < rows.count(); n++) {
            put(split.train(step, rows.count(), n), rows, n);
        }
    }

    @Override
    public void test(Rows rows) {
        for (int n = 0; n < rows.count(); n++) {
            put(split.test(n), rows, n);
        }
    }
}
