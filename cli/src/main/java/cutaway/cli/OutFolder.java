package cutaway.cli;

import cutaway.tensor.BadInputException;
import cutaway.tensor.WritableFolder;
import java.io.IOException;
import java.nio.file.Path;

/// The folder of `--out`.
final class OutFolder {

    private OutFolder() {}

    /// Looks before the work whether it can be written, so that no long run ends in a refusal.
    ///
    /// @throws BadInputException when nothing can be written there
    static void check(Path folder) {
        try {
            if (folder.toString().isEmpty()) {
                throw new IOException("it has no name");
            }
            WritableFolder.check(folder);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write into \"" + folder + "\": " + e.getMessage()
                            + "; give --out a folder, which is made where it is missing.",
                    e);
        }
    }
}
