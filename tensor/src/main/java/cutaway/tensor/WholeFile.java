package cutaway.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/// Writes a text so that its file is whole, or is as it was before.
public final class WholeFile {

    private WholeFile() {}

    /// Writes beside the file, then puts it in place; its folder is made where it is missing.
    public static void write(Path file, String text) throws IOException {
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
