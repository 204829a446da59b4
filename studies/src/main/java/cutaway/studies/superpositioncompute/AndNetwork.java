package cutaway.studies.superpositioncompute;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Pairwise ANDs of sparse inputs in fewer neurons than inputs (Adler and Shavit 2024, arXiv:2409.15318, section 4). A
/// ground truth: its features and its circuit are known.
///
/// Inputs x of m bits, k of them 1, arrive compressed as `y = C x`, C random signs over `sqrt(n)`. One layer of n x n
/// weights computes all m' outputs:
///
///     h = ReLU(W C^T y - 1)        W[i, a] = 1 where neuron i is in the code of an output that has the input a
///     z_j = mean of h over the code of j        AND_j says yes where z_j > 1/2
///
/// The code of an output is `log2 m'` neurons, drawn at random: where both inputs are 1 each of them has `2 - 1`, where
/// one is, `1 - 1`; what other outputs add averages out.
///
/// It owns native memory until it is closed.
final class AndNetwork implements AutoCloseable {

    /// How neurons are given to outputs.
    enum Codes {
        /// A code of its own for each output: what the paper builds.
        OF_OUTPUTS,
        /// A code for each input; an output reads those of its two. What has no channel for an output.
        OF_INPUTS
    }

    private final int[][] pairs;
    private final int[][] codes;
    private final Tensor compression;
    private final Tensor weights;

    private AndNetwork(int[][] pairs, int[][] codes, Tensor compression, Tensor weights) {
        this.pairs = pairs;
        this.codes = codes;
        this.compression = compression;
        this.weights = weights;
    }

    /// As many ANDs as inputs, every input in two of them.
    ///
    /// @param inputs m = m'
    /// @param neurons n
    static AndNetwork of(int inputs, int neurons, Codes kind, long seed) {
        RandomGenerator random = new Random(seed).generator();
        int[][] pairs = ring(inputs, random);
        int length = Math.max(1, (int) Math.round(Math.log(inputs) / Math.log(2)));
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
        try (Scope scope = Scope.open()) {
            Tensor compression = signs(neurons, inputs, random);
            double[] reads = new double[neurons * inputs];
            for (int output = 0; output < inputs; output++) {
                for (int input : pairs[output]) {
                    for (int neuron : kind == Codes.OF_OUTPUTS ? codes[output] : drawn[input]) {
                        reads[neuron * inputs + input] = 1;
                    }
                }
            }
            Tensor weights =
                    Tensor.of(reads, neurons, inputs).to(compression.dtype()).matmul(compression.transpose(0, 1));
            return new AndNetwork(pairs, codes, Scope.detach(compression), Scope.detach(weights));
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

    /// `[n, m]` of `+-1 / sqrt(n)`.
    static Tensor signs(int neurons, int inputs, RandomGenerator random) {
        float size = (float) (1 / Math.sqrt(neurons));
        float[] signs = new float[neurons * inputs];
        for (int i = 0; i < signs.length; i++) {
            signs[i] = random.nextBoolean() ? size : -size;
        }
        return Tensor.of(signs, neurons, inputs);
    }

    int inputs() {
        return pairs.length;
    }

    /// The two inputs of an output.
    int[] pair(int output) {
        return pairs[output].clone();
    }

    /// The neurons of an output.
    int[] code(int output) {
        return codes[output].clone();
    }

    /// Of some inputs with two bits set, the share for which any output is wrong. Half of them are pairs of an output.
    double error(int trials, RandomGenerator random) {
        int[][] set = IntStream.range(0, trials)
                .mapToObj(trial -> trial % 2 == 0
                        ? pairs[random.nextInt(pairs.length)]
                        : random.ints(0, inputs()).distinct().limit(2).toArray())
                .toArray(int[][]::new);
        float[] hidden = Scope.free(() -> hidden(set).toFloats());
        int neurons = hidden.length / trials;
        long wrong = IntStream.range(0, trials)
                .filter(trial -> IntStream.range(0, codes.length)
                        .anyMatch(output -> says(hidden, trial * neurons, output) != isTrue(set[trial], output)))
                .count();
        return (double) wrong / trials;
    }

    /// The neurons on some inputs, `[trial, n]`.
    Tensor hidden(int[][] set) {
        double[] x = new double[set.length * inputs()];
        for (int trial = 0; trial < set.length; trial++) {
            for (int input : set[trial]) {
                x[trial * inputs() + input] = 1;
            }
        }
        return Tensor.of(x, set.length, inputs())
                .to(compression.dtype())
                .matmul(compression.transpose(0, 1))
                .matmul(weights.transpose(0, 1))
                .minus(1)
                .relu();
    }

    private boolean says(float[] hidden, int from, int output) {
        double sum = 0;
        for (int neuron : codes[output]) {
            sum += hidden[from + neuron];
        }
        return sum > 0.5 * codes[output].length;
    }

    private boolean isTrue(int[] set, int output) {
        int a = pairs[output][0];
        int b = pairs[output][1];
        return (set[0] == a && set[1] == b) || (set[0] == b && set[1] == a);
    }

    @Override
    public void close() {
        compression.close();
        weights.close();
    }
}
