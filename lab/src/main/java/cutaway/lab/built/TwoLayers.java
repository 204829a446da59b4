package cutaway.lab.built;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// ANDs of ANDs: what a first network says, read out and compressed once more, is what a second one gets
/// (arXiv:2409.15318, section 4). From neurons to neurons that is one matrix, `[n, n]`:
///
///     h' = ReLU(W' C'^T C' R h - 1)        R the readout of the first, C' and W' the second's
///
/// Nothing between them rounds an output to yes or no, so that what is off in the first adds up in the
/// second.
///
/// @param first of inputs; this closes it
/// @param second of the first's outputs, as many; this closes it
public record TwoLayers(AndNetwork first, AndNetwork second) implements AutoCloseable {

    public TwoLayers {
        if (first.inputs() != second.inputs()) {
            throw new BadInputException("a second layer of " + second.inputs() + " inputs after " + first.inputs()
                    + " outputs; expected as many.");
        }
    }

    /// Both of as many ANDs and neurons, with codes of outputs.
    public static TwoLayers of(int inputs, int neurons, long seed) {
        AndNetwork first = AndNetwork.of(inputs, neurons, AndNetwork.Codes.OF_OUTPUTS, seed);
        return new TwoLayers(first, AndNetwork.of(inputs, neurons, AndNetwork.Codes.OF_OUTPUTS, seed + 1));
    }

    /// What the first layer's neurons write into the second's, `[n, n]`.
    public Tensor between() {
        return Scope.keep(() -> second.weights()
                .matmul(second.compression()) // [n, m']
                .matmul(first.readout()));
    }

    /// The second layer's neurons on the first's, `[trial, n]` both.
    public Tensor neurons(Tensor ofFirst) {
        return Scope.keep(
                () -> ofFirst.matmul(between().transpose(0, 1)).minus(1).relu());
    }

    /// What each output of the second layer should say.
    ///
    /// @param set the inputs that are 1
    public boolean[] truth(int[] set) {
        boolean[] between = first.truth(set);
        return second.truth(
                IntStream.range(0, between.length).filter(i -> between[i]).toArray());
    }

    /// Trials with the inputs of two ANDs of the first layer set, three or four: every other one of two that
    /// an AND of the second layer is of.
    public int[][] trials(int count, RandomGenerator random) {
        List<AndNetwork.And> ofFirst = first.circuit();
        List<AndNetwork.And> ofSecond = second.circuit();
        return IntStream.range(0, count)
                .mapToObj(trial -> {
                    List<Integer> outputs = trial % 2 == 0
                            ? ofSecond.get(random.nextInt(ofSecond.size())).inputs()
                            : random.ints(0, ofFirst.size())
                                    .distinct()
                                    .limit(2)
                                    .boxed()
                                    .toList();
                    return outputs.stream()
                            .flatMap(output -> ofFirst.get(output).inputs().stream())
                            .mapToInt(Integer::intValue)
                            .distinct()
                            .toArray();
                })
                .toArray(int[][]::new);
    }

    /// Shares of some [#trials] with any output wrong.
    ///
    /// @param first of the first layer
    /// @param second of the second
    public record Errors(double first, double second) {}

    public Errors errors(int trials, RandomGenerator random) {
        int[][] set = trials(trials, random);
        return Scope.free(() -> {
            Tensor h = first.hidden(set);
            return new Errors(
                    wrong(first.outputs(h).toFloats(), set, first::truth),
                    wrong(second.outputs(neurons(h)).toFloats(), set, this::truth));
        });
    }

    private interface Truth {
        boolean[] of(int[] set);
    }

    private static double wrong(float[] outputs, int[][] set, Truth truth) {
        int count = outputs.length / set.length;
        return (double) IntStream.range(0, set.length)
                        .filter(trial -> {
                            boolean[] one = truth.of(set[trial]);
                            return IntStream.range(0, count)
                                    .anyMatch(i -> outputs[trial * count + i] > AndNetwork.YES != one[i]);
                        })
                        .count()
                / set.length;
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
