package cutaway.model.gguf;

import java.lang.foreign.MemorySegment;

/// Types without blocks: each number by itself, little endian.
final class PlainNumbers {

    private PlainNumbers() {}

    static void f32(Piece piece, int count) {
        MemorySegment.copy(MemorySegment.ofArray(piece.packed), Cursor.F32, 0, piece.numbers, 0, count);
    }

    static void f16(Piece piece, int count) {
        short[] bits = piece.shorts(count);
        float[] numbers = piece.numbers;
        for (int i = 0; i < count; i++) {
            numbers[i] = Float.float16ToFloat(bits[i]);
        }
    }

    /// The upper half of a float32.
    static void bf16(Piece piece, int count) {
        short[] bits = piece.shorts(count);
        float[] numbers = piece.numbers;
        for (int i = 0; i < count; i++) {
            numbers[i] = Float.intBitsToFloat(bits[i] << 16);
        }
    }
}
