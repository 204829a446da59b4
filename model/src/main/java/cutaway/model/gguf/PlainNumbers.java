package cutaway.model.gguf;

import java.lang.foreign.MemorySegment;

/// Types without blocks: each number by itself, little endian.
final class PlainNumbers {

    private PlainNumbers() {}

    static void f32(Piece piece, int count) {
        MemorySegment.copy(MemorySegment.ofArray(piece.packed), Cursor.F32, 0, piece.numbers, 0, count);
    }

    private static short[] words(Piece piece, int count) {
        MemorySegment.copy(MemorySegment.ofArray(piece.packed), Cursor.U16, 0, piece.shorts, 0, count);
        return piece.shorts;
    }

    static void f16(Piece piece, int count) {
        short[] bits = words(piece, count);
        float[] numbers = piece.numbers;
        for (int i = 0; i < count; i++) {
            numbers[i] = Float.float16ToFloat(bits[i]);
        }
    }

    /// The upper half of a float32.
    static void bf16(Piece piece, int count) {
        short[] bits = words(piece, count);
        float[] numbers = piece.numbers;
        for (int i = 0; i < count; i++) {
            numbers[i] = Float.intBitsToFloat(bits[i] << 16);
        }
    }
}
