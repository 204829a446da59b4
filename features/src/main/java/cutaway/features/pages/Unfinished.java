package cutaway.features.pages;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Folders;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What a run has reached, in a folder beside the pages that it makes: the codes of the tokens that are encoded, and
/// the doses that are measured. A run of the same settings goes on from there; what others have reached is taken away.
///
/// @param folder `OUT.partial`
/// @param lock held by the one run that writes there
record Unfinished(Path folder, FileChannel lock) implements AutoCloseable {

    private static final String IDENTITY = "of.json";
    private static final String LOCK = "lock";

    static Path beside(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        return absolute.resolveSibling(absolute.getFileName() + ".partial");
    }

    /// @param target the pages' own folder
    /// @param identity all that decides what pages say, as text
    /// @throws BadInputException when another run writes there, something else is there, or the disk refuses
    static Unfinished of(Path target, String identity) {
        Path folder = beside(target);
        try {
            boolean ours = Files.isRegularFile(folder.resolve(LOCK));
            if (Files.exists(folder) && !ours) {
                throw new BadInputException(
                        folder + " is there and holds no unfinished pages; remove it, or give another" + " name than "
                                + target + ".");
            }
            Files.createDirectories(folder);
            Unfinished locked = new Unfinished(folder, locked(folder, target));
            Path file = folder.resolve(IDENTITY);
            if (!Files.isRegularFile(file) || !Files.readString(file).equals(identity)) {
                Files.deleteIfExists(file); // first: without it nothing else counts
                StoredCodes.remove(folder);
                MeasuredDoses.remove(folder);
                Path beside = folder.resolve(IDENTITY + ".new");
                Files.writeString(beside, identity);
                Files.move(beside, file);
            }
            return locked;
        } catch (IOException e) {
            throw new BadInputException("cannot write into " + folder + " (" + e + ").", e);
        }
    }

    private static FileChannel locked(Path folder, Path target) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new BadInputException(
                    "another run makes " + target + "; wait until it ends, or give another name than that.");
        }
        return channel;
    }

    /// Takes it away: the pages are made.
    void remove() throws IOException {
        Folders.remove(folder);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new BadInputException("cannot close " + folder + " (" + e + ").", e);
        }
    }
}
