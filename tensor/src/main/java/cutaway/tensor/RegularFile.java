package cutaway.tensor;

import java.nio.file.Files;
import java.nio.file.Path;

/// Keeps readers from what only looks like a file: a folder cannot be read, a pipe makes its reader wait, and a device
/// may never end.
public final class RegularFile {

    private RegularFile() {}

    /// Passes a regular file, a link to one, and a name that leads nowhere, which the reader itself reports.
    ///
    /// @param expected what the file should be, such as "a GGUF file"
    /// @throws BadInputException when there is something else
    public static void check(Path path, String expected) {
        if (Files.isRegularFile(path) || !Files.exists(path)) {
            return;
        }
        throw new BadInputException(path + " is "
                + (Files.isDirectory(path) ? "a folder" : "a pipe, a socket or a device") + "; expected " + expected
                + ", which is a regular file.");
    }
}
