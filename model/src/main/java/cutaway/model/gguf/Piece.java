package cutaway.model.gguf;

import java.util.Arrays;

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

    /// Numbers of 16 bits on their way in or out.
    final short[] shorts = new short[ELEMENTS];

    private final float[] scales = new float[ELEMENTS];
    private final float[] offsets = new float[ELEMENTS];

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
        Arrays.fill(scales, at, at + 16, scale);
    }

    /// Says the offset of the 16 numbers from `at`, for [#scaleAndShift].
    void offset16(int at, float offset) {
        Arrays.fill(offsets, at, at + 16, offset);
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
}
