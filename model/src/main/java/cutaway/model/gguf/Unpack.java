package cutaway.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;

/// Turns packed blocks into float32, bit for bit as ggml's own `dequantize_row_*` do (ggml/src/ggml-quants.c).
///
/// `d` and `m` below are the block's scale and offset (float16), `q` its small integers.
///
/// The loops work on Java arrays in pieces that stay in the cache, not on the segments: arrays are quick in the
/// interpreter and in the first compiled code too, and a model is unpacked once, at start, while the JVM is cold.
public final class Unpack {

    /// Numbers that one task turns at a time; a multiple of every block's size.
    private static final int PIECE = 1 << 12;

    private Unpack() {}

    /// @param packed `elements / type.elements()` blocks; any thread may read it
    /// @param floats receives `elements` float32 in native order; any thread may write it
    /// @throws IllegalArgumentException when the type is not one that [BlockType#unpacks()], when `elements` is no
    /// multiple of the block, or when a segment is too short
    public static void toFloat(BlockType type, MemorySegment packed, MemorySegment floats, long elements) {
        if (!type.unpacks() || elements < 0 || elements % type.elements() != 0) {
            throw new IllegalArgumentException("cannot unpack " + elements + " elements of " + type);
        }
        MemorySegment source = packed.asSlice(0, bytesOf(type, elements));
        MemorySegment target = floats.asSlice(0, elements * Float.BYTES);
        if (type == BlockType.F32) {
            target.copyFrom(source);
            return;
        }
        long pieces = (elements + PIECE - 1) / PIECE;
        LongStream.range(0, pieces).parallel().forEach(piece -> {
            long begin = piece * PIECE;
            int count = (int) Math.min(PIECE, elements - begin);
            byte[] in = new byte[(int) bytesOf(type, count)];
            float[] out = new float[count];
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, bytesOf(type, begin), in, 0, in.length);
            unpack(type, in, out);
            MemorySegment.copy(out, 0, target, ValueLayout.JAVA_FLOAT_UNALIGNED, begin * Float.BYTES, count);
        });
    }

    private static long bytesOf(BlockType type, long elements) {
        return elements / type.elements() * type.bytes();
    }

    private static void unpack(BlockType type, byte[] in, float[] out) {
        switch (type) {
            case F16 -> f16(in, out);
            case BF16 -> bf16(in, out);
            case Q4_0 -> q4(in, out, BlockType.Q4_0.bytes());
            case Q4_1 -> q4(in, out, BlockType.Q4_1.bytes());
            case Q8_0 -> q8(in, out);
            default -> throw new AssertionError(type);
        }
    }

    private static void f16(byte[] in, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = half(in, 2 * i);
        }
    }

    private static void bf16(byte[] in, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = Float.intBitsToFloat(((in[2 * i] & 0xFF) << 16) | (in[2 * i + 1] << 24));
        }
    }

    /// Q4_0: `x = d (q - 8)`. Q4_1: `x = d q + m`. Byte j holds `q` of elements j (low half) and j + 16.
    private static void q4(byte[] in, float[] out, int blockBytes) {
        var values = new float[16];
        for (int at = 0, o = 0; o < out.length; at += blockBytes, o += 32) {
            if (blockBytes == 18) {
                q4_0Values(half(in, at), values);
            } else {
                q4_1Values(half(in, at), half(in, at + 2), values);
            }
            nibbles(in, at + blockBytes - 16, values, out, o);
        }
    }

    private static void q4_0Values(float d, float[] values) {
        for (int q = 0; q < 16; q++) {
            values[q] = (q - 8) * d;
        }
    }

    private static void q4_1Values(float d, float m, float[] values) {
        for (int q = 0; q < 16; q++) {
            values[q] = q * d + m;
        }
    }

    private static void nibbles(byte[] in, int at, float[] values, float[] out, int o) {
        for (int j = 0; j < 16; j++) {
            int q = in[at + j];
            out[o + j] = values[q & 15];
            out[o + j + 16] = values[q >> 4 & 15];
        }
    }

    /// Q8_0: `x = d q`.
    private static void q8(byte[] in, float[] out) {
        for (int at = 0, o = 0; o < out.length; at += 34, o += 32) {
            float d = half(in, at);
            for (int j = 0; j < 32; j++) {
                out[o + j] = in[at + 2 + j] * d;
            }
        }
    }

    private static float half(byte[] in, int at) {
        return Float.float16ToFloat((short) ((in[at] & 0xFF) | (in[at + 1] << 8)));
    }
}
