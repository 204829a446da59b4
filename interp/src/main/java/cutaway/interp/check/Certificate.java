package cutaway.interp.check;

import cutaway.model.Sizes;
import java.util.List;

/// What a check of a model found; a value that serialises to JSON.
///
/// @param version of Cutaway
/// @param model path of the model's file or folder
/// @param golden path of the reference values, or empty for none
/// @param seed of the random prompts and replacements
/// @param seconds that the check took
public record Certificate(
        String version,
        String model,
        String family,
        Sizes sizes,
        String golden,
        long seed,
        double seconds,
        List<Finding> checks) {

    public Certificate {
        checks = List.copyOf(checks);
    }

    /// Whether every check passed.
    public boolean passed() {
        return checks.stream().allMatch(Finding::passed);
    }
}
