package cutaway.features.judge;

import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Activations with a class each, for probes.
///
/// @param x `[n, d]`
/// @param classes of each row, from 0
/// @param groups rows of one group (a document, a word) are never split between fitting and testing
public record Labelled(Tensor x, int[] classes, int[] groups) {

    public Labelled {
        if (x.dim(0) != classes.length || groups.length != classes.length) {
            throw new IllegalArgumentException(
                    x.dim(0) + " activations with " + classes.length + " classes and " + groups.length + " groups");
        }
    }

    /// Rows to fit on and rows to test on, which share no group.
    ///
    /// @throws cutaway.tensor.BadInputException when there are fewer than two groups
    HeldOut split(long seed) {
        return HeldOut.grouped(Arrays.stream(groups).boxed().toList(), seed);
    }

    /// Some rows; their activations belong to the scope that is open.
    Labelled rows(List<Integer> which) {
        int[] rows = which.stream().mapToInt(Integer::intValue).toArray();
        long[] index = IntStream.of(rows).asLongStream().toArray();
        Tensor some = Scope.keep(() -> x.gatherRows(0, Tensor.of(index, index.length)));
        return new Labelled(
                some,
                IntStream.of(rows).map(row -> classes[row]).toArray(),
                IntStream.of(rows).map(row -> groups[row]).toArray());
    }

    /// Whether each row is of a class.
    boolean[] are(int wanted) {
        boolean[] are = new boolean[classes.length];
        for (int i = 0; i < are.length; i++) {
            are[i] = classes[i] == wanted;
        }
        return are;
    }
}
