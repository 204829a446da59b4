package cutaway.interp.statistics;

import java.util.Arrays;

/// How well a number tells two kinds apart.
public final class Separation {

    private Separation() {}

    /// The chance that one of the first kind is above one of the second, draws counted half: the area under the ROC
    /// curve, or the Mann-Whitney statistic over the number of pairs. 1/2 for a number that says nothing.
    ///
    /// @return NaN where one of the kinds is missing
    public static double auc(double[] first, double[] second) {
        double[] sorted = second.clone();
        Arrays.sort(sorted);
        double above = 0;
        for (double value : first) {
            above += (below(sorted, value, false) + below(sorted, value, true)) / 2.0;
        }
        return above / first.length / second.length;
    }

    /// How many are less, or no more, than a value.
    private static int below(double[] sorted, double value, boolean orEqual) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value || (orEqual && sorted[middle] == value)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
