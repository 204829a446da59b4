package cutaway.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process holds in memory, MB of 10^6 bytes; 0 where the system does not tell.
public final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MACHINE = Path.of("/proc/meminfo");

    /// Of glibc's malloc.h: how much a heap keeps at its top; another C library knows no such option and ignores it.
    private static final int M_TOP_PAD = -2;

    private static final int KEPT_BYTES = 64 << 20;

    private ProcessMemory() {}

    /// The most that was resident since the start, or since [#settledMb].
    public static double peakMb() {
        return read("VmHWM:");
    }

    /// What is resident once garbage is collected and freed memory given back; the peak is counted anew from here.
    public static double settledMb() {
        System.gc();
        giveBack(); // what is kept would hide what is taken from it again
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        } catch (IOException e) {
            return read("VmRSS:"); // then the peak is that of the whole process: too much, never too little
        }
        return read("VmRSS:");
    }

    /// Gives back native memory that was freed and that the C library keeps for the next time.
    public static void giveBack() {
        CLibrary.function("malloc_trim", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG))
                .ifPresent(trim -> {
                    try {
                        var _ = (int) trim.invokeExact(0L);
                    } catch (Throwable e) {
                        throw new IllegalStateException("malloc_trim", e);
                    }
                });
    }

    /// Has the C library keep more of what is freed, for the next time, until the process ends. A long work that
    /// makes the same large tensors again and again spends a fifth of its time on pages that were just given back;
    /// another one is better off without, for what is kept counts as taken.
    public static void keepFreed() {
        CLibrary.function(
                        "mallopt",
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                .ifPresent(option -> {
                    try {
                        var _ = (int) option.invokeExact(M_TOP_PAD, KEPT_BYTES);
                    } catch (Throwable e) {
                        throw new IllegalStateException("mallopt", e);
                    }
                });
    }

    /// What the machine can still give to processes, without taking it from others.
    public static double availableMb() {
        return read(MACHINE, "MemAvailable:");
    }

    private static double read(String field) {
        return read(STATUS, field);
    }

    private static double read(Path file, String field) {
        if (!Files.exists(file)) {
            return 0;
        }
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(field))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / 1e6)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
