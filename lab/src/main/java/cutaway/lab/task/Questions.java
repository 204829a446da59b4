package cutaway.lab.task;

import java.util.List;

/// A list of questions of some tokens, each with one answer, some of them held out.
final class Questions extends SplitExamples {

    /// @param tokens that are seen
    /// @param answer a class
    record Question(List<Integer> tokens, int answer) {
        Question {
            tokens = List.copyOf(tokens);
        }
    }

    private final List<Question> all;

    /// @param all of as many tokens each, none twice
    /// @param share of them that is trained on
    Questions(long seed, List<Question> all, double share) {
        super(seed, all.size(), share);
        this.all = List.copyOf(all);
    }

    @Override
    void put(int example, Task.Rows rows, int n) {
        Question question = all.get(example);
        int width = question.tokens.size();
        for (int i = 0; i < width; i++) {
            rows.tokens()[n * width + i] = question.tokens.get(i);
        }
        rows.classes()[n] = question.answer;
    }
}
