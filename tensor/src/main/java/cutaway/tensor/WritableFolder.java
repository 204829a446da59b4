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
        } catch (FileSystemException e) {
            throw new IOException(why(e), e);
        } finally {
            for (Path made : missing) {
                Files.deleteIfExists(made);
            }
        }
    }

    /// Why nothing could be written, in words: the message of some of these is a path alone.
    public static String why(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "there is no permission to write there";
            case FileAlreadyExistsException there -> there.getFile() + " is a file";
            case FileSystemException other -> other.getReason() == null ? "it cannot be made" : other.getReason();
            default -> String.valueOf(e.getMessage());
        };
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
