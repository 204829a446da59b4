package cutaway.tensor;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// Sums and inner products of single rows, at addresses in native memory: what sparse products are made of.
///
/// A row of a few hundred numbers takes 50 ns; the making of a tensor would take a hundred times as long. They are the
/// BLAS functions `axpy`, `scal` and `dot`, called without leaving Java's state (they never wait), and plain loops
/// where the library that came with LibTorch does not offer them.
final class Vectors {

    private static final FunctionDescriptor AXPY_F32 =
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_FLOAT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final FunctionDescriptor AXPY_F64 =
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_DOUBLE, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final FunctionDescriptor DOT_F32 =
            FunctionDescriptor.of(JAVA_FLOAT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final FunctionDescriptor DOT_F64 =
            FunctionDescriptor.of(JAVA_DOUBLE, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);

    private static final FunctionDescriptor SCALE_F32 =
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_FLOAT, JAVA_LONG, JAVA_INT);
    private static final FunctionDescriptor SCALE_F64 =
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_DOUBLE, JAVA_LONG, JAVA_INT);

    private static final @Nullable MethodHandle SSCAL = shortFunction("cblas_sscal", SCALE_F32);
    private static final @Nullable MethodHandle DSCAL = shortFunction("cblas_dscal", SCALE_F64);
    private static final @Nullable MethodHandle SAXPY = shortFunction("cblas_saxpy", AXPY_F32);
    private static final @Nullable MethodHandle DAXPY = shortFunction("cblas_daxpy", AXPY_F64);
    private static final @Nullable MethodHandle SDOT = shortFunction("cblas_sdot", DOT_F32);
    private static final @Nullable MethodHandle DDOT = shortFunction("cblas_ddot", DOT_F64);

    private Vectors() {}

    private static @Nullable MethodHandle shortFunction(String name, FunctionDescriptor type) {
        return Natives.function(name, type, Linker.Option.critical(false));
    }

    /// `y += a x`, for rows of `length` float32 or float64 numbers.
    static void addScaled(Dtype dtype, int length, double a, long x, long y) {
        try {
            if (dtype == Dtype.F32 && SAXPY != null) {
                SAXPY.invokeExact(length, (float) a, x, 1, y, 1);
            } else if (dtype == Dtype.F64 && DAXPY != null) {
                DAXPY.invokeExact(length, a, x, 1, y, 1);
            } else {
                loopAddScaled(dtype, length, a, x, y);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("axpy failed", e);
        }
    }

    /// `x = a x`, for a row of `length` float32 or float64 numbers.
    static void scale(Dtype dtype, int length, double a, long x) {
        try {
            if (dtype == Dtype.F32 && SSCAL != null) {
                SSCAL.invokeExact(length, (float) a, x, 1);
            } else if (dtype == Dtype.F64 && DSCAL != null) {
                DSCAL.invokeExact(length, a, x, 1);
            } else {
                loopScale(dtype, length, a, x);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("scal failed", e);
        }
    }

    /// `x . y`, for rows of `length` float32 or float64 numbers.
    static double dot(Dtype dtype, int length, long x, long y) {
        try {
            if (dtype == Dtype.F32 && SDOT != null) {
                return (float) SDOT.invokeExact(length, x, 1, y, 1);
            }
            if (dtype == Dtype.F64 && DDOT != null) {
                return (double) DDOT.invokeExact(length, x, 1, y, 1);
            }
            return loopDot(dtype, length, x, y);
        } catch (Throwable e) {
            throw new IllegalStateException("dot failed", e);
        }
    }

    private static void loopScale(Dtype dtype, int length, double a, long x) {
        MemorySegment row = at(dtype, length, x);
        for (int i = 0; i < length; i++) {
            if (dtype == Dtype.F32) {
                row.setAtIndex(JAVA_FLOAT, i, (float) a * row.getAtIndex(JAVA_FLOAT, i));
            } else {
                row.setAtIndex(JAVA_DOUBLE, i, a * row.getAtIndex(JAVA_DOUBLE, i));
            }
        }
    }

    private static void loopAddScaled(Dtype dtype, int length, double a, long x, long y) {
        MemorySegment from = at(dtype, length, x);
        MemorySegment to = at(dtype, length, y);
        for (int i = 0; i < length; i++) {
            if (dtype == Dtype.F32) {
                to.setAtIndex(JAVA_FLOAT, i, to.getAtIndex(JAVA_FLOAT, i) + (float) a * from.getAtIndex(JAVA_FLOAT, i));
            } else {
                to.setAtIndex(JAVA_DOUBLE, i, to.getAtIndex(JAVA_DOUBLE, i) + a * from.getAtIndex(JAVA_DOUBLE, i));
            }
        }
    }

    private static double loopDot(Dtype dtype, int length, long x, long y) {
        MemorySegment left = at(dtype, length, x);
        MemorySegment right = at(dtype, length, y);
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += dtype == Dtype.F32
                    ? (double) left.getAtIndex(JAVA_FLOAT, i) * right.getAtIndex(JAVA_FLOAT, i)
                    : left.getAtIndex(JAVA_DOUBLE, i) * right.getAtIndex(JAVA_DOUBLE, i);
        }
        return sum;
    }

    private static MemorySegment at(Dtype dtype, int length, long address) {
        return MemorySegment.ofAddress(address).reinterpret((long) length * dtype.bytes());
    }
}
