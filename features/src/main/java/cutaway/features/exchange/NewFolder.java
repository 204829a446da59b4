package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Folders;
import cutaway.tensor.WritableFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.stream.Stream;

/// Makes a folder that is complete or not there.
public final class NewFolder {

    private NewFolder() {}

    /// What fills a folder.
    @FunctionalInterface
    public interface Filling {
        void fill(Path folder) throws IOException;
    }

    /// @throws BadInputException when the target is there already and not empty, or nothing can be written there
    public static void check(Path target) {
        if (Files.exists(target) && !isEmptyFolder(target)) {
            throw new BadInputException(target + " is there already; remove it, or give another name: what is written"
                    + " here replaces nothing.");
        }
        try {
            WritableFolder.check(target.toAbsolutePath().resolveSibling(""));
        } catch (IOException e) {
            throw new BadInputException("cannot write " + target + ": " + e.getMessage() + ".", e);
        }
    }

    /// Fills a folder beside the target and moves it there when it is whole.
    public static void write(Path target, Filling filling) {
        check(target);
        Path absolute = target.toAbsolutePath().normalize();
        Path beside = absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(beside);
            filling.fill(beside);
            Files.deleteIfExists(absolute); // an empty folder
            Files.move(beside, absolute, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        } finally {
            remove(beside);
        }
    }

    private static boolean isEmptyFolder(Path target) {
        if (!Files.isDirectory(target)) {
            return false;
        }
        try (Stream<Path> files = Files.list(target)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw new BadInputException("cannot read " + target + " (" + e + ").", e);
        }
    }

    private static void remove(Path folder) {
        try {
            Folders.remove(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }
}
