package cutaway.interp.codes;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.hipparchus.special.Gamma;

/// The codes of a layer's inputs, and what its neurons do, from the signs of its weights alone (arXiv:2504.08842).
///
/// Where it is known how neurons push the output, codes are read off those that push it up: inputs of one clause of a
/// formula have a plus on the same ones, its code. A clause is then a group of inputs whose signs agree there.
public final class SignCodes {

    /// Of a group's inputs, how many need a plus on a neuron for the neuron to belong to its code.
    private static final double MOST = 0.75;

    /// @param cut weights no larger than so many standard deviations of all count as none
    /// @param agreement from which inputs become one group, on average; 0 to 1
    /// @param permutations that a p-value is counted from; 0: none
    /// @param seed of those
    public record Settings(double cut, double agreement, int permutations, long seed) {
        public static final Settings USUAL = new Settings(0.25, 0.6, 99, 0);

        public Settings {
            if (permutations < 0 || !(agreement > 0 && agreement <= 1)) {
                throw new BadInputException("groups from an agreement of " + agreement + " on, and " + permutations
                        + " permutations; expected an agreement above 0 and up to 1, and no number below 0.");
            }
        }
    }

    /// Inputs of one code.
    ///
    /// @param inputs rising
    /// @param code the neurons that most of them have a plus on, rising
    public record Group(List<Integer> inputs, List<Integer> code) {}

    /// What a neuron is for.
    public enum Role {
        /// In the code of one group.
        CLAUSE,
        /// In the codes of several.
        SHARED,
        /// Pushes the output down, and has a plus and a minus within a group: speaks where some of it is missing.
        WITNESS,
        /// None of these.
        OTHER
    }

    private final Signs signs;
    private final double[] outputs;
    private final Settings settings;
    private final int[] readers;
    private final Marks marks;
    private final List<Group> groups;

    private SignCodes(Signs signs, double[] outputs, Settings settings) {
        this.signs = signs;
        this.outputs = outputs;
        this.settings = settings;
        this.readers =
                IntStream.range(0, signs.neurons()).filter(this::isReader).toArray();
        this.marks = signs.marks(readers, 1);
        this.groups = Linkage.groups(signs.agreements(readers), settings.agreement).stream()
                .filter(inputs -> inputs.size() > 1)
                .map(inputs -> new Group(inputs, code(inputs)))
                .toList();
    }

    /// @param weights of the layer, `[neuron, input]`
    /// @param outputs of each neuron, how far it pushes the output up; empty where that is not known
    /// @throws BadInputException when weights and outputs do not fit, or cannot be read
    public static SignCodes of(Tensor weights, double[] outputs, Settings settings) {
        Signs signs = Signs.of(weights, settings.cut);
        if (outputs.length != 0 && outputs.length != signs.neurons()) {
            throw new BadInputException(outputs.length + " outputs of " + signs.neurons()
                    + " neurons; expected one of each, or none where they are not known.");
        }
        return new SignCodes(signs, outputs.clone(), settings);
    }

    private boolean isReader(int neuron) {
        return outputs.length == 0 || outputs[neuron] > 0;
    }

    public Signs signs() {
        return signs;
    }

    /// The neurons that codes are read off, rising.
    public List<Integer> readers() {
        return Arrays.stream(readers).boxed().toList();
    }

    /// Which of [#readers] inputs have a plus on.
    public Marks marks() {
        return marks;
    }

    /// Groups of two inputs and more, by their first.
    public List<Group> groups() {
        return groups;
    }

    /// All inputs, so that those whose signs agree stand side by side: the order of the tree that groups are
    /// cut from.
    public List<Integer> order() {
        return Linkage.order(signs.agreements(readers));
    }

    /// The neurons that most of some inputs have a plus on, of those that codes are read off.
    public List<Integer> code(List<Integer> inputs) {
        return Arrays.stream(readers)
                .filter(neuron -> share(neuron, inputs, 1) >= MOST)
                .boxed()
                .toList();
    }

    private double share(int neuron, List<Integer> inputs, int sign) {
        return (double) inputs.stream()
                        .filter(input -> signs.at(neuron, input) == sign)
                        .count()
                / inputs.size();
    }

    /// Of each neuron.
    public List<Role> roles() {
        return IntStream.range(0, signs.neurons()).mapToObj(this::role).toList();
    }

    private Role role(int neuron) {
        if (isReader(neuron)) {
            long codes =
                    groups.stream().filter(group -> group.code.contains(neuron)).count();
            return codes == 0 ? Role.OTHER : codes == 1 ? Role.CLAUSE : Role.SHARED;
        }
        return groups.stream().anyMatch(group -> isMixed(neuron, group.inputs)) ? Role.WITNESS : Role.OTHER;
    }

    /// Whether a neuron has a plus and a minus on some inputs.
    boolean isMixed(int neuron, List<Integer> inputs) {
        return share(neuron, inputs, 1) > 0 && share(neuron, inputs, -1) > 0;
    }

    /// How many ordered pairs of so many codes should collide: every neuron of one is in the other, so that what sets
    /// the one sets off the other too. Codes are taken to be drawn at random, all as long as an input's on average:
    ///
    ///     count (count - 1) / C(neurons, length)
    ///
    /// @param count of codes, such as the clauses of a formula
    public double collisions(int count) {
        double neurons = readers.length;
        double length = marks.ofInputs().stream()
                .mapToInt(BitSet::cardinality)
                .average()
                .orElse(0);
        double logChoices =
                Gamma.logGamma(neurons + 1) - Gamma.logGamma(length + 1) - Gamma.logGamma(neurons - length + 1);
        return (double) count * (count - 1) * Math.exp(-logChoices);
    }

    /// How unlike chance the overlaps are: the mean, over pairs of inputs, of the squared [Marks#excess]. About 1 for
    /// signs drawn at random.
    public double structure() {
        return structure(marks);
    }

    private static double structure(Marks marks) {
        return Arrays.stream(marks.excesses())
                        .flatMapToDouble(Arrays::stream)
                        .map(excess -> excess * excess)
                        .sum()
                / marks.inputs()
                / (marks.inputs() - 1);
    }

    /// The share of matrices with the same margins ([Marks#shuffled]), this one counted, that are as unlike chance.
    ///
    /// @return NaN where no permutations are wanted
    public double pValue() {
        return pValue(_ -> {});
    }

    /// @param told the number of each permutation, from 0, before it is made
    /// @return NaN where no permutations are wanted
    public double pValue(IntConsumer told) {
        if (settings.permutations == 0) {
            return Double.NaN;
        }
        double ours = structure();
        RandomGenerator random = new Random(settings.seed).generator();
        long as = IntStream.range(0, settings.permutations)
                .peek(told)
                .filter(_ -> structure(marks.shuffled(random)) >= ours)
                .count();
        return (1.0 + as) / (1.0 + settings.permutations);
    }
}
