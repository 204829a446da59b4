package cutaway.cli.report;

import java.util.Arrays;

/// A loss over the steps of a training in one line of the terminal.
public final class LossLine {

    /// How many readings of a curve are shown.
    private static final int SHOWN = 60;

    private LossLine() {}

    /// A block for each of up to 60 readings, the higher the larger, on a logarithmic scale.
    public static String of(double[] values) {
        double[] losses = Arrays.stream(values)
                .map(value -> Math.log(Math.max(1e-300, value)))
                .toArray();
        double low = Arrays.stream(losses).min().orElse(0);
        double high = Arrays.stream(losses).max().orElse(1);
        StringBuilder line = new StringBuilder();
        int shown = Math.min(SHOWN, losses.length);
        for (int i = 0; i < shown; i++) {
            double loss = losses[(int) ((long) i * losses.length / shown)];
            int level = high > low ? (int) Math.round(7 * (loss - low) / (high - low)) : 0;
            line.append("▁▂▃▄▅▆▇█".charAt(level));
        }
        return line.toString();
    }
}
