package cutaway.model.hub;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// Brings one file of the hub into a `.part` file, from where an earlier attempt or run stopped.
///
/// @param told is told the bytes that came, and, as a negative number, those that are fetched again
record Download(HubClient client, HubName name, URI uri, HubFile file, Path part, LongConsumer told) {

    private static final int PIECE = 1 << 16;

    /// Leaves a `.part` file of the right size and hash.
    ///
    /// @throws BadInputException where the server cannot be reached, or gives something else
    void run() throws IOException {
        long before = have();
        fill();
        if (file.hash().isOf(part)) {
            return;
        }
        restart();
        if (before > 0) { // what an earlier run left may have been wrong
            fill();
            if (file.hash().isOf(part)) {
                return;
            }
            restart();
        }
        throw new BadInputException(
                "%s of %s did not come with the hash that the hub states (%s); nothing was kept of it. Try again, or another HF_ENDPOINT."
                        .formatted(file.path(), name.id(), file.hash()));
    }

    private void fill() throws IOException {
        if (have() > file.size()) {
            restart();
        }
        int failures = 0;
        while (have() < file.size()) {
            long before = have();
            try {
                go(before);
            } catch (IOException e) {
                failures = have() > before ? 1 : failures + 1;
                client.failed(name, failures, e);
            }
        }
        if (file.size() == 0) {
            open().close();
        }
    }

    private long have() throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    /// One attempt.
    private void go(long have) throws IOException {
        HttpResponse<InputStream> answer = answer(have);
        try (InputStream body = answer.body()) {
            long from = have;
            if (have > 0 && !isRest(answer, have)) { // the server knows no ranges
                restart();
                from = 0;
            }
            long length = answer.headers().firstValueAsLong("Content-Length").orElse(file.size() - from);
            if (length != file.size() - from) {
                throw tooLong("%,d".formatted(from + length));
            }
            copy(body);
        }
    }

    private HttpResponse<InputStream> answer(long have) throws IOException {
        try {
            return client.get(name, uri, have);
        } catch (HubClient.NoSuchRange e) {
            restart();
            throw e;
        }
    }

    private boolean isRest(HttpResponse<?> answer, long have) {
        String range = answer.headers().firstValue("Content-Range").orElse("");
        return answer.statusCode() == 206 && range.startsWith("bytes " + have + "-");
    }

    private void copy(InputStream body) throws IOException {
        AtomicLong count = new AtomicLong();
        byte[] piece = new byte[PIECE];
        try (OutputStream out = open();
                Watch _ = Watch.over(body, count, client.patience().silence())) {
            long left = file.size() - have();
            for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
                left -= n;
                if (left < 0) {
                    throw tooLong("more");
                }
                write(out, piece, n);
                count.addAndGet(n);
                told.accept(n);
            }
            if (left > 0) {
                throw new HubClient.Transient("the connection ended %,d bytes early".formatted(left), Duration.ZERO);
            }
        }
    }

    private OutputStream open() throws IOException {
        return Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// A full disk is no reason to try again.
    private void write(OutputStream out, byte[] piece, int n) {
        try {
            out.write(piece, 0, n);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write %s (%s); free some space and run it again: it goes on where it stopped."
                            .formatted(part, e.getMessage()),
                    e);
        }
    }

    /// Deletes rather than empties: the file may be a second name of one that is in place.
    private void restart() throws IOException {
        told.accept(-have());
        Files.deleteIfExists(part);
    }

    private BadInputException tooLong(String length) throws IOException {
        restart();
        return new BadInputException(
                "%s of %s came with %s bytes, but the hub states %,d; nothing was kept of it. Try again, or another HF_ENDPOINT."
                        .formatted(file.path(), name.id(), length, file.size()));
    }
}
