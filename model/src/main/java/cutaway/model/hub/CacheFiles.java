package cutaway.model.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Writing and deleting in Cutaway's own cache. No link is followed: what it leads to is not ours.
final class CacheFiles {

    private CacheFiles() {}

    /// Writes a small file in one step.
    static void write(Path file, byte[] content) throws IOException {
        String unique =
                ProcessHandle.current().pid() + "-" + Thread.currentThread().threadId();
        Path half = file.resolveSibling("." + file.getFileName() + "-" + unique);
        Files.write(half, content);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// What cannot be deleted now is deleted before the next fetch.
    static void delete(Path tree) {
        try {
            remove(tree);
        } catch (IOException | UncheckedIOException e) {
            System.getLogger("cutaway.model.hub").log(System.Logger.Level.DEBUG, "left " + tree, e);
        }
    }

    /// Deletes a file, or a folder with all that is in it.
    ///
    /// @return the bytes that the last names of their files freed
    static long remove(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return 0;
        }
        long[] freed = {0};
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                freed[0] += attributes.isRegularFile() ? attributes.size() : 0;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
        return freed[0];
    }

    /// Deletes the files of a folder that are not among those that are needed.
    ///
    /// @return the bytes that were freed
    static long removeBut(Path folder, Set<Path> needed) throws IOException {
        long freed = 0;
        for (Path child : children(folder)) {
            if (needed.stream().noneMatch(path -> path.startsWith(child))) {
                freed += remove(child);
            } else if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                freed += removeBut(child, needed);
            }
        }
        return freed;
    }

    /// Deletes what is in a model's folder, but for its lock: who waits for the lock now would else hold another file
    /// than the next who comes.
    ///
    /// @return the bytes that were freed
    static long empty(Path home) throws IOException {
        if (Files.isSymbolicLink(home)) {
            Files.delete(home);
            return 0;
        }
        if (!Files.isDirectory(home)) {
            return 0;
        }
        return FolderLock.holding(home, () -> {
            long freed = 0;
            for (Path child : children(home)) {
                if (!child.getFileName().toString().equals(FolderLock.FILE)) {
                    freed += remove(child);
                }
            }
            return freed;
        });
    }

    /// What is in a folder, in the order of the names; nothing where there is no such folder.
    static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.sorted(Comparator.naturalOrder()).toList();
        }
    }
}
