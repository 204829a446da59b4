package cutaway.model.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.tensor.BadInputException;
import cutaway.tensor.safetensors.SafetensorsFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnpackTest {

    /// Golden: the gguf package's own dequantisation, bit for bit; see README.md beside the file.
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "Q4_0", "Q4_1", "Q8_0"})
    void agreesWithGguf(BlockType type) throws Exception {
        try (var golden = golden();
                Arena arena = Arena.ofShared()) {
            MemorySegment packed = golden.entry(type + ".bytes").bytes();
            MemorySegment expected = golden.entry(type + ".values").bytes();
            MemorySegment floats = arena.allocate(expected.byteSize());
            Unpack.toFloat(type, packed, floats, 4 * 512);
            assertEquals(-1, floats.mismatch(expected));
        }
    }

    /// Pieces that run side by side must meet without a gap: the golden rows repeated to an awkward length.
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "Q4_0", "Q4_1", "Q8_0"})
    void piecesMeet(BlockType type) throws Exception {
        int copies = 83;
        try (var golden = golden();
                Arena arena = Arena.ofShared()) {
            MemorySegment packed = golden.entry(type + ".bytes").bytes();
            MemorySegment expected = golden.entry(type + ".values").bytes();
            MemorySegment many = repeat(packed, copies, arena);
            MemorySegment floats = arena.allocate(expected.byteSize() * copies);
            Unpack.toFloat(type, many, floats, 4 * 512 * copies);
            assertEquals(-1, floats.mismatch(repeat(expected, copies, arena)));
        }
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
                "blk.0.attn_q.weight", BlockType.Q4_K, List.of(256L), MemorySegment.ofArray(new byte[144]));
        var refusal = assertThrows(BadInputException.class, () -> tensor.unpack(MemorySegment.NULL));
        assertEquals(
                "blk.0.attn_q.weight is Q4_K; Cutaway reads F32, F16, Q4_0, Q4_1, Q8_0, BF16 so far."
                        + " Open a file of one of these types.",
                refusal.getMessage());
    }

    private static MemorySegment repeat(MemorySegment segment, int copies, Arena arena) {
        MemorySegment many = arena.allocate(segment.byteSize() * copies);
        for (int i = 0; i < copies; i++) {
            many.asSlice(i * segment.byteSize(), segment.byteSize()).copyFrom(segment);
        }
        return many;
    }

    private static SafetensorsFile golden() throws Exception {
        return SafetensorsFile.open(
                Path.of(UnpackTest.class.getResource("gguf-blocks.safetensors").toURI()));
    }
}
