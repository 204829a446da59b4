package cutaway.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Loads LibTorch once, after it has made the process fit for it.
///
/// LibTorch's OpenMP threads and OpenBLAS's own threads spin while they wait, each against the other: on two cores a
/// small forward pass takes ten times as long. Both libraries read the environment when they are loaded, so it
/// is set from within, with `setenv`, before that: a program that uses Cutaway as a library has no launcher to do it.
/// What the user's environment says about waiting is overridden; how many threads to use is left to the user
/// (`OMP_NUM_THREADS`).
final class Natives {

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "OMP_WAIT_POLICY", "PASSIVE", // libgomp: sleep, do not spin, between parallel regions
            "GOMP_SPINCOUNT", "0", // the same; it would win over OMP_WAIT_POLICY
            "KMP_BLOCKTIME", "0", // the same for Intel's OpenMP, where it is loaded instead
            "OPENBLAS_THREAD_TIMEOUT", "22", // OpenBLAS (its own pthreads): wait 2^22 cycles, a layer's time, not 2^26
            "MKL_CBWR", "AUTO"); // MKL, where it is loaded: the same bits on every run on one processor

    /// The C library's `M_MMAP_THRESHOLD` and `M_TRIM_THRESHOLD`.
    private static final int MALLOC_MMAP_THRESHOLD = -3;

    private static final int MALLOC_TRIM_THRESHOLD = -1;

    /// Null once LibTorch is loaded. Kept rather than thrown from the initialiser: that would be an
    /// ExceptionInInitializerError the first time and a NoClassDefFoundError ever after.
    private static final @Nullable Throwable PROBLEM = tryToLoad();

    private Natives() {}

    /// Loads the natives, the first time; after that it does nothing.
    ///
    /// @throws BadInputException when this machine has no LibTorch
    static void load() {
        if (PROBLEM != null) {
            throw new BadInputException(unsupported(PROBLEM), PROBLEM);
        }
    }

    private static @Nullable Throwable tryToLoad() {
        try {
            prepareJavaCpp();
            setEnvironment();
            keepMemoryAtHand();
            Loader.load(torch.class);
            return null;
        } catch (LinkageError | RuntimeException e) {
            return e;
        }
    }

    /// JavaCPP derives limits on native memory from `-Xmx` and then throws a false OutOfMemoryError; and our scopes,
    /// not the garbage collector, free native memory.
    private static void prepareJavaCpp() {
        System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
        System.setProperty("org.bytedeco.javacpp.nopointergc", "true");
    }

    private static void setEnvironment() {
        CLibrary.function(
                        "setenv",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                .ifPresent(setenv -> ENVIRONMENT.forEach((name, value) -> setenv(setenv, name, value)));
    }

    /// Values of a few MB, which come and go thousands of times a second, stay in the C library's hands: to ask the
    /// system for zeroed pages each time takes longer than what is done with them.
    private static void keepMemoryAtHand() {
        CLibrary.function(
                        "mallopt",
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                .ifPresent(mallopt -> {
                    mallopt(mallopt, MALLOC_MMAP_THRESHOLD, 4 << 20);
                    mallopt(mallopt, MALLOC_TRIM_THRESHOLD, 64 << 20);
                });
    }

    private static void mallopt(MethodHandle mallopt, int parameter, int bytes) {
        try {
            var _ = (int) mallopt.invokeExact(parameter, bytes);
        } catch (Throwable e) {
            throw new IllegalStateException("mallopt failed", e);
        }
    }

    private static void setenv(MethodHandle setenv, String name, String value) {
        try (Arena arena = Arena.ofConfined()) {
            int failed = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (failed != 0) {
                throw new IllegalStateException("setenv " + name + " failed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("setenv " + name + " failed", e);
        }
    }

    /// A function of a library that came with LibTorch, or null where none has it.
    static @Nullable MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        load();
        Pointer address = Loader.addressof(name);
        return address == null || address.isNull()
                ? null
                : Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(address.address()), type, options);
    }

    private static String unsupported(Throwable problem) {
        String machine = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (ClassLoader.getSystemResource("org/bytedeco/pytorch/" + platform() + "/") == null) {
            return "no LibTorch for " + machine + " was found on the class path; Cutaway needs the natives of"
                    + " org.bytedeco:pytorch for this platform: build Cutaway on this"
                    + " machine, or use one that they exist for.";
        }
        String reason = String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
        return "LibTorch for " + machine + " could not be loaded (" + reason
                + "); make room in ~/.javacpp/cache and check"
                + " that it may hold programs, or name another folder with -Dorg.bytedeco.javacpp.cachedir=FOLDER.";
    }

    private static String platform() {
        try {
            return Loader.getPlatform();
        } catch (LinkageError e) {
            return "unknown";
        }
    }
}
