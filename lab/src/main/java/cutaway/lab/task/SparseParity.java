package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.Arrays;
import java.util.List;

/// The parity of a few bits among many (Barak et al., arXiv:2207.08799): inputs are 1 or -1, and the answer is yes
/// where the product of the relevant ones is 1.
///
/// @param bits of an input
/// @param relevant how many of them count; which, the seed says
public record SparseParity(
        @JsonProperty(value = "bits", required = true) int bits,
        @JsonProperty(value = "relevant", required = true) int relevant)
        implements Task {

    static final String NAME = "sparse_parity";

    private static final int TEST = 4096;

    public SparseParity {
        require(
                relevant >= 1 && bits >= relevant,
                "the parity of " + relevant + " of " + bits
                        + " bits; expected at least 1, and no more than there are.");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "The parity of a few bits among many.";
    }

    @Override
    public Input input() {
        return new Input.Numbers(bits);
    }

    @Override
    public Target target() {
        return new Target.Signs(1);
    }

    /// The bits that count, of a seed, rising.
    public List<Integer> relevantBits(long seed) {
        int[] order = Draws.of(seed, NAME + " bits", 0).permutation(bits);
        return Arrays.stream(order, 0, relevant).sorted().boxed().toList();
    }

    @Override
    public Examples examples(long seed, int variant) {
        int[] counted = relevantBits(seed).stream().mapToInt(Integer::intValue).toArray();
        return new Examples() {

            @Override
            public int testSize() {
                return TEST;
            }

            @Override
            public void train(long step, Rows rows) {
                fill(Draws.of(seed, NAME, step), counted, rows);
            }

            @Override
            public void test(Rows rows) {
                fill(Draws.of(seed, NAME + " test", 0), counted, rows);
            }
        };
    }

    private void fill(Draws draws, int[] counted, Rows rows) {
        float[] x = rows.x();
        for (int i = 0; i < x.length; i++) {
            x[i] = draws.nextBoolean() ? 1 : -1;
        }
        for (int n = 0; n < rows.count(); n++) {
            float product = 1;
            for (int bit : counted) {
                product *= x[n * bits + bit];
            }
            rows.y()[n] = product > 0 ? 1 : 0;
        }
    }
}
