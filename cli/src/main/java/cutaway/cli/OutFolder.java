package cutaway.cli;

import cutaway.tensor.BadInputException;
import cutaway.tensor.WritableFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

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

    /// Writes a file whole, then puts it in place; its folder is made where it is missing.
    static void put(Path file, String text) throws IOException {
        Path whole = file.toAbsolutePath().resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(whole.resolveSibling(""));
            Files.writeString(whole, text);
            Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(whole);
        }
    }
}
