package cutaway.model.family;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// File names that a stranger wrote.
final class SafePath {

    private SafePath() {}

    /// The file of that name below the folder; null where the name leads out of it, or is none that a file can have.
    static @Nullable Path inside(Path folder, String name) {
        try {
            Path file = folder.resolve(name).normalize();
            return file.startsWith(folder.normalize()) ? file : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
