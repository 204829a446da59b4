package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.List;

/// Whether a string of brackets is balanced, asked after it: `( ( ) ) ? yes`.
///
/// Strings that are not balanced have unequal counts, so that counting answers as well as nesting does; with
/// `told` a part of them have equal counts, which tells the two rules apart.
///
/// @param brackets in a string, an even number
/// @param told whether a third of the strings have equal counts and are not nested
public record Brackets(
        @JsonProperty(value = "brackets", required = true) int brackets,
        @JsonProperty(value = "told", required = true) boolean told)
        implements Task {

    static final String NAME = "brackets";

    /// Tokens.
    public static final int OPEN = 0;

    public static final int CLOSE = 1;
    public static final int QUESTION = 2;
    public static final int NO = 3;
    public static final int YES = 4;

    private static final int TEST = 1024;

    public Brackets {
        require(
                brackets >= 4 && brackets % 2 == 0 && brackets <= 1000,
                "strings of " + brackets + " brackets; expected an even number from 4 to 1,000.");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Whether a string of brackets is balanced.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(brackets + 1, YES + 1);
    }

    @Override
    public Target target() {
        return new Target.Tokens(brackets + 1, YES + 1);
    }

    @Override
    public List<String> words() {
        return List.of("(", ")", "?", "no", "yes");
    }

    @Override
    public Examples examples(long seed, int variant) {
        return new Sequences(seed, NAME, brackets + 1, TEST) {
            @Override
            void draw(Draws draws, boolean isHeldOut, int[] tokens, boolean[] asked) {
                int[] string = Brackets.this.draw(draws);
                System.arraycopy(string, 0, tokens, 0, brackets);
                tokens[brackets] = QUESTION;
                tokens[brackets + 1] = isNested(string) ? YES : NO;
                asked[brackets] = true;
            }
        };
    }

    private int[] draw(Draws draws) {
        int kind = draws.nextInt(told ? 3 : 2);
        return switch (kind) {
            case 0 -> nested(draws);
            case 1 -> unequal(draws);
            default -> equalOnly(draws);
        };
    }

    /// A balanced string, each as likely as any other (Arnold and Sleep 1980).
    public int[] nested(Draws draws) {
        int[] string = new int[brackets];
        int height = 0;
        for (int i = 0; i < brackets; i++) {
            double left = brackets - i;
            double opens = (height + 2) * (left - height) / (2 * left * (height + 1));
            string[i] = draws.nextDouble() < opens ? OPEN : CLOSE;
            height += string[i] == OPEN ? 1 : -1;
        }
        return string;
    }

    /// As many of one kind as of the other, not nested.
    public int[] equalOnly(Draws draws) {
        int[] string = new int[brackets];
        do {
            int[] order = draws.permutation(brackets);
            for (int i = 0; i < brackets; i++) {
                string[i] = order[i] % 2 == 0 ? OPEN : CLOSE;
            }
        } while (isNested(string));
        return string;
    }

    private int[] unequal(Draws draws) {
        int[] string = new int[brackets];
        int sum;
        do {
            sum = 0;
            for (int i = 0; i < brackets; i++) {
                string[i] = draws.nextBoolean() ? OPEN : CLOSE;
                sum += string[i] == OPEN ? 1 : -1;
            }
        } while (sum == 0);
        return string;
    }

    /// Whether each bracket closes one before it.
    public static boolean isNested(int[] string) {
        int height = 0;
        for (int bracket : string) {
            height += bracket == OPEN ? 1 : -1;
            if (height < 0) {
                return false;
            }
        }
        return height == 0;
    }
}
