package cutaway.tensor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Finds out before long work whether its result can be written.
public final class WritableFolder {

    private WritableFolder() {}

    /// Makes a file in a folder, and the folder where it is missing; what it has made it takes away again.
    ///
    /// @throws IOException saying in words why it cannot
    public static void check(Path folder) throws IOException {
        List<Path> missing = new ArrayList<>(); // innermost first
        for (Path at = folder.toAbsolutePath(); at != null && Files.notExists(at); at = at.getParent()) {
            missing.add(at);
        }
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".cutaway", ".tmp"));
        } catch (AccessDeniedException e) {
            throw new IOException("there is no permission to write there", e);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(e.getFile() + " is a file", e);
        } catch (FileSystemException e) {
            throw new IOException(e.getReason() == null ? "it cannot be made" : e.getReason(), e);
        } finally {
            for (Path made : missing) {
                Files.deleteIfExists(made);
            }
        }
    }

    /// As [#check], of the folder that a file will stand in.
    ///
    /// @throws IOException saying in words why it cannot
    public static void checkFor(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new IOException("it is a folder");
        }
        check(folder);
    }
}
