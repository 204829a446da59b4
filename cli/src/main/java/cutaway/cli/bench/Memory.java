package cutaway.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process holds in memory, MB of 10^6 bytes; 0 where the system does not tell.
final class Memory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private Memory() {}

    /// The most that was resident since the start, or since [#settledMb].
    static double peakMb() {
        return read("VmHWM:");
    }

    /// What is resident once garbage is collected; the peak is counted anew from here.
    static double settledMb() {
        System.gc();
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        } catch (IOException e) {
            return read("VmRSS:"); // then the peak is that of the whole process: too much, never too little
        }
        return read("VmRSS:");
    }

    private static double read(String field) {
        if (!Files.exists(STATUS)) {
            return 0;
        }
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(field))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / 1e6)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
