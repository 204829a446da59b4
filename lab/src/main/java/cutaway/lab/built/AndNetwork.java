package cutaway.lab.built;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Pairwise ANDs of sparse inputs in fewer neurons than inputs (Adler and Shavit 2024, arXiv:2409.15318,
/// section 4). A ground truth: its features and its circuit are known.
///
/// Inputs x of m bits, k of them 1, arrive compressed as `y = C x`, C random signs over `sqrt(n)`. One layer
/// of n x n weights computes all m' outputs:
///
///     h = ReLU(W C^T y - 1)        W[i, a] = 1 where neuron i is in the code of an output that has the input a
///     z_j = mean of h over the code of j        AND_j says yes where z_j > 1/2
///
/// The code of an output is `log2 m'` neurons, drawn at random: where both inputs are 1 each of them has `2 -
/// 1`, where one is, `1 - 1`; what other outputs add averages out.
///
/// - **Features**: [#inputDirections] of what y is made of, [#outputDirections] of what h is made of.
/// - **Circuit**: [#circuit], which inputs reach which output through which neurons.
///
/// Every input is in two ANDs. The paper splits an input that is in many into copies, so that none has much
/// influence; here none has to be.
///
/// It owns native memory until it is closed.
public final class AndNetwork implements AutoCloseable {

    /// Above this an output says yes: halfway between what a code has where one input is 1 and where both
    /// are.
    public static final double YES = 0.5;

    /// How neurons are given to outputs.
    public enum Codes {
        /// A code of its own for each output: what the paper builds.
        OF_OUTPUTS,
        /// A code for each input; an output reads those of its two. What has no channel for an output.
        OF_INPUTS
    }

    /// An output and what it is computed by.
    ///
    /// @param inputs the two that it is the AND of
    /// @param neurons its code, rising
    public record And(int output, List<Integer> inputs, List<Integer> neurons) {}

    private final int[][] pairs;
    private final int[][] codes;
    private final Tensor compression;
    private final Tensor reads;
    private final Tensor weights;

    private AndNetwork(int[][] pairs, int[][] codes, Tensor compression, Tensor reads, Tensor weights) {
        this.pairs = pairs;
        this.codes = codes;
        this.compression = Scope.detach(compression);
        this.reads = Scope.detach(reads);
        this.weights = Scope.detach(weights);
    }

    /// As many ANDs as inputs, every input in two of them.
    ///
    /// @param inputs m = m', at least 3
    /// @param neurons n, at least `log2 m`
    public static AndNetwork of(int inputs, int neurons, Codes kind, long seed) {
        int length = Math.max(1, (int) Math.round(Math.log(inputs) / Math.log(2)));
        if (inputs < 3 || neurons < length || (long) inputs * neurons > Integer.MAX_VALUE - 8) {
            throw new BadInputException("a network of " + inputs + " inputs and " + neurons
                    + " neurons; expected at least 3 inputs, at least as many neurons as a code has (log2 of the"
                    + " inputs), and less than 2^31 of both multiplied.");
        }
        RandomGenerator random = new Random(seed).generator();
        int[][] pairs = ring(inputs, random);
        int[][] drawn = IntStream.range(0, inputs)
                .mapToObj(_ -> random.ints(0, neurons).distinct().limit(length).toArray())
                .toArray(int[][]::new);
        int[][] codes = kind == Codes.OF_OUTPUTS
                ? drawn
                : Arrays.stream(pairs)
                        .map(pair -> IntStream.concat(Arrays.stream(drawn[pair[0]]), Arrays.stream(drawn[pair[1]]))
                                .distinct()
                                .toArray())
                        .toArray(int[][]::new);
        try (Scope _ = Scope.open()) {
            Tensor compression = signs(neurons, inputs, random);
            float[] reads = new float[neurons * inputs];
            for (int output = 0; output < inputs; output++) {
                for (int input : pairs[output]) {
                    for (int neuron : kind == Codes.OF_OUTPUTS ? codes[output] : drawn[input]) {
                        reads[neuron * inputs + input] = 1;
                    }
                }
            }
            Tensor read = Tensor.of(reads, neurons, inputs);
            return new AndNetwork(pairs, codes, compression, read, read.matmul(compression.transpose(0, 1)));
        }
    }

    /// The inputs on a ring, each with its neighbour.
    private static int[][] ring(int inputs, RandomGenerator random) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, inputs).boxed().toList());
        Collections.shuffle(order, java.util.Random.from(random));
        return IntStream.range(0, inputs)
                .mapToObj(i -> new int[] {order.get(i), order.get((i + 1) % inputs)})
                .toArray(int[][]::new);
    }

    /// A compression: `[n, m]` of `+-1 / sqrt(n)`.
    public static Tensor signs(int neurons, int inputs, RandomGenerator random) {
        float size = (float) (1 / Math.sqrt(neurons));
        float[] signs = new float[neurons * inputs];
        for (int i = 0; i < signs.length; i++) {
            signs[i] = random.nextBoolean() ? size : -size;
        }
        return Tensor.of(signs, neurons, inputs);
    }

    /// m, and m': as many outputs.
    public int inputs() {
        return pairs.length;
    }

    /// n.
    public int neurons() {
        return Math.toIntExact(weights.dim(0));
    }

    /// Each output with its two inputs and its neurons.
    public List<And> circuit() {
        return IntStream.range(0, pairs.length)
                .mapToObj(output -> new And(
                        output,
                        Arrays.stream(pairs[output]).sorted().boxed().toList(),
                        Arrays.stream(codes[output]).sorted().boxed().toList()))
                .toList();
    }

    /// C, `[n, m]`; the network's own, as the other weights.
    public Tensor compression() {
        return compression;
    }

    /// W, `[n, m]`: which inputs a neuron adds up.
    public Tensor reads() {
        return reads;
    }

    /// `W C^T`, `[n, n]`: the layer as it is applied to y. Its bias is -1 everywhere.
    public Tensor weights() {
        return weights;
    }

    /// `[m', n]`: `z = readout h`, the mean over the code of each output.
    public Tensor readout() {
        float[] rows = new float[codes.length * neurons()];
        for (int output = 0; output < codes.length; output++) {
            for (int neuron : codes[output]) {
                rows[output * neurons() + neuron] = 1f / codes[output].length;
            }
        }
        return Tensor.of(rows, codes.length, neurons());
    }

    /// What each input writes into y, `[m, n]`, of norm 1.
    public Tensor inputDirections() {
        return Scope.keep(() -> compression.transpose(0, 1).contiguous());
    }

    /// What each output writes into h, `[m', n]`: its code, of norm 1.
    public Tensor outputDirections() {
        return Scope.keep(() -> {
            Tensor rows = readout();
            return rows.over(rows.square().sum(1, true).sqrt());
        });
    }

    /// Inputs as they arrive, `[trial, n]`.
    ///
    /// @param set of each trial the inputs that are 1
    public Tensor compressed(int[][] set) {
        float[] x = new float[set.length * inputs()];
        for (int trial = 0; trial < set.length; trial++) {
            for (int input : set[trial]) {
                if (input < 0 || input >= inputs()) {
                    throw new BadInputException(
                            "the input " + input + " is to be set; expected 0 to " + (inputs() - 1) + ".");
                }
                x[trial * inputs() + input] = 1;
            }
        }
        return Scope.keep(() -> Tensor.of(x, set.length, inputs()).matmul(compression.transpose(0, 1)));
    }

    /// The neurons on some inputs, `[trial, n]`.
    ///
    /// @param set of each trial the inputs that are 1
    public Tensor hidden(int[][] set) {
        return Scope.keep(() -> neurons(compressed(set)));
    }

    /// The neurons, of inputs as they arrive, `[trial, n]` both.
    public Tensor neurons(Tensor compressed) {
        return Scope.keep(
                () -> compressed.matmul(weights.transpose(0, 1)).minus(1).relu());
    }

    /// z of every output, `[trial, m']`, of neurons `[trial, n]`.
    public Tensor outputs(Tensor hidden) {
        return Scope.keep(() -> hidden.matmul(readout().transpose(0, 1)));
    }

    /// What each output should say.
    ///
    /// @param set the inputs that are 1
    public boolean[] truth(int[] set) {
        boolean[] isSet = new boolean[inputs()];
        for (int input : set) {
            isSet[input] = true;
        }
        boolean[] all = new boolean[pairs.length];
        for (int output = 0; output < all.length; output++) {
            all[output] = isSet[pairs[output][0]] && isSet[pairs[output][1]];
        }
        return all;
    }

    /// Trials with two inputs set: every other one the inputs of an output, so that as many have an AND that
    /// is true as have none; of pairs drawn at random hardly any would have.
    public int[][] trials(int count, RandomGenerator random) {
        return IntStream.range(0, count)
                .mapToObj(trial -> trial % 2 == 0
                        ? pairs[random.nextInt(pairs.length)].clone()
                        : random.ints(0, inputs()).distinct().limit(2).toArray())
                .toArray(int[][]::new);
    }

    /// The share of some [#trials] for which any output is wrong.
    public double error(int trials, RandomGenerator random) {
        int[][] set = trials(trials, random);
        float[] hidden = Scope.free(() -> hidden(set).toFloats());
        int neurons = hidden.length / trials;
        long wrong = IntStream.range(0, trials)
                .filter(trial -> {
                    boolean[] truth = truth(set[trial]);
                    return IntStream.range(0, codes.length)
                            .anyMatch(output -> says(hidden, trial * neurons, output) != truth[output]);
                })
                .count();
        return (double) wrong / trials;
    }

    private boolean says(float[] hidden, int from, int output) {
        double sum = 0;
        for (int neuron : codes[output]) {
            sum += hidden[from + neuron];
        }
        return sum > YES * codes[output].length;
    }

    @Override
    public void close() {
        compression.close();
        reads.close();
        weights.close();
    }
}
