package cutaway.lab.task;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// All pairs of numbers from 0 up to `count`, some of them held out; as two tokens, where nothing else is said.
abstract class Pairs extends SplitExamples {

    private final int count;

    /// @param share of pairs that is trained on
    Pairs(long seed, int count, double share) {
        super(seed, count * count, share);
        this.count = count;
    }

    /// The numbers as words.
    static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    /// The numbers as words, and two more that answer.
    static List<String> numbersNoYes(int count) {
        return Stream.concat(numbers(count).stream(), Stream.of("no", "yes")).toList();
    }

    /// Whether two numbers stand in a relation; [#numbersNoYes] has the words.
    static Pairs whether(long seed, int count, double share, Relation relation) {
        return new Pairs(seed, count, share) {
            @Override
            void answer(int first, int second, long[] classes, int at) {
                classes[at] = relation.holds(first, second) ? count + 1 : count;
            }
        };
    }

    /// Of two numbers.
    @FunctionalInterface
    interface Relation {
        boolean holds(int first, int second);
    }

    /// Writes the tokens of a pair from a place on.
    void ask(int first, int second, long[] tokens, int at) {
        tokens[at] = first;
        tokens[at + 1] = second;
    }

    /// Writes the classes of a pair from a place on.
    abstract void answer(int first, int second, long[] classes, int at);

    @Override
    void put(int pair, Task.Rows rows, int n) {
        ask(pair / count, pair % count, rows.tokens(), n * (rows.tokens().length / rows.count()));
        answer(pair / count, pair % count, rows.classes(), n * (rows.classes().length / rows.count()));
    }
}
