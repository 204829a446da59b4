package cutaway.studies;

import java.util.Map;

/// A number that a study can be run with.
///
/// @param name as on the command line, words joined by hyphens
/// @param meaning in a few words, with its unit
/// @param values by the size of a run
public record Parameter(String name, String meaning, Map<Size, Double> values) {

    public Parameter {
        values = Map.copyOf(values);
    }

    /// The same at every size.
    public static Parameter of(String name, String meaning, double value) {
        return of(name, meaning, value, value, value);
    }

    public static Parameter of(String name, String meaning, double quick, double usual, double full) {
        return new Parameter(name, meaning, Map.of(Size.QUICK, quick, Size.USUAL, usual, Size.FULL, full));
    }
}
