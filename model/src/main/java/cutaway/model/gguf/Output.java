package cutaway.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// In which type unpacked numbers are written, in native byte order.
enum Output {
    F32(Float.BYTES),
    BF16(Short.BYTES),
    F64(Double.BYTES);

    final int bytes;

    Output(int bytes) {
        this.bytes = bytes;
    }

    /// Writes the first `count` numbers of a piece as the elements from `element` on.
    void write(Piece piece, int count, MemorySegment target, long element) {
        switch (this) {
            case F32 ->
                MemorySegment.copy(
                        piece.numbers, 0, target, ValueLayout.JAVA_FLOAT_UNALIGNED, element * Float.BYTES, count);
            case BF16 ->
                MemorySegment.copy(
                        Bf16.round(piece.numbers, piece.shorts, count),
                        0,
                        target,
                        ValueLayout.JAVA_SHORT_UNALIGNED,
                        element * Short.BYTES,
                        count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    target.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, (element + i) * Double.BYTES, piece.numbers[i]);
                }
            }
        }
    }
}
