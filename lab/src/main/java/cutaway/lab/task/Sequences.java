package cutaway.lab.task;

import cutaway.lab.Draws;
import cutaway.lab.task.Task.Rows;
import java.util.Arrays;

/// Sequences of tokens, each drawn when it is asked for. A position is asked for the token that follows it, or for
/// nothing.
abstract class Sequences implements Examples {

    private final long seed;
    private final String name;
    private final int length;
    private final int tests;

    /// @param name of the task
    /// @param length positions that are given
    /// @param tests how many sequences are held out
    Sequences(long seed, String name, int length, int tests) {
        this.seed = seed;
        this.name = name;
        this.length = length;
        this.tests = tests;
    }

    /// Draws one.
    ///
    /// @param isHeldOut whether it is to be one that training never sees, where a task tells them apart
    /// @param tokens to be filled: those that are given, and one more
    /// @param asked to be set where the token that follows is asked for; false everywhere before
    abstract void draw(Draws draws, boolean isHeldOut, int[] tokens, boolean[] asked);

    @Override
    public int testSize() {
        return tests;
    }

    @Override
    public void train(long step, Rows rows) {
        fill(Draws.of(seed, name, step), false, rows);
    }

    @Override
    public void test(Rows rows) {
        fill(Draws.of(seed, name + " test", 0), true, rows);
    }

    private void fill(Draws draws, boolean isHeldOut, Rows rows) {
        int[] tokens = new int[length + 1];
        boolean[] asked = new boolean[length];
        for (int n = 0; n < rows.count(); n++) {
            Arrays.fill(asked, false);
            draw(draws, isHeldOut, tokens, asked);
            for (int i = 0; i < length; i++) {
                rows.tokens()[n * length + i] = tokens[i];
                rows.classes()[n * length + i] = asked[i] ? tokens[i + 1] : -1;
            }
        }
    }
}
