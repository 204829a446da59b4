package cutaway.lab.task;

import cutaway.lab.task.Task.Rows;

/// The examples of one instance of a task, as a function of its seed.
public interface Examples {

    /// How many there are to train on; 0: each is drawn when it is asked for, without end.
    default int trainSize() {
        return 0;
    }

    /// How many are held out; 0: none.
    int testSize();

    /// Fills a batch: a function of the step's number alone.
    void train(long step, Rows rows);

    /// Fills all held-out examples.
    void test(Rows rows);
}
