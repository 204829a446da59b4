package cutaway.features.judge;

import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Activations with a class each, for probes. A row is one token, or the mean over the tokens of a text: then a
/// dictionary codes the tokens and the mean is taken of the codes, as it was trained on tokens and not on means.
///
/// @param x what probes of the activation read, `[n, d]`
/// @param tokens what a dictionary codes, `[tokens, d]`; the same tensor where rows are tokens
/// @param starts where the tokens of each row begin, one more than there are rows
/// @param classes of each row, from 0
/// @param groups rows of one group (a document, a word) are never split between fitting and testing
public record Labelled(Tensor x, Tensor tokens, int[] starts, int[] classes, int[] groups) implements AutoCloseable {

    public Labelled {
        if (x.dim(0) != classes.length || groups.length != classes.length || starts.length != classes.length + 1) {
            throw new IllegalArgumentException(x.dim(0) + " activations with " + classes.length + " classes, "
                    + groups.length + " groups and tokens of " + (starts.length - 1));
        }
    }

    /// Rows that are tokens.
    ///
    /// @param x `[n, d]`
    public Labelled(Tensor x, int[] classes, int[] groups) {
        this(x, x, IntStream.rangeClosed(0, classes.length).toArray(), classes, groups);
    }

    /// Rows that are means of several tokens; they belong to the scope that is open.
    ///
    /// @param tokens of all rows one after another, `[tokens, d]`
    public static Labelled pooled(Tensor tokens, int[] starts, int[] classes, int[] groups) {
        int count = starts[starts.length - 1];
        double[] shares = new double[count];
        for (int row = 0; row + 1 < starts.length; row++) {
            Arrays.fill(shares, starts[row], starts[row + 1], 1.0 / (starts[row + 1] - starts[row]));
        }
        int[] columns = IntStream.range(0, count).toArray();
        Tensor x = Scope.keep(() -> new SparseRows(count, starts, columns, shares).times(tokens.contiguous()));
        return new Labelled(x, tokens, starts, classes, groups);
    }

    boolean isPooled() {
        return x != tokens;
    }

    /// The codes of each row: of its token, or the mean over its tokens.
    SparseRows codes(Coding coding) {
        SparseRows codes = coding.encode(tokens);
        return isPooled() ? MeanCodes.of(codes, starts) : codes;
    }

    /// Rows to fit on and rows to test on, which share no group; each half has about as many of each class, where
    /// no group has two.
    ///
    /// @throws cutaway.tensor.BadInputException when there are fewer than two groups
    HeldOut split(long seed) {
        return halves(groups, classes, seed);
    }

    static HeldOut halves(int[] groups, int[] classes, long seed) {
        List<Integer> names = Arrays.stream(groups).boxed().toList();
        Map<Integer, Integer> classOf = new HashMap<>();
        boolean pure = true;
        for (int row = 0; row < classes.length; row++) {
            Integer other = classOf.putIfAbsent(groups[row], classes[row]);
            pure &= other == null || other == classes[row];
        }
        return pure
                ? HeldOut.stratified(names, Arrays.stream(classes).boxed().toList(), seed)
                : HeldOut.grouped(names, seed);
    }

    /// Some rows; their activations belong to the scope that is open.
    Labelled rows(List<Integer> which) {
        int[] rows = which.stream().mapToInt(Integer::intValue).toArray();
        int[] ofClass = IntStream.of(rows).map(row -> classes[row]).toArray();
        int[] ofGroup = IntStream.of(rows).map(row -> groups[row]).toArray();
        Tensor some = gathered(x, IntStream.of(rows));
        if (!isPooled()) {
            return new Labelled(some, ofClass, ofGroup);
        }
        int[] begin = new int[rows.length + 1];
        for (int i = 0; i < rows.length; i++) {
            begin[i + 1] = begin[i] + starts[rows[i] + 1] - starts[rows[i]];
        }
        IntStream theirs = IntStream.of(rows).flatMap(row -> IntStream.range(starts[row], starts[row + 1]));
        return new Labelled(some, gathered(tokens, theirs), begin, ofClass, ofGroup);
    }

    private static Tensor gathered(Tensor from, IntStream rows) {
        long[] index = rows.asLongStream().toArray();
        return Scope.keep(() -> from.gatherRows(0, Tensor.of(index, index.length)));
    }

    /// The same activations with other classes; it is not to be closed.
    public Labelled with(int[] others) {
        return new Labelled(x, tokens, starts, others, groups);
    }

    /// Whether each row is of a class.
    boolean[] are(int wanted) {
        boolean[] are = new boolean[classes.length];
        for (int i = 0; i < are.length; i++) {
            are[i] = classes[i] == wanted;
        }
        return are;
    }

    @Override
    public void close() {
        x.close();
        if (isPooled()) {
            tokens.close();
        }
    }
}
