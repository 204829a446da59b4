package cutaway.interp.circuit;

import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.Groups;
import cutaway.tensor.BadInputException;
import java.util.Arrays;

/// Sums up numbers over prompts: each group by its mean first, for its prompts are no independent draws; intervals draw
/// groups anew.
///
/// @param groups of the prompts
record Estimates(Groups groups, Bootstrap bootstrap) {

    /// Independent draws.
    int draws() {
        return groups.members().size();
    }

    /// @param byPrompt one number a prompt
    Estimate mean(double[] byPrompt) {
        double[] means = byGroup(byPrompt);
        return new Estimate(average(means, every()), bootstrap.of(means.length, rows -> average(means, rows)));
    }

    /// The ratio of the sums: prompts count as much as their denominators are large.
    Estimate ratio(double[] numerators, double[] denominators) {
        double[] above = byGroup(numerators);
        double[] below = byGroup(denominators);
        return new Estimate(
                average(above, every()) / average(below, every()),
                bootstrap.of(above.length, rows -> average(above, rows) / average(below, rows)));
    }

    /// The mean size of some means.
    ///
    /// @param byPrompt `[question, prompt]`
    Estimate meanSize(double[][] byPrompt) {
        double[][] means = Arrays.stream(byPrompt).map(this::byGroup).toArray(double[][]::new);
        return new Estimate(meanSize(means, every()), bootstrap.of(draws(), rows -> meanSize(means, rows)));
    }

    private static double meanSize(double[][] means, int[] rows) {
        return Arrays.stream(means)
                .mapToDouble(row -> Math.abs(average(row, rows)))
                .average()
                .orElse(0);
    }

    private double[] byGroup(double[] byPrompt) {
        for (double one : byPrompt) {
            if (!Double.isFinite(one)) {
                throw new BadInputException(
                        "under the edits of a circuit a margin is no finite number; find the prompt whose run"
                                + " overflows, and leave it out.");
            }
        }
        return groups.means(new double[][] {byPrompt})[0];
    }

    private int[] every() {
        int[] every = new int[draws()];
        Arrays.setAll(every, i -> i);
        return every;
    }

    private static double average(double[] values, int[] rows) {
        double sum = 0;
        for (int row : rows) {
            sum += values[row];
        }
        return sum / rows.length;
    }
}
