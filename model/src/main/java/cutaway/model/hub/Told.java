package cutaway.model.hub;

import java.io.OutputStream;
import java.io.PrintStream;

/// Says how much of a model has come: at its beginning, and at every tenth.
final class Told {

    private static final long MEGABYTE = 1_000_000;

    /// Says nothing.
    static final Told NOTHING = new Told("", 0, 0, new PrintStream(OutputStream.nullOutputStream()));

    private final String name;
    private final long total;
    private final PrintStream progress;
    private long have;
    private long shown;

    /// @param total bytes of the model
    /// @param have bytes that are here already
    Told(String name, long total, long have, PrintStream progress) {
        this.name = name;
        this.total = total;
        this.have = have;
        this.progress = progress;
        this.shown = tenth();
    }

    void begin(String host, String commit) {
        if (have < total) {
            progress.println("fetching %s (%,d MB, %,d MB of it are here) from %s at commit %s"
                    .formatted(name, total / MEGABYTE, have / MEGABYTE, host, commit));
        }
    }

    /// @param bytes that came, negative where some are fetched again
    void came(long bytes) {
        have += bytes;
        if (tenth() > shown) {
            shown = tenth();
            progress.println("fetching " + name + ": " + shown * 10 + " %");
        }
    }

    private long tenth() {
        return total == 0 ? 0 : (long) (10.0 * have / total);
    }
}
