package cutaway.model.gguf;

import cutaway.tensor.BadInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads a GGUF file from front to back; no length in the file is believed before it was compared with what is left.
final class Cursor {

    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment file;
    private long position;

    Cursor(MemorySegment file, long position) {
        this.file = file;
        this.position = position;
    }

    long position() {
        return position;
    }

    int u32(String what) {
        return file.get(U32, advance(Integer.BYTES, what));
    }

    long u64(String what) {
        return file.get(U64, advance(Long.BYTES, what));
    }

    /// A u64 that counts things of at least `bytesEach` bytes, all of which must still be in the file.
    long count(int bytesEach, String what) {
        long count = u64(what);
        long most = (file.byteSize() - position) / bytesEach;
        if (count < 0 || count > most) {
            throw new BadInputException("the file claims " + Long.toUnsignedString(count) + " for " + what
                    + ", but what is left of it has room for " + most + "; it is damaged or cut short.");
        }
        return count;
    }

    String string(String what) {
        int length = Math.toIntExact(Math.min(count(1, "the length of " + what), Integer.MAX_VALUE - 16));
        long at = advance(length, what);
        return new String(file.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    void skipStrings(long count, String what) {
        for (long i = 0; i < count; i++) {
            long length = count(1, what);
            position += length;
        }
    }

    /// Moves on by `bytes` and returns where they begin.
    long advance(long bytes, String what) {
        if (bytes > file.byteSize() - position) {
            throw new BadInputException("the file ends at byte " + file.byteSize() + ", in the middle of " + what
                    + "; it is cut short: fetch it again.");
        }
        long begin = position;
        position += bytes;
        return begin;
    }
}
