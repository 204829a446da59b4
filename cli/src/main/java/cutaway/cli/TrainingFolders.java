package cutaway.cli;

import cutaway.features.exchange.NewFolder;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Folders;
import cutaway.tensor.training.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Where a training writes: its result into `OUT`, and until then what it needs to go on into `OUT.training`.
///
/// @param out the folder of `--out`
record TrainingFolders(Path out) {

    Path state() {
        return out.toAbsolutePath().resolveSibling(out.getFileName() + ".training");
    }

    /// @throws BadInputException when nothing can be written there, or something has been
    void check() {
        OutFolder.check(out);
        try (Stream<Path> inside = Files.isDirectory(out) ? Files.list(out) : Stream.empty()) {
            if (inside.findAny().isPresent()) {
                throw new BadInputException("--out is " + out + ", which has files in it; give a new folder.");
            }
        } catch (IOException e) {
            throw new BadInputException("cannot read the folder " + out + " (" + e.getMessage() + ").", e);
        }
    }

    /// Where one dictionary keeps what it needs to go on: one that is trained alone in the folder itself, unless it was
    /// begun with others.
    ///
    /// @param all how many are trained
    Path state(String name, int all) {
        if (all > 1 && Files.exists(state().resolve(Checkpoint.FILE))) {
            throw new BadInputException(state() + " holds the checkpoint of one dictionary, and " + all
                    + " are to be trained; give another --out, or remove that folder.");
        }
        return all == 1 && Files.notExists(state().resolve(name)) ? state() : state().resolve(name);
    }

    /// The folder of one dictionary.
    ///
    /// @param in the folder of all
    static Path result(Path in, String name, int all) {
        return all == 1 ? in : in.resolve(name);
    }

    /// Fills the folder of all, which is complete or not there.
    ///
    /// @throws BadInputException when the disk refuses
    void write(NewFolder.Filling filling) {
        try {
            NewFolder.write(out, filling);
        } catch (UncheckedIOException e) {
            throw new BadInputException(
                    "cannot write " + out + " (" + (e.getCause() == null ? e : e.getCause()).getMessage()
                            + "); what was trained is kept in " + state() + ": make room, then give the same command.",
                    e);
        }
    }

    /// Takes away what was needed to go on.
    void removeState() {
        try {
            Folders.remove(state());
        } catch (IOException e) {
            throw new BadInputException("cannot take away " + state() + " (" + e.getMessage() + "); remove it.", e);
        }
    }
}
