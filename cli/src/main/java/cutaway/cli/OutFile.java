package cutaway.cli;

import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file of `--out`.
final class OutFile {

    private OutFile() {}

    /// Looks before the work whether it can be written, so that no long run ends in a refusal.
    ///
    /// @throws BadInputException when it cannot
    static void check(Path out) {
        Path folder = out.toAbsolutePath().getParent();
        if (Files.isDirectory(out) || folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new BadInputException(
                    "cannot write " + out + "; give --out a file in a folder that exists and can be written.");
        }
    }
}
