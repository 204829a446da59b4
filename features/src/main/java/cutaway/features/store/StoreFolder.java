package cutaway.features.store;

import cutaway.tensor.BadInputException;
import cutaway.tensor.WritableFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder of a store that is being made.
///
/// @param path made when there is something to write
record StoreFolder(Path path) {

    /// @throws BadInputException when nothing can be written there
    StoreFolder {
        try {
            WritableFolder.check(path);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write into \"" + path + "\": " + e.getMessage()
                            + "; give --out a folder, which is made where it is missing.",
                    e);
        }
    }

    /// The harvest that was begun here.
    ///
    /// @throws BadInputException when something else is here
    Optional<StoreFacts> begun() {
        if (Files.exists(path.resolve(StoreFacts.FILE))) {
            removeHalves();
            StoreFacts begun = StoreFacts.read(path);
            return begun.vectors() == 0 ? Optional.empty() : Optional.of(begun);
        }
        if (Files.isDirectory(path)) {
            try (Stream<Path> inside = Files.list(path)) {
                if (inside.findAny().isPresent()) {
                    throw new BadInputException("the folder " + path
                            + " holds other files and no store; give --out a folder that is empty or not there yet.");
                }
            } catch (IOException e) {
                throw new BadInputException("cannot read the folder " + path + ": " + e.getMessage(), e);
            }
        }
        return Optional.empty();
    }

    /// Removes what was being written when a harvest was killed.
    private void removeHalves() {
        try (Stream<Path> inside = Files.list(path)) {
            for (Path file : inside.filter(StoreFolder::isHalf).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new BadInputException("cannot tidy the folder " + path + ": " + e.getMessage(), e);
        }
    }

    private static boolean isHalf(Path file) {
        return String.valueOf(file.getFileName()).matches("\\.(store|vectors|tokens|documents|vocabulary)\\W.*\\.tmp");
    }

    /// @param vectors of each site that are still to come
    /// @throws BadInputException when the disk has no room for them
    void checkRoom(long vectors, StoreFacts facts) {
        long needed =
                vectors * ShardBuffer.rowBytes(facts.settings(), facts.layout().widths());
        long free = free();
        if (needed > free) {
            throw new BadInputException(String.format(
                    Locale.ROOT,
                    "%,d vectors of each of %d sites take up to %.2f GB, and the disk of %s has %.2f GB left; make"
                            + " room, or harvest fewer --tokens, or fewer sites%s.",
                    vectors,
                    facts.settings().sites().size(),
                    needed / 1e9,
                    path,
                    free / 1e9,
                    facts.settings().kept().type().lighter()));
        }
    }

    private long free() {
        try {
            Path at = path.toAbsolutePath();
            while (at != null && !Files.exists(at)) {
                at = at.getParent();
            }
            return at == null ? Long.MAX_VALUE : Files.getFileStore(at).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE; // the disk itself will say so
        }
    }

    /// Writes to the disk.
    interface Writing {
        void write() throws IOException;
    }

    /// Writes, and says in one sentence why the disk refused.
    ///
    /// @param vectors of each site that are kept, whatever happens
    void write(long vectors, Writing writing) {
        try {
            Files.createDirectories(path);
            writing.write();
        } catch (IOException | UncheckedIOException | BadInputException e) {
            boolean full = causes(e)
                    .anyMatch(cause -> String.valueOf(cause.getMessage()).contains("No space left"));
            String kept = vectors == 0
                    ? "; nothing is harvested yet."
                    : String.format(
                            Locale.ROOT,
                            "; %,d vectors of each site are kept, and the same command goes on from there.",
                            vectors);
            String why = full
                    ? "the disk of " + path + " is full: make room"
                    : "cannot write into " + path + ": "
                            + causes(e).reduce((first, last) -> last).orElse(e).getMessage();
            throw new BadInputException(why + kept, e);
        }
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }
}
