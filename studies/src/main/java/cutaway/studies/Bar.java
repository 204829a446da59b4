package cutaway.studies;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One line of a study's table: what was measured on each seed, and what it must be.
///
/// It is met where the median over seeds meets the goal, and the control, where there is one, meets its own on every
/// seed. What the control must be is that it loses: by default, that it misses the goal.
///
/// @param what was measured, with its unit
/// @param kind what it says when it is missed
/// @param paper the paper's own figure, in words; empty where it gives none
/// @param ours by seed
/// @param goal of the median
/// @param control by seed; empty where there is none
/// @param interval of the median; empty where there is no telling
public record Bar(
        String what,
        Kind kind,
        String paper,
        List<Double> ours,
        Goal goal,
        Optional<Control> control,
        Optional<BarInterval> interval) {

    /// What a missed bar says.
    public enum Kind {
        /// Of the instrument: a planted truth must be found, a null must stay silent. Missed, nothing else counts.
        INSTRUMENT,
        /// Of the paper's claim. Missed, the claim is not reproduced at this scale.
        CLAIM
    }

    /// What must lose.
    ///
    /// @param what it is
    /// @param values by seed
    /// @param goal that each must meet; empty where each must miss the bar's own
    /// @param interval of the median; empty where there is no telling
    public record Control(String what, List<Double> values, Optional<Goal> goal, Optional<BarInterval> interval) {
        public Control {
            values = List.copyOf(values);
        }

        private static Control of(String what, Optional<Goal> goal, double... values) {
            return new Control(what, list(values), goal, BarInterval.overSeeds(values));
        }
    }

    public Bar {
        ours = List.copyOf(ours);
        if (ours.isEmpty()) {
            throw new IllegalArgumentException("the bar \"" + what + "\" without a measurement");
        }
    }

    /// A planted truth or a null.
    public static Bar instrument(String what, Goal goal, double... ours) {
        return new Bar(what, Kind.INSTRUMENT, "", list(ours), goal, Optional.empty(), BarInterval.overSeeds(ours));
    }

    /// What the paper claims.
    ///
    /// @param paper its own figure, in words
    public static Bar claim(String what, String paper, Goal goal, double... ours) {
        return new Bar(what, Kind.CLAIM, paper, list(ours), goal, Optional.empty(), BarInterval.overSeeds(ours));
    }

    /// The same with a control that must miss the goal on every seed.
    public Bar against(String whatLoses, double... values) {
        return beside(Control.of(whatLoses, Optional.empty(), values));
    }

    /// The same with a control that has a goal of its own.
    public Bar against(String whatLoses, Goal its, double... values) {
        return beside(Control.of(whatLoses, Optional.of(its), values));
    }

    private Bar beside(Control it) {
        return new Bar(what, kind, paper, ours, goal, Optional.of(it), interval);
    }

    /// The same where a number is a mean over cases, such as relations: of one seed, the interval is over these.
    ///
    /// @param cases what they are, such as `relations`
    /// @param ours by case
    public Bar over(String cases, double... ours) {
        return this.ours.size() > 1
                ? this
                : new Bar(what, kind, paper, this.ours, goal, control, BarInterval.overCases(cases, ours));
    }

    /// The same for the control.
    ///
    /// @param itsOwn by case
    public Bar over(String cases, double[] ours, double[] itsOwn) {
        return new Bar(
                what,
                kind,
                paper,
                this.ours,
                goal,
                control.map(it -> it.values().size() > 1
                        ? it
                        : new Control(it.what(), it.values(), it.goal(), BarInterval.overCases(cases, itsOwn))),
                over(cases, ours).interval());
    }

    private static List<Double> list(double... values) {
        return Arrays.stream(values).boxed().toList();
    }

    /// Over seeds.
    public double median() {
        return median(ours);
    }

    /// Of some values, at least one.
    public static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// Whether the control lost on every seed; true where there is none.
    public boolean controlLoses() {
        return control.map(it -> it.values().stream()
                        .allMatch(
                                value -> it.goal().map(its -> its.holds(value)).orElse(!goal.holds(value))
                                        && !Double.isNaN(value)))
                .orElse(true);
    }

    public boolean isMet() {
        return goal.holds(median()) && controlLoses();
    }
}
