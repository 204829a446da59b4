package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.List;

/// Whether the first of two numbers is the greater (arXiv:2502.01628). The answers are two more tokens, so
/// that a head can share the embedding.
///
/// @param numbers how many, from 0 on; then come the tokens `no` and `yes`
/// @param share of the pairs that is trained on; the others are held out
public record Order(
        @JsonProperty(value = "numbers", required = true) int numbers,
        @JsonProperty(value = "share", required = true) double share)
        implements Task {

    static final String NAME = "order";

    private static final int MOST = 2000;

    public Order {
        require(
                numbers >= 2 && numbers <= MOST,
                "an order of " + numbers + " numbers; expected a number from 2 to " + MOST + ".");
        Split.check(numbers * numbers, share);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Whether the first of two numbers is the greater.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(2, numbers + 2);
    }

    @Override
    public Target target() {
        return new Target.Classes(List.of(numbers + 2));
    }

    @Override
    public List<String> words() {
        return Pairs.numbersNoYes(numbers);
    }

    @Override
    public Examples examples(long seed, int variant) {
        return Pairs.whether(seed, numbers, share, (first, second) -> first > second);
    }
}
