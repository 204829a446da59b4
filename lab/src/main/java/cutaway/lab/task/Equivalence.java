package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.List;
import java.util.stream.IntStream;

/// Whether two numbers are equal modulo `modulus`, so that they are of one class (arXiv:2502.01628). The
/// answers are two more tokens, so that a head can share the embedding.
///
/// @param numbers how many, from 0 on; then come the tokens `no` and `yes`
/// @param modulus how many classes there are
/// @param share of the pairs that is trained on; the others are held out
public record Equivalence(
        @JsonProperty(value = "numbers", required = true) int numbers,
        @JsonProperty(value = "modulus", required = true) int modulus,
        @JsonProperty(value = "share", required = true) double share)
        implements Task {

    static final String NAME = "equivalence";

    private static final int MOST = 2000;

    public Equivalence {
        require(
                numbers >= 2 && numbers <= MOST && modulus >= 2 && modulus <= numbers,
                numbers + " numbers modulo " + modulus + "; expected 2 to " + MOST
                        + " numbers, and a modulus from 2 to how many there are.");
        Split.check(numbers * numbers, share);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Whether two numbers are of one class, equal modulo a number.";
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
    public List<Integer> tokenClasses() {
        return IntStream.range(0, numbers).mapToObj(number -> number % modulus).toList();
    }

    @Override
    public Examples examples(long seed, int variant) {
        return Pairs.whether(seed, numbers, share, (first, second) -> first % modulus == second % modulus);
    }
}
