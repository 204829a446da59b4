package cutaway.tensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// OpenMP, whose threads LibTorch spreads its elementwise work over. How many of them is each thread's own setting.
///
/// LibTorch's own setter would change the number for every thread that comes after.
final class OpenMp {

    private static final @Nullable MethodHandle SET =
            Natives.function("omp_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));

    private OpenMp() {}

    /// Runs something while all that LibTorch does on this thread stays on it.
    static void onOneThread(Runnable body) {
        int usual = torch.get_num_threads(); // it also settles the number, which the first work would do else
        if (usual == 1) {
            body.run();
            return;
        }
        setThreads(1);
        try {
            body.run();
        } finally {
            setThreads(usual);
        }
    }

    private static void setThreads(int threads) {
        try {
            if (SET != null) {
                SET.invokeExact(threads);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("omp_set_num_threads failed", e);
        }
    }
}
