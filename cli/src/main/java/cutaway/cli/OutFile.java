package cutaway.cli;

import cutaway.tensor.BadInputException;
import cutaway.tensor.WritableFolder;
import java.io.IOException;
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

    /// The same of a file whose name says what it is.
    ///
    /// @throws BadInputException also when the name ends otherwise
    static void checkSafetensors(Path out) {
        if (!out.toString().endsWith(".safetensors")) {
            throw new BadInputException("--out is \"" + out + "\"; give a file that ends in .safetensors.");
        }
        try {
            WritableFolder.checkFor(out);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write " + out + ": " + e.getMessage() + "; give --out another file.", e);
        }
    }
}
