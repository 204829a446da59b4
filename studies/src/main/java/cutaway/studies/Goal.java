package cutaway.studies;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What a measured number must be.
///
/// @param low the least that meets it; minus infinity for any
/// @param high the most that meets it; infinity for any
public record Goal(double low, double high) {

    public Goal {
        if (!(low <= high)) {
            throw new IllegalArgumentException("a goal from " + low + " to " + high);
        }
    }

    public static Goal atLeast(double low) {
        return new Goal(low, Double.POSITIVE_INFINITY);
    }

    public static Goal atMost(double high) {
        return new Goal(Double.NEGATIVE_INFINITY, high);
    }

    public static Goal between(double low, double high) {
        return new Goal(low, high);
    }

    /// NaN meets none.
    public boolean holds(double value) {
        return low <= value && value <= high;
    }

    /// Such as `>= 0.9`.
    @JsonValue
    @Override
    public String toString() {
        if (high == Double.POSITIVE_INFINITY) {
            return ">= " + words(low);
        }
        if (low == Double.NEGATIVE_INFINITY) {
            return "<= " + words(high);
        }
        return words(low) + " to " + words(high);
    }

    private static String words(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e6
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.4g", value).replaceFirst("(\\.\\d*?)0+$", "$1");
    }
}
