package cutaway.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;

/// Packs float32 into the types of a GGUF file, byte for byte as ggml's own `quantize_row_*_ref` do (the reference, not
/// the versions for particular processors, whose rounding differs).
///
/// The layouts are those of [LegacyBlocks]. With scale `d` of a block of 32, computed in float32 and stored in float16:
///
///     Q8_0: d = max|x| / 127            q = round(x / d), halves away from zero
///     Q4_0: d = x of largest |x| / -8   q = floor(x / d + 8.5), at most 15
///     Q4_1: d = (max - min) / 15        q = floor((x - min) / d + 0.5), at most 15; m = min
///
/// Codes are taken with the float32 scale and its float32 reciprocal, not with the rounded one that is stored.
public final class Pack {

    /// Elements that one task packs; a multiple of every block's size.
    private static final int TASK = 1 << 14;

    private Pack() {}

    /// @param floats `elements` float32 in native order; any thread may read it
    /// @param packed receives `elements / type.elements()` blocks; any thread may write it
    /// @throws IllegalArgumentException when the type is not one that [BlockType#packs()], or when `elements` is no
    /// multiple of the block
    public static void pack(BlockType type, MemorySegment floats, MemorySegment packed, long elements) {
        if (!type.packs() || elements < 0 || elements % type.elements() != 0) {
            throw new IllegalArgumentException("cannot pack " + elements + " elements as " + type);
        }
        MemorySegment source = floats.asSlice(0, elements * Float.BYTES);
        MemorySegment target = packed.asSlice(0, elements / type.elements() * type.bytes());
        LongStream.range(0, (elements + TASK - 1) / TASK).parallel().forEach(task -> {
            long begin = task * TASK;
            var numbers = new float[(int) Math.min(TASK, elements - begin)];
            MemorySegment.copy(
                    source, ValueLayout.JAVA_FLOAT_UNALIGNED, begin * Float.BYTES, numbers, 0, numbers.length);
            MemorySegment blocks = target.asSlice(begin / type.elements() * type.bytes());
            pack(type, numbers, blocks);
        });
    }

    private static void pack(BlockType type, float[] numbers, MemorySegment to) {
        switch (type) {
            case F32 -> MemorySegment.copy(numbers, 0, to, Cursor.F32, 0, numbers.length);
            case F16 -> {
                var half = new short[numbers.length];
                for (int i = 0; i < half.length; i++) {
                    half[i] = Float.floatToFloat16(numbers[i]);
                }
                MemorySegment.copy(half, 0, to, Cursor.U16, 0, half.length);
            }
            case BF16 -> {
                short[] rounded = Bf16.round(numbers, new short[numbers.length], numbers.length);
                MemorySegment.copy(rounded, 0, to, Cursor.U16, 0, rounded.length);
            }
            default -> {
                for (int from = 0, at = 0; from < numbers.length; from += 32, at += type.bytes()) {
                    block(type, numbers, from, to, at);
                }
            }
        }
    }

    private static void block(BlockType type, float[] x, int from, MemorySegment to, long at) {
        switch (type) {
            case Q8_0 -> q8_0(x, from, to, at);
            case Q4_0 -> q4_0(x, from, to, at);
            case Q4_1 -> q4_1(x, from, to, at);
            default -> throw new AssertionError(type);
        }
    }

    private static void q8_0(float[] x, int from, MemorySegment to, long at) {
        float d = Math.abs(largest(x, from)) / 127;
        float inverse = inverse(d);
        half(to, at, d);
        for (int j = 0; j < 32; j++) {
            float scaled = x[from + j] * inverse;
            int size = (int) Math.abs(scaled);
            size += (int) (2 * (Math.abs(scaled) - size));
            to.set(ValueLayout.JAVA_BYTE, at + 2 + j, (byte) (scaled < 0 ? -size : size));
        }
    }

    private static void q4_0(float[] x, int from, MemorySegment to, long at) {
        float d = largest(x, from) / -8;
        half(to, at, d);
        nibbles(x, from, 0, inverse(d), 8.5f, to, at + 2);
    }

    private static void q4_1(float[] x, int from, MemorySegment to, long at) {
        float min = x[from];
        float max = x[from];
        for (int j = from; j < from + 32; j++) {
            min = x[j] < min ? x[j] : min;
            max = x[j] > max ? x[j] : max;
        }
        float d = (max - min) / 15;
        half(to, at, d);
        half(to, at + 2, min);
        nibbles(x, from, min, inverse(d), 0.5f, to, at + 4);
    }

    /// Sixteen bytes of codes `(x - min) * inverse + half`, cut to a whole number.
    private static void nibbles(float[] x, int from, float min, float inverse, float half, MemorySegment to, long at) {
        for (int j = 0; j < 16; j++) {
            int low = Math.clamp((int) ((x[from + j] - min) * inverse + half), 0, 15);
            int high = Math.clamp((int) ((x[from + 16 + j] - min) * inverse + half), 0, 15);
            to.set(ValueLayout.JAVA_BYTE, at + j, (byte) (low | (high << 4)));
        }
    }

    /// The number of largest size, with its sign; the first of several.
    private static float largest(float[] x, int from) {
        float largest = 0;
        for (int j = from; j < from + 32; j++) {
            if (Math.abs(x[j]) > Math.abs(largest)) {
                largest = x[j];
            }
        }
        return largest;
    }

    private static float inverse(float d) {
        return d == 0 ? 0 : 1 / d;
    }

    private static void half(MemorySegment to, long at, float value) {
        to.set(Cursor.U16, at, Float.floatToFloat16(value));
    }
}
