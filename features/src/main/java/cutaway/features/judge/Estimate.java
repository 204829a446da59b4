package cutaway.features.judge;

import cutaway.interp.statistics.Interval;
import java.util.Optional;

/// A number as far as the text can tell.
///
/// @param interval over contexts drawn anew; empty where there is no telling
public record Estimate(double value, Optional<Interval> interval) {

    static Estimate exact(double value) {
        return new Estimate(value, Optional.empty());
    }
}
