package cutaway.interp.codes;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// The signs of a layer's weights: plus, minus, or none for those near zero.
public final class Signs {

    private final byte[][] signs; // [neuron][input]

    private Signs(byte[][] signs) {
        this.signs = signs;
    }

    /// @param weights of a layer, `[neuron, input]`
    /// @param cut of weights that count as none: those no larger, in standard deviations of all weights; 0 or more
    /// @throws BadInputException when the weights are no matrix with two inputs and a neuron, or are not finite
    public static Signs of(Tensor weights, double cut) {
        if (weights.shape().rank() != 2 || weights.dim(0) < 1 || weights.dim(1) < 2) {
            throw new BadInputException("sign codes of weights of the shape " + weights.shape()
                    + "; expected [neuron, input], with two inputs at least.");
        }
        if (!(cut >= 0)) {
            throw new BadInputException("weights of up to " + cut
                    + " standard deviations counted as none; expected a number from 0 on, such as 0.25.");
        }
        double[] all = weights.toDoubles();
        double mean = Arrays.stream(all).average().orElse(0);
        double least = cut
                * Math.sqrt(Arrays.stream(all)
                        .map(w -> (w - mean) * (w - mean))
                        .average()
                        .orElse(0));
        if (!Double.isFinite(least)) {
            throw new BadInputException("sign codes of weights that are not finite; give those of a trained model.");
        }
        int inputs = Math.toIntExact(weights.dim(1));
        byte[][] signs = new byte[Math.toIntExact(weights.dim(0))][inputs];
        for (int at = 0; at < all.length; at++) {
            signs[at / inputs][at % inputs] = (byte) (Math.abs(all[at]) > least ? Math.signum(all[at]) : 0);
        }
        return new Signs(signs);
    }

    public int neurons() {
        return signs.length;
    }

    public int inputs() {
        return signs[0].length;
    }

    /// 1, -1 or 0.
    public int at(int neuron, int input) {
        return signs[neuron][input];
    }

    /// How far signs of two inputs agree on some neurons: their products, over the root of the signs that each has; 1
    /// for the same code, 0 where one has none.
    double agreement(int[] neurons, int first, int second) {
        int products = 0;
        int ofFirst = 0;
        int ofSecond = 0;
        for (int neuron : neurons) {
            int one = signs[neuron][first];
            int other = signs[neuron][second];
            products += one * other;
            ofFirst += one * one;
            ofSecond += other * other;
        }
        return ofFirst == 0 || ofSecond == 0 ? 0 : products / Math.sqrt((double) ofFirst * ofSecond);
    }

    /// Agreements of all pairs, `[input][input]`, 0 on the diagonal.
    double[][] agreements(int[] neurons) {
        double[][] all = new double[inputs()][inputs()];
        for (int i = 0; i < inputs(); i++) {
            for (int j = 0; j < i; j++) {
                all[i][j] = agreement(neurons, i, j);
                all[j][i] = all[i][j];
            }
        }
        return all;
    }

    /// Which inputs some neurons have a plus, or a minus, on.
    ///
    /// @param rows those neurons; they are numbered anew from 0
    /// @param sign 1 or -1
    public Marks marks(int[] rows, int sign) {
        List<BitSet> ofInputs = IntStream.range(0, inputs())
                .mapToObj(input -> {
                    BitSet marked = new BitSet(rows.length);
                    IntStream.range(0, rows.length)
                            .filter(row -> signs[rows[row]][input] == sign)
                            .forEach(marked::set);
                    return marked;
                })
                .toList();
        return new Marks(rows.length, ofInputs);
    }
}
