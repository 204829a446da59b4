package cutaway.cli;

import cutaway.tensor.BadInputException;
import cutaway.tensor.WritableFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The folder of `--out`.
final class OutFolder {

    private OutFolder() {}

    /// Makes it before the work, so that no long run ends in a refusal.
    ///
    /// @throws BadInputException when nothing can be written there
    static void make(Path folder) {
        String refusal =
                "cannot write into \"" + folder + "\"; give --out a folder, which is made where it is missing.";
        if (folder.toString().isEmpty() || (Files.exists(folder) && !Files.isDirectory(folder))) {
            throw new BadInputException(refusal);
        }
        try {
            WritableFolder.make(folder);
        } catch (IOException e) {
            throw new BadInputException(refusal, e);
        }
    }

    /// Writes a file whole, then puts it in place.
    static void put(Path file, String text) throws IOException {
        Path whole = Files.createTempFile(file.toAbsolutePath().getParent(), ".cutaway", ".tmp");
        try {
            Files.writeString(whole, text);
            Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(whole);
        }
    }
}
