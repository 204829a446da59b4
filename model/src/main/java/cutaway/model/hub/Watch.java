package cutaway.model.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Closes a stream that has been silent for too long, so that its reader fails instead of waiting for ever: the
/// timeout of [java.net.http.HttpRequest] ends with the headers.
final class Watch implements AutoCloseable {

    private final Thread watcher;

    private Watch(Thread watcher) {
        this.watcher = watcher;
    }

    /// @param count of the bytes that came, kept by the reader
    static Watch over(InputStream body, AtomicLong count, Duration silence) {
        return new Watch(Thread.ofVirtual().start(() -> watch(body, count, silence)));
    }

    private static void watch(InputStream body, AtomicLong count, Duration silence) {
        try {
            for (long seen = -1; seen != count.get(); Thread.sleep(silence)) {
                seen = count.get();
            }
            body.close();
        } catch (InterruptedException | IOException e) {
            // The reader is done, or fails by itself.
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
