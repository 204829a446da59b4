package cutaway.interp.circuit;

import cutaway.interp.statistics.Interval;
import java.util.Optional;

/// A number over prompts, and how far it would vary with others.
///
/// @param interval empty where the prompts cannot say: there is one group, or all say the same
public record Estimate(double value, Optional<Interval> interval) {

    /// The end of the interval that is nearer to 0, and 0 where it holds 0: what is shown of the size.
    double shown() {
        if (interval.isEmpty()) {
            return Math.abs(value);
        }
        Interval around = interval.get();
        return around.holds(0) ? 0 : Math.min(Math.abs(around.low()), Math.abs(around.high()));
    }
}
