package cutaway.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// OpenBLAS, which multiplies matrices for LibTorch: how many threads it takes for one product, and products without
/// the making of tensors, which costs as much as a small product.
///
/// Where LibTorch came with another library, that one takes the threads it likes.
final class OpenBlas {

    private static final @Nullable MethodHandle GET =
            Natives.function("openblas_get_num_threads", FunctionDescriptor.of(JAVA_INT));
    private static final ThreadCount THREADS = new ThreadCount("openblas_set_num_threads");

    private static final int ROW_MAJOR = 101;
    private static final int AS_IT_IS = 111;
    private static final int TRANSPOSED = 112;

    private static final @Nullable MethodHandle MULTIPLY_MATRICES = Natives.function(
            "cblas_sgemm",
            FunctionDescriptor.ofVoid(
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT, // order, whether to transpose a and b
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT, // rows and columns of c, numbers that each sums
                    JAVA_FLOAT,
                    JAVA_LONG,
                    JAVA_INT,
                    JAVA_LONG,
                    JAVA_INT, // alpha, a and its row length, b and its
                    JAVA_FLOAT,
                    JAVA_LONG,
                    JAVA_INT)); // beta, c and its row length
    private static final @Nullable MethodHandle MULTIPLY_VECTOR = Natives.function(
            "cblas_sgemv",
            FunctionDescriptor.ofVoid(
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_INT, // order, whether to transpose a, its rows and columns
                    JAVA_FLOAT,
                    JAVA_LONG,
                    JAVA_INT,
                    JAVA_LONG,
                    JAVA_INT, // alpha, a and its row length, x and its step
                    JAVA_FLOAT,
                    JAVA_LONG,
                    JAVA_INT)); // beta, y and its step

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

    /// Whether it is OpenBLAS that multiplies.
    static boolean multiplies() {
        return MULTIPLY_MATRICES != null && MULTIPLY_VECTOR != null;
    }

    /// `y = x W^T`, all float32 and row-major, at these addresses.
    ///
    /// @param x `[n, in]`
    /// @param weight `[out, in]`
    /// @param y `[n, out]`, of which each row begins `stride` numbers after the one before
    /// @return false, and nothing done, where it is not OpenBLAS that multiplies
    static boolean linear(long x, long weight, long y, int n, int out, int in, int stride) {
        if (MULTIPLY_MATRICES == null || MULTIPLY_VECTOR == null) {
            return false;
        }
        try {
            if (n == 1) { // for a matrix product OpenBLAS would repack the whole weight
                MemorySegment.ofAddress(y).reinterpret((long) out * Float.BYTES).fill((byte) 0);
                MULTIPLY_VECTOR.invokeExact(ROW_MAJOR, AS_IT_IS, out, in, 1f, weight, in, x, 1, 0f, y, 1);
            } else {
                MULTIPLY_MATRICES.invokeExact(
                        ROW_MAJOR, AS_IT_IS, TRANSPOSED, n, out, in, 1f, x, in, weight, in, 0f, y, stride);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("OpenBLAS could not multiply", e);
        }
        return true;
    }

    /// Runs something while every product in this process keeps to the thread that asks for it.
    static void onOneThread(Runnable body) {
        onOneThread(() -> {
            body.run();
            return true;
        });
    }

    /// As [#onOneThread(Runnable)], and returns what it gives.
    static <T> T onOneThread(Supplier<T> body) {
        bind();
        try {
            return body.get();
        } finally {
            unbind();
        }
    }

    private static synchronized void bind() {
        if (bounds++ == 0) {
            usual = threads();
            THREADS.set(1);
        }
    }

    private static synchronized void unbind() {
        if (--bounds == 0) {
            THREADS.set(usual);
        }
    }
}
