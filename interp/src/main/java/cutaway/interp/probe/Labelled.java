package cutaway.interp.probe;

import cutaway.tensor.Random;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Activations with what is to be told from them: one question or several, each with the same classes.
///
/// @param x `[n, d]`
/// @param labels class of each question, `[n][question]`; -1 where it has none
/// @param classes how many there are
/// @param groups examples of one group, such as the positions of a text, are never on both sides of a split, `[n]`
public record Labelled(Tensor x, int[][] labels, int classes, int[] groups) {

    public Labelled {
        if (x.dim(0) != labels.length || labels.length != groups.length || labels.length == 0) {
            throw new IllegalArgumentException(x.dim(0) + " activations of " + labels.length + " labels and "
                    + groups.length + " groups; expected as many of each, and at least one");
        }
    }

    public int count() {
        return labels.length;
    }

    public int questions() {
        return labels[0].length;
    }

    /// Two parts of the groups, drawn by a seed.
    public record Split(Labelled train, Labelled test) {}

    /// @param share of the groups that is trained on
    /// @throws IllegalArgumentException when there are fewer than two groups
    public Split split(double share, long seed) {
        int[] names = Arrays.stream(groups).distinct().toArray();
        if (names.length < 2) {
            throw new IllegalArgumentException("one group cannot be split; expected at least two");
        }
        Shuffle.of(names, new Random(seed).generator());
        int size = Math.clamp(Math.round(share * names.length), 1, names.length - 1);
        int[] chosen = Arrays.copyOf(names, size);
        Arrays.sort(chosen);
        return new Split(
                rows(row -> Arrays.binarySearch(chosen, groups[row]) >= 0),
                rows(row -> Arrays.binarySearch(chosen, groups[row]) < 0));
    }

    private Labelled rows(IntPredicate isIn) {
        int[] rows = IntStream.range(0, count()).filter(isIn).toArray();
        long[] index = Arrays.stream(rows).asLongStream().toArray();
        return new Labelled(
                x.gatherRows(0, Tensor.of(index, index.length)),
                Arrays.stream(rows).mapToObj(row -> labels[row]).toArray(int[][]::new),
                classes,
                Arrays.stream(rows).map(row -> groups[row]).toArray());
    }

    /// The same activations with labels as a role sees them.
    ///
    /// @param roles class that is each example's own, `[n]`
    public Labelled relative(RelativeLabels seen, int[] roles) {
        int[][] relative = new int[count()][questions()];
        for (int row = 0; row < count(); row++) {
            for (int question = 0; question < questions(); question++) {
                int label = labels[row][question];
                relative[row][question] = label < 0 ? label : seen.of(label, roles[row]);
            }
        }
        return new Labelled(x, relative, seen.classes(), groups);
    }

    /// The same activations with the labels of others: what a probe learns of them is nothing.
    public Labelled shuffled(long seed) {
        int[] order = Shuffle.order(count(), new Random(seed).generator());
        return new Labelled(
                x, Arrays.stream(order).mapToObj(row -> labels[row]).toArray(int[][]::new), classes, groups);
    }

    /// The class of each question that most examples have.
    int[] majority() {
        return IntStream.range(0, questions())
                .map(question -> {
                    int[] counts = new int[classes];
                    for (int[] row : labels) {
                        if (row[question] >= 0) {
                            counts[row[question]]++;
                        }
                    }
                    return IntStream.range(0, classes)
                            .reduce(0, (best, one) -> counts[one] > counts[best] ? one : best);
                })
                .toArray();
    }

    /// The share of labels that some answers have right.
    ///
    /// @param answers `[n][question]`
    double accuracy(int[][] answers) {
        long right = 0;
        long asked = 0;
        for (int row = 0; row < count(); row++) {
            for (int question = 0; question < questions(); question++) {
                if (labels[row][question] >= 0) {
                    asked++;
                    right += labels[row][question] == answers[row][question] ? 1 : 0;
                }
            }
        }
        return asked == 0 ? Double.NaN : (double) right / asked;
    }

    /// The share of the labels of each question that some answers have right, `[question]`; NaN where it has none.
    ///
    /// @param answers `[n][question]`
    double[] accuracies(int[][] answers) {
        return IntStream.range(0, questions())
                .mapToDouble(question -> share(question, row -> labels[row][question] == answers[row][question]))
                .toArray();
    }

    /// Of one question, how often each class is rightly told from all others, `[class]`.
    ///
    /// @param answers `[n][question]`
    double[] told(int question, int[][] answers) {
        return IntStream.range(0, classes)
                .mapToDouble(one ->
                        share(question, row -> (labels[row][question] == one) == (answers[row][question] == one)))
                .toArray();
    }

    /// Of the rows that have a label of a question.
    private double share(int question, IntPredicate isRight) {
        int[] asked = IntStream.range(0, count())
                .filter(row -> labels[row][question] >= 0)
                .toArray();
        return asked.length == 0
                ? Double.NaN
                : (double) Arrays.stream(asked).filter(isRight).count() / asked.length;
    }

    /// `[n, question]` int64, -1 where there is none.
    Tensor labelTensor() {
        long[] flat = Arrays.stream(labels)
                .flatMapToInt(Arrays::stream)
                .asLongStream()
                .toArray();
        return Tensor.of(flat, count(), questions());
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return count() + " examples of " + questions() + " questions with " + classes + " classes";
    }
}
