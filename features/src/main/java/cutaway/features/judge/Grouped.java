package cutaway.features.judge;

import cutaway.interp.statistics.Bootstrap;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Terms of tested rows, added up by group: groups are what is drawn anew for an interval, as rows of one are no
/// independent draws.
///
/// @param sums of each group, `[group][term]`
record Grouped(double[][] sums) {

    /// @param groups of each row
    /// @param terms of each row, `[row][term]`
    static Grouped of(int[] groups, double[][] terms) {
        int[] names = Arrays.stream(groups).distinct().sorted().toArray();
        double[][] sums = new double[names.length][terms.length == 0 ? 0 : terms[0].length];
        for (int row = 0; row < groups.length; row++) {
            add(sums[Arrays.binarySearch(names, groups[row])], terms[row]);
        }
        return new Grouped(sums);
    }

    /// @param value of the terms of all rows together; NaN where it is not defined
    Estimate estimate(Bootstrap bootstrap, ToDoubleFunction<double[]> value) {
        double all = value.applyAsDouble(sum(IntStream.range(0, sums.length).toArray()));
        return new Estimate(
                all,
                Double.isNaN(all)
                        ? Optional.empty()
                        : bootstrap.of(sums.length, drawn -> value.applyAsDouble(sum(drawn))));
    }

    private double[] sum(int[] groups) {
        double[] all = new double[sums.length == 0 ? 0 : sums[0].length];
        for (int group : groups) {
            add(all, sums[group]);
        }
        return all;
    }

    private static void add(double[] sum, double[] terms) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += terms[i];
        }
    }

    /// The mean over some cells (a class and the others) of each one's own mean, so that all weigh alike however many
    /// rows they have; a cell without rows is left out.
    ///
    /// @param sums a sum and a count for each cell, one after another
    /// @param from the first of them
    static double balanced(double[] sums, int from, int cells) {
        double total = 0;
        int present = 0;
        for (int cell = 0; cell < cells; cell++) {
            double count = sums[from + 2 * cell + 1];
            if (count > 0) {
                total += sums[from + 2 * cell] / count;
                present++;
            }
        }
        return total / present; // NaN where there are none
    }
}
