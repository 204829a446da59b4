package cutaway.interp.geometry;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/// Rows to fit and rows to test that share no label: a curve that was fitted to a label has seen where it lies.
///
/// @param training rows, ascending
/// @param heldOut the others, ascending
public record LabelSplit(int[] training, int[] heldOut) {

    private static final int LEAST = 4;

    /// @param labels of each row
    /// @param share of the labels that is held out, between 0 and 1
    /// @throws BadInputException when there are too few labels to hold any out
    public static LabelSplit of(double[] labels, double share, long seed) {
        double[] distinct = Arrays.stream(labels).distinct().sorted().toArray();
        if (distinct.length < LEAST || !(share > 0 && share < 1)) {
            throw new BadInputException(distinct.length + " labels, of which a share of " + share
                    + " is to be held out; expected at least " + LEAST + " labels, and a share between 0 and 1.");
        }
        Shuffle.of(distinct, new Random(seed).generator());
        int held = Math.clamp(Math.round(share * distinct.length), 1, distinct.length - 2);
        Set<Double> out = new HashSet<>();
        Arrays.stream(distinct).limit(held).forEach(out::add);
        return new LabelSplit(
                IntStream.range(0, labels.length)
                        .filter(row -> !out.contains(labels[row]))
                        .toArray(),
                IntStream.range(0, labels.length)
                        .filter(row -> out.contains(labels[row]))
                        .toArray());
    }

    /// Some rows of a tensor.
    public static Tensor rows(Tensor all, int[] rows) {
        return Scope.keep(() ->
                all.gatherRows(0, Tensor.of(Arrays.stream(rows).asLongStream().toArray(), rows.length)));
    }

    /// Labels of some rows.
    public static double[] labels(double[] all, int[] rows) {
        return Arrays.stream(rows).mapToDouble(row -> all[row]).toArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelSplit(int[] its, int[] itsHeld)
                && Arrays.equals(training, its)
                && Arrays.equals(heldOut, itsHeld);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(training) + Arrays.hashCode(heldOut);
    }

    @Override
    public String toString() {
        return training.length + " rows to fit, " + heldOut.length + " held out";
    }
}
