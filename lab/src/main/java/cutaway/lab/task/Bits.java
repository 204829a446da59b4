package cutaway.lab.task;

import cutaway.lab.Draws;
import cutaway.lab.task.Task.Rows;
import java.util.List;

/// Bits with a yes or a no by a formula of a seed, each example drawn when it is asked for.
abstract class Bits implements Examples {

    private static final int TEST = 4096;

    private final long seed;
    private final String name;
    private final int count;
    private final int[][] clauses;

    /// @param name of the task
    /// @param count of the bits of an example
    /// @param formula the bits of each clause
    Bits(long seed, String name, int count, List<List<Integer>> formula) {
        this.seed = seed;
        this.name = name;
        this.count = count;
        this.clauses = formula.stream()
                .map(clause -> clause.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    /// Draws one.
    ///
    /// @param clauses the bits of each
    /// @param bits to be filled
    /// @return whether some clause has all of its bits
    abstract boolean draw(Draws draws, int[][] clauses, boolean[] bits);

    /// Whether bits and answers are written as their opposites.
    boolean isOpposite() {
        return false;
    }

    @Override
    public int testSize() {
        return TEST;
    }

    @Override
    public void train(long step, Rows rows) {
        fill(Draws.of(seed, name, step), rows);
    }

    @Override
    public void test(Rows rows) {
        fill(Draws.of(seed, name + " test", 0), rows);
    }

    private void fill(Draws draws, Rows rows) {
        boolean[] bits = new boolean[count];
        for (int n = 0; n < rows.count(); n++) {
            boolean yes = draw(draws, clauses, bits);
            for (int i = 0; i < count; i++) {
                rows.x()[n * count + i] = bits[i] != isOpposite() ? 1 : 0;
            }
            rows.y()[n] = yes != isOpposite() ? 1 : 0;
        }
    }

    /// Whether all bits of a clause are set.
    static boolean holds(int[] clause, boolean[] bits) {
        for (int bit : clause) {
            if (!bits[bit]) {
                return false;
            }
        }
        return true;
    }
}
