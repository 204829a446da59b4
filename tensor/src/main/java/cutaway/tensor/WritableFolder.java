package cutaway.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Finds out before long work whether its result can be written.
public final class WritableFolder {

    private WritableFolder() {}

    /// Makes a folder where it is missing, and a file in it, which it takes away again.
    ///
    /// @throws IOException when it cannot
    public static void make(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.delete(Files.createTempFile(folder, ".cutaway", ".tmp"));
    }

    /// As [#make], of the folder that a file will stand in.
    ///
    /// @throws IOException when it cannot, or there is a folder where the file should be
    public static void makeFor(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new IOException("it is a folder");
        }
        make(folder);
    }
}
