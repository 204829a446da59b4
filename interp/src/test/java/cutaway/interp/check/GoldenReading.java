package cutaway.interp.check;

import cutaway.model.Model;
import java.nio.file.Path;

/// What `cutaway check --golden` does with its file, without the checks that need none.
public final class GoldenReading {

    private GoldenReading() {}

    /// @throws cutaway.tensor.BadInputException when the file is damaged, or holds what the model cannot be
    ///     held against
    public static void compare(Model model, Path golden) {
        try (GoldenFile file = GoldenFile.open(golden)) {
            new GoldenCheck(model, file).check((what, part) -> {});
        }
    }
}
