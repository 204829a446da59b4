package cutaway.lab.task;

import java.util.List;
import java.util.stream.IntStream;

/// All pairs of numbers from 0 up to `count`, some of them held out; as two tokens, where nothing else is said.
abstract class Pairs implements Examples {

    private final int count;
    private final Split split;

    /// @param share of pairs that is trained on
    Pairs(long seed, int count, double share) {
        this.count = count;
        this.split = new Split(seed, count * count, share);
    }

    /// The numbers as words.
    static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    /// Writes the tokens of a pair from a place on.
    void ask(int first, int second, long[] tokens, int at) {
        tokens[at] = first;
        tokens[at + 1] = second;
    }

    /// Writes the classes of a pair from a place on.
    abstract void answer(int first, int second, long[] classes, int at);

    @Override
    public int trainSize() {
        return split.trainSize();
    }

    @Override
    public int testSize() {
        return split.testSize();
    }

    @Override
    public void train(long step, Task.Rows rows) {
        for (int n = 0; n < rows.count(); n++) {
            put(split.train(step, rows.count(), n), rows, n);
        }
    }

    @Override
    public void test(Task.Rows rows) {
        for (int n = 0; n < rows.count(); n++) {
            put(split.test(n), rows, n);
        }
    }

    private void put(int pair, Task.Rows rows, int n) {
        ask(pair / count, pair % count, rows.tokens(), n * (rows.tokens().length / rows.count()));
        answer(pair / count, pair % count, rows.classes(), n * (rows.classes().length / rows.count()));
    }
}
