package cutaway.studies;

import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.Interval;
import cutaway.interp.statistics.MedianInterval;
import java.util.Optional;

/// Where a bar's number may lie with other seeds, or other cases: a 95 % bootstrap interval.
///
/// @param low in the unit of the bar
/// @param high in the unit of the bar
/// @param over what was drawn anew: `seeds`, or the cases of the one seed
public record BarInterval(double low, double high, String over) {

    public static final double CONFIDENCE = 0.95;

    /// Of the median over seeds ([MedianInterval]).
    ///
    /// @return empty of one seed, and where all seeds say the same
    static Optional<BarInterval> overSeeds(double... values) {
        return of(MedianInterval.of(values, CONFIDENCE), "seeds");
    }

    /// Of the mean over cases ([Bootstrap#mean]).
    ///
    /// @return empty of one case, and where all cases say the same
    static Optional<BarInterval> overCases(String cases, double... values) {
        return of(Bootstrap.seeded(0).mean(values), cases);
    }

    private static Optional<BarInterval> of(Optional<Interval> interval, String over) {
        return interval.map(it -> new BarInterval(it.low(), it.high(), over));
    }
}
