package cutaway.lab.task;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// `31 + 27 =` is 58: sums of two numbers, 0 to 99 each, as a language model reads them that has a token for
/// each number; the answer is one of the tokens 0 to 198.
///
/// @param share of the 10,000 pairs that is trained on; the others are held out
public record Sums(
        @JsonProperty(value = "share", required = true) double share) implements Task {

    static final String NAME = "sums";

    private static final int NUMBERS = 100;
    private static final int ANSWERS = 2 * NUMBERS - 1;
    private static final int PLUS = ANSWERS;
    private static final int EQUALS = ANSWERS + 1;
    private static final int VOCAB = ANSWERS + 2;

    public Sums {
        Split.check(NUMBERS * NUMBERS, share);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "The sum of two numbers, 0 to 99 each, as a token.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(4, VOCAB);
    }

    @Override
    public Target target() {
        return new Target.Classes(List.of(VOCAB));
    }

    @Override
    public List<String> words() {
        return Stream.concat(IntStream.range(0, ANSWERS).mapToObj(String::valueOf), Stream.of("+", "="))
                .toList();
    }

    @Override
    public Examples examples(long seed, int variant) {
        return new Pairs(seed, NUMBERS, share) {
            @Override
            void ask(int first, int second, long[] tokens, int at) {
                tokens[at] = first;
                tokens[at + 1] = PLUS;
                tokens[at + 2] = second;
                tokens[at + 3] = EQUALS;
            }

            @Override
            void answer(int first, int second, long[] classes, int at) {
                classes[at] = first + (long) second;
            }
        };
    }
}
