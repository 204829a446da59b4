package cutaway.model.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.tensor.Dtype;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Parts of a tensor against the whole one, and bfloat16 against LibTorch's rounding of the float32.
class UnpackRowsTest {

    private static final Arena ARENA = Arena.ofShared();
    private static final Random RANDOM = new Random(11);

    /// Rows of one block and of a length that no piece divides, few rows (one task) and many (several).
    static Stream<Arguments> matrices() {
        return Stream.of(BlockType.F32, BlockType.F16, BlockType.BF16, BlockType.Q4_0, BlockType.Q4_K, BlockType.Q6_K)
                .flatMap(type -> Stream.of(
                        Arguments.of(type, 7, type.elements()),
                        Arguments.of(type, 13, 13 * type.elements()),
                        Arguments.of(type, 207, 13 * type.elements()),
                        Arguments.of(type, 3, 3 * 2048 + 256),
                        Arguments.of(type, 41, 4096 + 256)));
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void rangesArePartsOfTheWhole(BlockType type, int rows, int width) {
        GgufTensor matrix = random(type, rows, width);
        float[] whole = whole(matrix);
        for (int first : new int[] {0, 1, rows / 2, rows - 1}) {
            for (int count : new int[] {0, 1, rows - first}) {
                MemorySegment floats = guarded((long) count * width * Float.BYTES);
                matrix.unpackRows(first, count, floats);
                assertFloats(Arrays.copyOfRange(whole, first * width, (first + count) * width), floats);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void anyOrderOfRowsIsThatOfTheWhole(BlockType type, int rows, int width) {
        GgufTensor matrix = random(type, rows, width);
        float[] whole = whole(matrix);
        int[] halves =
                IntStream.range(0, rows).map(i -> i % 2 * (rows / 2) + i / 2).toArray();
        for (int[] order : new int[][] {{}, {rows - 1}, {0, 0, rows - 1, 0}, halves}) {
            float[] expected = new float[order.length * width];
            for (int i = 0; i < order.length; i++) {
                System.arraycopy(whole, order[i] * width, expected, i * width, width);
            }
            MemorySegment floats = guarded((long) order.length * width * Float.BYTES);
            matrix.unpackRows(order, floats);
            assertFloats(expected, floats);
        }
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void roundsToBf16AsLibTorchDoes(BlockType type, int rows, int width) {
        GgufTensor matrix = random(type, rows, width);
        short[] expected = bf16ByLibTorch(whole(matrix));
        MemorySegment all = guarded((long) rows * width * Short.BYTES);
        matrix.unpackRowsToBf16(0, rows, all);
        assertShorts(expected, all);
        int last = rows - 1;
        MemorySegment two = guarded(2L * width * Short.BYTES);
        matrix.unpackRowsToBf16(new int[] {last, 1}, two);
        short[] swapped = new short[2 * width];
        System.arraycopy(expected, last * width, swapped, 0, width);
        System.arraycopy(expected, width, swapped, width, width);
        assertShorts(swapped, two);
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void float64HoldsTheFloat32(BlockType type, int rows, int width) {
        GgufTensor matrix = random(type, rows, width);
        float[] whole = whole(matrix);
        int[] reversed = IntStream.range(0, rows).map(row -> rows - 1 - row).toArray();
        MemorySegment range = guarded((long) rows * width * Double.BYTES);
        MemorySegment ordered = guarded((long) rows * width * Double.BYTES);
        Unpack.rowsToF64(type, matrix.bytes(), width, 0, rows, range);
        Unpack.rowsToF64(type, matrix.bytes(), width, reversed, ordered);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                double expected = whole[row * width + i];
                int there = (rows - 1 - row) * width + i;
                assertEquals(expected, range.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, row * width + i));
                assertEquals(expected, ordered.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, there));
            }
        }
        assertUntouched(range, (long) rows * width * Double.BYTES);
        assertUntouched(ordered, (long) rows * width * Double.BYTES);
    }

    /// Ties to even both ways, the largest float, infinities, subnormals, zeros; an odd number of them.
    @Test
    void roundsTheHardCasesToBf16AsLibTorchDoes() {
        int[] bits = {
            0x3F80_8000,
            0x3F81_8000,
            0x3F80_8001,
            0x3F80_7FFF,
            0xBF80_8000,
            0xBF81_8000,
            0x7F7F_FFFF,
            0xFF7F_FFFF,
            0x7F80_0000,
            0xFF80_0000,
            0x0000_0001,
            0x8000_8001,
            0x007F_FFFF,
            0x0000_0000,
            0x8000_0000,
            0x7F7F_7FFF,
            0x1234_5678
        };
        float[] floats = new float[bits.length];
        MemorySegment.copy(MemorySegment.ofArray(bits), 0, MemorySegment.ofArray(floats), 0, 4L * bits.length);
        MemorySegment bf16 = guarded(2L * bits.length);
        Unpack.rowsToBf16(BlockType.F32, MemorySegment.ofArray(floats), bits.length, 0, 1, bf16);
        assertShorts(bf16ByLibTorch(floats), bf16);
    }

    /// Rounding up would carry an all-ones mantissa over into the sign; truncating would leave infinity.
    @Test
    void whatIsNoNumberStaysNoneInBf16() {
        int[] bits = {0xFFFF_FFFF, 0x7F80_0001, 0x7FFF_FFFF, 0xFF80_0001, 0x3F80_0000, 0x7FC0_0000, 0xBF80_0000};
        MemorySegment bf16 = guarded(2L * bits.length);
        Unpack.rowsToBf16(BlockType.F32, MemorySegment.ofArray(bits), 7, 0, 1, bf16);
        for (int i = 0; i < bits.length; i++) {
            float rounded = Float.intBitsToFloat(bf16.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i) << 16);
            assertEquals(Float.intBitsToFloat(bits[i]), rounded, "number " + i);
        }
    }

    @Test
    void refusesRowsThatAreNotThere() {
        GgufTensor matrix = random(BlockType.Q8_0, 4, 64);
        MemorySegment room = ARENA.allocate(1 << 12);
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.unpackRows(3, 2, room));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.unpackRows(-1, 1, room));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.unpackRows(0, -1, room));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.unpackRows(new int[] {0, 4}, room));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.unpackRows(new int[] {-1}, room));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.unpackRows(0, 4, room.asSlice(0, 1023)));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.unpackRowsToBf16(0, 4, room.asSlice(0, 511)));
        assertThrows(IllegalArgumentException.class, () -> Unpack.rows(BlockType.Q8_0, matrix.bytes(), 65, 0, 1, room));
    }

    @AfterAll
    static void free() {
        ARENA.close();
    }

    /// Random codes; exponent bits of float16 scales and of plain numbers are kept small, so that all are finite.
    private static GgufTensor random(BlockType type, int rows, int width) {
        byte[] bytes = new byte[rows * width / type.elements() * type.bytes()];
        RANDOM.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] &= (byte) 0xBF;
        }
        MemorySegment packed = ARENA.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
        return new GgufTensor("matrix", type, List.of((long) rows, (long) width), packed);
    }

    private static float[] whole(GgufTensor matrix) {
        MemorySegment floats = ARENA.allocate(matrix.elements() * Float.BYTES);
        matrix.unpack(floats);
        return floats.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private static short[] bf16ByLibTorch(float[] floats) {
        try (Tensor tensor = Tensor.of(floats, floats.length);
                Tensor rounded = tensor.to(Dtype.BF16)) {
            assertEquals(new Shape(floats.length), rounded.shape());
            return rounded.data().toArray(ValueLayout.JAVA_SHORT_UNALIGNED);
        }
    }

    /// Room for so many bytes, followed by some that nothing may touch.
    private static MemorySegment guarded(long bytes) {
        return ARENA.allocate(bytes + 64).fill((byte) 0x5A);
    }

    private static void assertFloats(float[] expected, MemorySegment guarded) {
        long bytes = (long) expected.length * Float.BYTES;
        assertEquals(-1, MemorySegment.ofArray(expected).mismatch(guarded.asSlice(0, bytes)));
        assertUntouched(guarded, bytes);
    }

    private static void assertShorts(short[] expected, MemorySegment guarded) {
        long bytes = (long) expected.length * Short.BYTES;
        assertArrayEquals(expected, guarded.asSlice(0, bytes).toArray(ValueLayout.JAVA_SHORT_UNALIGNED));
        assertUntouched(guarded, bytes);
    }

    private static void assertUntouched(MemorySegment guarded, long from) {
        byte[] rest = guarded.asSlice(from).toArray(ValueLayout.JAVA_BYTE);
        byte[] untouched = new byte[64];
        Arrays.fill(untouched, (byte) 0x5A);
        assertArrayEquals(untouched, rest);
    }
}
