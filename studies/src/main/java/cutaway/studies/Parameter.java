package cutaway.studies;

import cutaway.tensor.BadInputException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A number that a study can be run with.
///
/// @param name as on the command line, words joined by hyphens
/// @param meaning in a few words, with its unit
/// @param values by the size of a run
/// @param whole whether it counts something
/// @param least that it may be
/// @param most that it may be; null where nothing bounds it
public record Parameter(
        String name,
        String meaning,
        Map<Size, Double> values,
        boolean whole,
        double least,
        @Nullable Double most) {

    public Parameter {
        values = Map.copyOf(values);
    }

    /// A count, from 1 on, the same at every size.
    public static Parameter of(String name, String meaning, double value) {
        return of(name, meaning, value, value, value);
    }

    /// A count, from 1 on.
    public static Parameter of(String name, String meaning, double quick, double usual, double full) {
        return new Parameter(
                name, meaning, Map.of(Size.QUICK, quick, Size.USUAL, usual, Size.FULL, full), true, 1, null);
    }

    /// A number from 0 on, the same at every size, that need not be whole.
    public static Parameter real(String name, String meaning, double value) {
        return new Parameter(name, meaning, of(name, meaning, value).values, false, 0, null);
    }

    /// The same, and no less than a number.
    public Parameter atLeast(double number) {
        return new Parameter(name, meaning, values, whole, number, most);
    }

    /// The same, and no more than a number.
    public Parameter atMost(double number) {
        return new Parameter(name, meaning, values, whole, least, number);
    }

    /// @throws BadInputException when it cannot be this number
    void check(double value) {
        boolean isOne = Double.isFinite(value) && (!whole || (value == Math.rint(value) && value <= Integer.MAX_VALUE));
        if (!isOne || value < least || (most != null && value > most)) {
            throw new BadInputException("the parameter " + name + " is " + written(value) + "; expected a "
                    + (whole ? "whole number" : "number") + " from " + written(least)
                    + (most == null ? " on." : " to " + written(most) + "."));
        }
    }

    private static String written(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.valueOf(value);
    }
}
