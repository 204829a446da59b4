package cutaway.tensor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/// How many threads OpenBLAS, which multiplies matrices for LibTorch, takes for one product.
///
/// Where LibTorch came with another library, that one does as it likes.
final class OpenBlas {

    private static final @Nullable MethodHandle GET =
            function("openblas_get_num_threads", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    private static final @Nullable MethodHandle SET =
            function("openblas_set_num_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));

    private static int bounds;
    private static int usual;

    private OpenBlas() {}

    static int threads() {
        try {
            return GET == null ? 1 : (int) GET.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("openblas_get_num_threads failed", e);
        }
    }

    /// Runs something while every product in this process keeps to the thread that asks for it.
    static void onOneThread(Runnable body) {
        bind();
        try {
            body.run();
        } finally {
            unbind();
        }
    }

    private static synchronized void bind() {
        if (bounds++ == 0) {
            usual = threads();
            setThreads(1);
        }
    }

    private static synchronized void unbind() {
        if (--bounds == 0) {
            setThreads(usual);
        }
    }

    private static void setThreads(int threads) {
        try {
            if (SET != null) {
                SET.invokeExact(threads);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("openblas_set_num_threads failed", e);
        }
    }

    private static @Nullable MethodHandle function(String name, FunctionDescriptor type) {
        Natives.load();
        Pointer address = Loader.addressof(name);
        return address == null || address.isNull()
                ? null
                : Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(address.address()), type);
    }
}
