package cutaway.lab.task;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.List;

/// `a + b` of two tokens, 0 to 99 each; the answer is its units, its tens and its hundreds, a question each.
///
/// @param share of the 10,000 pairs that is trained on; the others are held out
public record Addition(
        @JsonProperty(value = "share", required = true) double share) implements Task {

    static final String NAME = "addition";

    private static final int NUMBERS = 100;

    public Addition {
        Split.check(NUMBERS * NUMBERS, share);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "The units, tens and hundreds of the sum of two tokens, 0 to 99 each.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(2, NUMBERS);
    }

    @Override
    public Target target() {
        return new Target.Classes(List.of(10, 10, 2));
    }

    @Override
    public Examples examples(long seed, int variant) {
        return new Pairs(seed, NUMBERS, share) {
            @Override
            void answer(int first, int second, long[] classes, int at) {
                int sum = first + second;
                classes[at] = sum % 10;
                classes[at + 1] = sum / 10 % 10;
                classes[at + 2] = sum / 100;
            }
        };
    }
}
