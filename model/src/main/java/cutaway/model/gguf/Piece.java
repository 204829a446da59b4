package cutaway.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What one worker needs to turn up to [#ELEMENTS] numbers: a copy of their packed bytes, the numbers, and room for
/// the steps between. It all stays in the first cache.
///
/// The steps are plain loops over arrays because that is what the JVM's compiler turns into vector instructions
/// (JDK 25: a byte times a float from an array, yes; a float's bits, or a run of 16 numbers, no), and what is quick
/// before it does: arrays need no checks that only the last compilation removes.
final class Piece {

    /// A multiple of every block's size.
    static final int ELEMENTS = 1 << 11;

    final byte[] packed = new byte[ELEMENTS * Float.BYTES];
    final float[] numbers = new float[ELEMENTS];

    /// Small whole numbers, one for each element, in the elements' order.
    final byte[] codes = new byte[ELEMENTS];

    private final float[] scales = new float[ELEMENTS];
    private final float[] offsets = new float[ELEMENTS];
    private final MemorySegment scaleBytes = MemorySegment.ofArray(scales);
    private final MemorySegment offsetBytes = MemorySegment.ofArray(offsets);

    private final short[] shorts = new short[ELEMENTS];

    /// The first `count` little-endian pairs of packed bytes.
    short[] shorts(int count) {
        MemorySegment.copy(MemorySegment.ofArray(packed), Cursor.U16, 0, shorts, 0, count);
        return shorts;
    }

    /// A little-endian float16 in the packed bytes.
    float half(int at) {
        return Float.float16ToFloat((short) u16(at));
    }

    int u16(int at) {
        return u8(at) | (u8(at + 1) << 8);
    }

    int u8(int at) {
        return packed[at] & 0xFF;
    }

    /// `numbers[to + j] = codes[from + j] * scale` for the 32 numbers of a run.
    void run32(byte[] codes, int from, int to, float scale) {
        float[] numbers = this.numbers;
        for (int j = 0; j < 32; j++) {
            numbers[to + j] = codes[from + j] * scale;
        }
    }

    /// `numbers[at + j] = codes[at + j] * scale + offset` for the 32 numbers of a run.
    void run32(int at, float scale, float offset) {
        byte[] codes = this.codes;
        float[] numbers = this.numbers;
        for (int j = at; j < at + 32; j++) {
            numbers[j] = codes[j] * scale + offset;
        }
    }

    /// Says the scale of the 16 numbers from `at`, for [#scale] or [#scaleAndShift].
    void scale16(int at, float scale) {
        fill16(scaleBytes, at, scale);
    }

    /// Says the offset of the 16 numbers from `at`, for [#scaleAndShift].
    void offset16(int at, float offset) {
        fill16(offsetBytes, at, offset);
    }

    /// Two floats a store: half the stores of a plain loop, which is too short to be vectorised.
    private static void fill16(MemorySegment floats, int at, float value) {
        long twice = Integer.toUnsignedLong(Float.floatToRawIntBits(value)) * 0x1_0000_0001L;
        long begin = (long) at * Float.BYTES;
        for (int j = 0; j < 8; j++) {
            floats.set(ValueLayout.JAVA_LONG_UNALIGNED, begin + Long.BYTES * j, twice);
        }
    }

    /// `numbers[i] = codes[i] * scale[i]`.
    void scale(int count) {
        byte[] codes = this.codes;
        float[] scales = this.scales;
        float[] numbers = this.numbers;
        for (int i = 0; i < count; i++) {
            numbers[i] = codes[i] * scales[i];
        }
    }

    /// `numbers[i] = codes[i] * scale[i] + offset[i]`.
    void scaleAndShift(int count) {
        byte[] codes = this.codes;
        float[] scales = this.scales;
        float[] offsets = this.offsets;
        float[] numbers = this.numbers;
        for (int i = 0; i < count; i++) {
            numbers[i] = codes[i] * scales[i] + offsets[i];
        }
    }

    /// The first `count` numbers as bfloat16: the upper half of the float32, rounded to nearest, ties to even; what is
    /// no number stays none, even where its only bits are in the half that is cut off.
    short[] rounded(int count) {
        for (int i = 0; i < count; i++) {
            int bits = Float.floatToRawIntBits(numbers[i]);
            int rounded = bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
            shorts[i] = (short) ((bits & 0x7FFF_FFFF) > 0x7F80_0000 ? bits >>> 16 | 0x40 : rounded);
        }
        return shorts;
    }
}
