package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The product of two numbers of several digits, the least digit first: `2 1 * 3 0 = 6 3 0 0` is 12 x 3 = 36.
///
/// @param digits of each number
/// @param share of the pairs that is trained on
public record Multiplication(
        @JsonProperty(value = "digits", required = true) int digits,
        @JsonProperty(value = "share", required = true) double share)
        implements Task {

    static final String NAME = "multiplication";

    private static final int TIMES = 10;
    private static final int EQUALS = 11;
    private static final int VOCAB = 12;
    private static final int TEST = 512;
    private static final int PARTS = 1 << 20;

    public Multiplication {
        require(digits >= 1 && digits <= 8, "products of numbers of " + digits + " digits; expected 1 to 8.");
        require(
                share > 0 && share < 1,
                "a share of " + share + " of the pairs to train on; expected a number between 0 and 1.");
    }

    /// Positions that are given: all but the last digit of the product.
    public int length() {
        return 4 * digits + 1;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "The digits of a product, the least first.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(length(), VOCAB);
    }

    @Override
    public Target target() {
        return new Target.Tokens(length(), VOCAB);
    }

    @Override
    public List<String> words() {
        return Stream.concat(IntStream.range(0, 10).mapToObj(String::valueOf), Stream.of("*", "="))
                .toList();
    }

    @Override
    public Examples examples(long seed, int variant) {
        int bound = (int) Math.pow(10, digits);
        return new Sequences(seed, NAME, length(), TEST) {
            @Override
            void draw(Draws draws, boolean isHeldOut, int[] tokens, boolean[] asked) {
                int a;
                int b;
                do {
                    a = draws.nextInt(bound);
                    b = draws.nextInt(bound);
                } while (isHeldOut(seed, a, b) != isHeldOut);
                write(a, b, tokens);
                for (int i = 2 * digits + 1; i < asked.length; i++) {
                    asked[i] = true;
                }
            }
        };
    }

    /// Whether training never sees a pair.
    public boolean isHeldOut(long seed, int a, int b) {
        long pair = (long) a * 100_000_000L + b;
        return Draws.of(seed, NAME + " pairs", pair).nextInt(PARTS) >= share * PARTS;
    }

    /// All tokens of a pair, the last digit of the product among them.
    public void write(int a, int b, int[] tokens) {
        digits(a, digits, tokens, 0);
        tokens[digits] = TIMES;
        digits(b, digits, tokens, digits + 1);
        tokens[2 * digits + 1] = EQUALS;
        digits((long) a * b, 2 * digits, tokens, 2 * digits + 2);
    }

    private static void digits(long number, int count, int[] tokens, int from) {
        long left = number;
        for (int i = 0; i < count; i++) {
            tokens[from + i] = (int) (left % 10);
            left /= 10;
        }
    }
}
