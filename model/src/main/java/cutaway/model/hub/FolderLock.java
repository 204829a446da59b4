package cutaway.model.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// One writer of a folder at a time, among the processes of this machine. The kernel lets go of the lock when its
/// holder ends, however it ends.
final class FolderLock {

    /// The lock's file stays when the folder is emptied: two processes must never lock two files of this name.
    static final String FILE = ".lock";

    private FolderLock() {}

    /// What is done under the lock.
    interface Work<T> {

        T run() throws IOException;
    }

    /// Threads of this process wait for each other first, as a JVM may not lock a file twice.
    static <T> T holding(Path folder, Work<T> work) throws IOException {
        synchronized (FolderLock.class) {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                            folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                return work.run();
            }
        }
    }
}
