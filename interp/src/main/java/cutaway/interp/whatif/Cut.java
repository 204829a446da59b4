package cutaway.interp.whatif;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// A threshold and the confusion that it makes. Of `n` different scores there are `n + 1` that differ in
/// what they predict: one between any two, one below all, one above all.
///
/// @param threshold rows are predicted 1 where their score is no less
record Cut(double threshold, Confusion confusion) {

    /// All of them, from the highest threshold to the lowest.
    ///
    /// @param labels 1 or 0 for each of the rows
    static List<Cut> all(double[] scores, int[] labels, int[] rows) {
        Integer[] order = Arrays.stream(rows).boxed().toArray(Integer[]::new);
        Arrays.sort(
                order, Comparator.comparingDouble((Integer row) -> scores[row]).reversed());
        int positives =
                (int) Arrays.stream(rows).filter(row -> labels[row] == 1).count();
        int negatives = rows.length - positives;
        List<Cut> cuts = new ArrayList<>();
        cuts.add(new Cut(above(order.length == 0 ? 0 : scores[order[0]]), new Confusion(0, 0, negatives, positives)));
        int right = 0;
        int wrong = 0;
        for (int i = 0; i < order.length; i++) {
            right += labels[order[i]];
            wrong += 1 - labels[order[i]];
            double here = scores[order[i]];
            boolean isLast = i == order.length - 1;
            if (isLast || scores[order[i + 1]] < here) {
                cuts.add(new Cut(
                        isLast ? 0 : between(scores[order[i + 1]], here),
                        new Confusion(right, wrong, negatives - wrong, positives - right)));
            }
        }
        return cuts;
    }

    private static double above(double score) {
        return score < 1 ? between(score, 1) : Math.nextUp(1.0);
    }

    /// Above the lower, no more than the upper.
    private static double between(double lower, double upper) {
        double middle = lower + (upper - lower) / 2;
        return middle > lower ? middle : upper;
    }
}
