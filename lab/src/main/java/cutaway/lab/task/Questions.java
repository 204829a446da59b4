package cutaway.lab.task;

import java.util.List;

/// A list of questions of some tokens, each with one answer, some of them held out.
final class Questions implements Examples {

    /// @param tokens that are seen
    /// @param answer a class
    record Question(List<Integer> tokens, int answer) {
        Question {
            tokens = List.copyOf(tokens);
        }
    }

    private final List<Question> all;
    private final Split split;

    /// @param all of as many tokens each, none twice
    /// @param share of them that is trained on
    Questions(long seed, List<Question> all, double share) {
        this.all = List.copyOf(all);
        this.split = new Split(seed, all.size(), share);
    }

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
            put(all.get(split.train(step, rows.count(), n)), rows, n);
        }
    }

    @Override
    public void test(Task.Rows rows) {
        for (int n = 0; n < rows.count(); n++) {
            put(all.get(split.test(n)), rows, n);
        }
    }

    private static void put(Question question, Task.Rows rows, int n) {
        int width = question.tokens.size();
        for (int i = 0; i < width; i++) {
            rows.tokens()[n * width + i] = question.tokens.get(i);
        }
        rows.classes()[n] = question.answer;
    }
}
