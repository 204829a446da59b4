package cutaway.interp.statistics;

/// Where a statistic may lie, as far as the drawn prompts can tell.
///
/// @param low in the unit of the statistic
/// @param high in the unit of the statistic
/// @param confidence share of such intervals that should hold the truth, 0 … 1
/// @param method how it was made: it says where the corrections that were asked for could not be had
public record Interval(double low, double high, double confidence, Bootstrap.Method method) {

    public boolean holds(double value) {
        return low <= value && value <= high;
    }
}
