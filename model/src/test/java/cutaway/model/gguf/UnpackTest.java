package cutaway.model.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.tensor.BadInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnpackTest {

    /// Golden: the gguf package's own dequantisation, bit for bit; see README.md beside the file.
    @ParameterizedTest
    @MethodSource("types")
    void agreesWithGguf(BlockType type) {
        try (var golden = new GoldenBlocks(type);
                Arena arena = Arena.ofShared()) {
            MemorySegment floats = arena.allocate(golden.values().byteSize());
            Unpack.toFloat(type, golden.packed(), floats, golden.elements());
            assertEquals(-1, floats.mismatch(golden.values()));
        }
    }

    /// Pieces that run side by side must meet without a gap: the golden rows repeated to an awkward length.
    @ParameterizedTest
    @MethodSource("types")
    void piecesMeet(BlockType type) {
        int copies = 83;
        try (var golden = new GoldenBlocks(type);
                Arena arena = Arena.ofShared()) {
            MemorySegment many = repeat(golden.packed(), copies, arena);
            MemorySegment floats = arena.allocate(golden.values().byteSize() * copies);
            Unpack.toFloat(type, many, floats, golden.elements() * copies);
            assertEquals(-1, floats.mismatch(repeat(golden.values(), copies, arena)));
        }
    }

    static Stream<BlockType> types() {
        return Arrays.stream(BlockType.values()).filter(BlockType::unpacks).filter(type -> type != BlockType.F32);
    }

    @Test
    void copiesFloat32() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment floats = arena.allocate(12);
            MemorySegment given = MemorySegment.ofArray(new float[] {1.5f, Float.NaN, -0f});
            Unpack.toFloat(BlockType.F32, given, floats, 3);
            assertEquals(-1, floats.mismatch(given));
        }
    }

    @Test
    void namesWhatItCannotUnpack() {
        var tensor = new GgufTensor(
                "blk.0.attn_q.weight", BlockType.IQ2_XXS, List.of(256L), MemorySegment.ofArray(new byte[66]));
        var refusal = assertThrows(BadInputException.class, () -> tensor.unpack(MemorySegment.NULL));
        assertEquals(
                "blk.0.attn_q.weight is IQ2_XXS; Cutaway reads F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K,"
                        + " Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, BF16, MXFP4. Open a file of one of these types.",
                refusal.getMessage());
    }

    private static MemorySegment repeat(MemorySegment segment, int copies, Arena arena) {
        MemorySegment many = arena.allocate(segment.byteSize() * copies);
        for (int i = 0; i < copies; i++) {
            many.asSlice(i * segment.byteSize(), segment.byteSize()).copyFrom(segment);
        }
        return many;
    }
}
