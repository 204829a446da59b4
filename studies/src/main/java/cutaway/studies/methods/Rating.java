package cutaway.studies.methods;

import cutaway.studies.Bar;
import cutaway.studies.Goal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.hipparchus.distribution.continuous.TDistribution;

/// What a method finds of a planted truth, beside what anyone has without it.
///
/// It passes where the median of what it recovers meets the goal, it recovers more than the best baseline (the
/// interval of the mean difference lies above 0), and on a null it stays silent on every seed.
///
/// @param family of methods
/// @param method its name
/// @param command that uses it
/// @param planted the truth, in words
/// @param measure what is counted, 0 to 1 where not said otherwise
/// @param goal of the median
/// @param ours by seed
/// @param baselines that recover the same without the method
/// @param gain over the best of them
/// @param silence where nothing is planted
/// @param passes whether all of that holds
public record Rating(
        String family,
        String method,
        String command,
        String planted,
        String measure,
        Goal goal,
        List<Double> ours,
        List<Baseline> baselines,
        Gain gain,
        Silence silence,
        boolean passes) {

    /// Of an interval.
    private static final double CONFIDENCE = 0.95;

    /// A simple way to the same.
    ///
    /// @param values by seed, in the measure of the method
    public record Baseline(String name, List<Double> values) {
        public Baseline {
            values = List.copyOf(values);
        }

        static Baseline of(String name, double... values) {
            return new Baseline(name, list(values));
        }

        public double mean() {
            return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        }
    }

    /// What the method has more than the best baseline: the mean over seeds, with its interval by Student's t.
    ///
    /// @param over the name of that baseline
    public record Gain(String over, double mean, double low, double high) {

        static Gain of(double[] ours, Baseline best) {
            double[] gains = new double[ours.length];
            Arrays.setAll(gains, seed -> ours[seed] - best.values.get(seed));
            double mean = Arrays.stream(gains).average().orElse(Double.NaN);
            double squares = Arrays.stream(gains)
                    .map(gain -> (gain - mean) * (gain - mean))
                    .sum();
            double error = Math.sqrt(squares / (gains.length - 1) / gains.length);
            double reach =
                    new TDistribution(gains.length - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2) * error;
            return new Gain(best.name, mean, mean - reach, mean + reach);
        }
    }

    /// What the method says where nothing is planted.
    ///
    /// @param what in words
    /// @param goal that each seed must meet
    /// @param values by seed
    public record Silence(String what, Goal goal, List<Double> values) {
        public Silence {
            values = List.copyOf(values);
        }

        static Silence of(String what, Goal goal, double... values) {
            return new Silence(what, goal, list(values));
        }

        public boolean holds() {
            return values.stream().allMatch(goal::holds);
        }

        /// The value that is farthest from silence: nearest to the goal's end, or beyond it.
        public double worst() {
            return values.stream()
                    .max(Comparator.comparingDouble(value -> Math.max(value - goal.high(), goal.low() - value)))
                    .orElse(Double.NaN);
        }
    }

    public Rating {
        ours = List.copyOf(ours);
        baselines = List.copyOf(baselines);
    }

    /// @param ours by seed, at least two
    static Rating of(Asked asked, String measure, Goal goal, double[] ours, List<Baseline> baselines, Silence silence) {
        if (ours.length < 2
                || silence.values.size() != ours.length
                || baselines.isEmpty()
                || baselines.stream().anyMatch(baseline -> baseline.values.size() != ours.length)) {
            throw new IllegalArgumentException(
                    asked.method + " on " + ours.length + " seeds; expected at least 2, and as many of all else");
        }
        Baseline best = baselines.stream()
                .max(Comparator.comparingDouble(Baseline::mean))
                .orElseThrow();
        Gain gain = Gain.of(ours, best);
        boolean passes = goal.holds(Bar.median(list(ours))) && gain.low > 0 && silence.holds();
        return new Rating(
                asked.family,
                asked.method,
                asked.command,
                asked.planted,
                measure,
                goal,
                list(ours),
                baselines,
                gain,
                silence,
                passes);
    }

    /// What is rated.
    record Asked(String family, String method, String command, String planted) {}

    public double median() {
        return Bar.median(ours);
    }

    /// Why it does not pass, in words; empty where it does.
    public List<String> failures() {
        List<String> all = new ArrayList<>();
        if (!goal.holds(median())) {
            all.add("recovers " + number(median()) + ", and " + goal + " is asked");
        }
        if (!(gain.low > 0)) {
            all.add("is not told from " + gain.over + ", " + number(gain.low) + " to " + number(gain.high) + " more");
        }
        if (!silence.holds()) {
            all.add("speaks of a null: " + silence.what + " " + number(silence.worst()) + ", and " + silence.goal
                    + " is asked");
        }
        return all;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static List<Double> list(double... values) {
        return Arrays.stream(values).boxed().toList();
    }
}
