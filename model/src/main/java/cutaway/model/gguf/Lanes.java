package cutaway.model.gguf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Eight bytes at once in a long: how packed codes are spread to one a byte, in the order of the bytes in memory.
///
/// No operation here carries from one byte into the next, as long as codes stay below 128.
final class Lanes {

    /// One in every byte.
    static final long ONES = 0x0101010101010101L;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long TOP = 0x8080808080808080L;

    private Lanes() {}

    static long load(byte[] bytes, int at) {
        return (long) EIGHT.get(bytes, at);
    }

    static void store(byte[] bytes, int at, long lanes) {
        EIGHT.set(bytes, at, lanes);
    }

    /// The `bits` lowest bits of every byte after a shift to the right: `(byte >> shift) & (2^bits - 1)`.
    static long field(long lanes, int shift, int bits) {
        return (lanes >>> shift) & (((1 << bits) - 1) * ONES);
    }

    /// Subtracts `bias`, at most 128, from codes below 128; the results are signed bytes.
    static long minus(long lanes, int bias) {
        return ((lanes | TOP) - bias * ONES) ^ TOP;
    }

    /// Bit k of `bits` becomes the lowest bit of byte k.
    static long spread(int bits) {
        long own = ((bits & 0xFF) * ONES) & 0x8040201008040201L; // byte k keeps its own bit, at place k
        return ((own + 0x7F * ONES) >>> 7) & ONES;
    }
}
