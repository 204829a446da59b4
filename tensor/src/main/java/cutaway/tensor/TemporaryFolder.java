package cutaway.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A new folder that is removed at the end, with all that is in it.
public record TemporaryFolder(Path path) implements AutoCloseable {

    /// One where this machine keeps temporary files.
    ///
    /// @throws BadInputException when there is no room for one
    public static TemporaryFolder create() {
        try {
            return new TemporaryFolder(Files.createTempDirectory("cutaway"));
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot make a temporary folder (" + e.getMessage()
                            + "); make room where this machine keeps temporary files.",
                    e);
        }
    }

    /// One within a folder, which is made where it is not there.
    ///
    /// @throws BadInputException when it cannot be made
    public static TemporaryFolder in(Path parent) {
        try {
            Files.createDirectories(parent);
            return new TemporaryFolder(Files.createTempDirectory(parent, "scratch"));
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot make a folder in \"" + parent + "\" (" + e.getMessage() + "); make room, or give another.",
                    e);
        }
    }

    /// Where a file of it lies.
    public Path file(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() {
        try {
            Folders.remove(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
