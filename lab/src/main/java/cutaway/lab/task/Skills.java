package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.Arrays;
import java.util.stream.IntStream;

/// A mixture of skills (Michaud et al., arXiv:2303.13506): which skill is asked for stands in front, as a 1 among
/// zeros, and each is the parity of a few bits of its own. The k-th skill comes up as often as `k^-exponent` says.
///
/// @param skills how many
/// @param bits of an input, 1 or -1
/// @param relevant how many of them count for a skill; which, the seed says
/// @param exponent of how often a skill comes up; 0: all alike
public record Skills(
        @JsonProperty(value = "skills", required = true) int skills,
        @JsonProperty(value = "bits", required = true) int bits,
        @JsonProperty(value = "relevant", required = true) int relevant,

        @JsonProperty(value = "exponent", required = true) double exponent)
        implements Task {

    static final String NAME = "skills";

    private static final int TEST = 4096;

    public Skills {
        require(
                skills >= 1 && skills <= 10_000 && relevant >= 1 && bits >= relevant && bits <= 100_000,
                skills + " skills of " + relevant + " of " + bits
                        + " bits; expected at least 1 of each, at most 10,000 skills and 100,000 bits, and no more"
                        + " that count than there are.");
        require(exponent >= 0 && exponent < 100, "skills that come up as k^-" + exponent + "; expected 0 or more.");
    }

    /// The bits that count for a skill, of a seed, rising.
    public int[] relevantBits(long seed, int skill) {
        int[] order = Draws.of(seed, NAME + " bits", skill).permutation(bits);
        return Arrays.stream(order, 0, relevant).sorted().toArray();
    }

    /// How often each skill comes up; 1 together.
    public double[] shares() {
        double[] shares = IntStream.rangeClosed(1, skills)
                .mapToDouble(k -> Math.pow(k, -exponent))
                .toArray();
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> share / sum).toArray();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Parities of a few bits, some asked for more often than others.";
    }

    @Override
    public Input input() {
        return new Input.Numbers(skills + bits);
    }

    @Override
    public Target target() {
        return new Target.Signs(1);
    }

    @Override
    public Examples examples(long seed, int variant) {
        int[][] counted = IntStream.range(0, skills)
                .mapToObj(skill -> relevantBits(seed, skill))
                .toArray(int[][]::new);
        double[] shares = shares();
        return new Examples() {

            @Override
            public int testSize() {
                return TEST;
            }

            @Override
            public void train(long step, Rows rows) {
                fill(Draws.of(seed, NAME, step), counted, shares, rows);
            }

            @Override
            public void test(Rows rows) {
                fill(Draws.of(seed, NAME + " test", 0), counted, shares, rows);
            }
        };
    }

    private void fill(Draws draws, int[][] counted, double[] shares, Rows rows) {
        float[] x = rows.x();
        Arrays.fill(x, 0);
        int width = skills + bits;
        for (int n = 0; n < rows.count(); n++) {
            int skill = drawn(draws.nextDouble(), shares);
            x[n * width + skill] = 1;
            for (int bit = 0; bit < bits; bit++) {
                x[n * width + skills + bit] = draws.nextBoolean() ? 1 : -1;
            }
            float product = 1;
            for (int bit : counted[skill]) {
                product *= x[n * width + skills + bit];
            }
            rows.y()[n] = product > 0 ? 1 : 0;
        }
    }

    private static int drawn(double at, double[] shares) {
        double sum = 0;
        for (int skill = 0; skill < shares.length - 1; skill++) {
            sum += shares[skill];
            if (at < sum) {
                return skill;
            }
        }
        return shares.length - 1;
    }
}
