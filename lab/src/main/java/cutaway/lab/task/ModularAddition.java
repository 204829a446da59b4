package cutaway.lab.task;

import static cutaway.lab.task.Pairs.numbers;
import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.List;

/// `(a + b) mod p`, of two tokens (Power et al., arXiv:2201.02177).
///
/// @param p the modulus; a, b and the answer are 0 to p - 1
/// @param share of the p^2 pairs that is trained on; the others are held out
public record ModularAddition(
        @JsonProperty(value = "p", required = true) int p,
        @JsonProperty(value = "share", required = true) double share) implements Task {

    static final String NAME = "modular_addition";

    private static final int MOST = 2000;

    public ModularAddition {
        require(p >= 2 && p <= MOST, "addition modulo " + p + "; expected a number from 2 to " + MOST + ".");
        Split.check(p * p, share);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "The sum of two tokens modulo p.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(2, p);
    }

    @Override
    public Target target() {
        return new Target.Classes(List.of(p));
    }

    @Override
    public List<String> words() {
        return numbers(p);
    }

    @Override
    public Examples examples(long seed, int variant) {
        return new Pairs(seed, p, share) {
            @Override
            void answer(int first, int second, long[] classes, int at) {
                classes[at] = Math.floorMod(first + second, (long) p);
            }
        };
    }
}
