package cutaway.model.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackTest {

    /// Golden: the gguf package's own quantisation, byte for byte; see README.md beside the file.
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "Q8_0", "Q4_0", "Q4_1"})
    void agreesWithGguf(BlockType type) {
        try (var golden = GoldenBlocks.open("packed.safetensors");
                Arena arena = Arena.ofShared()) {
            MemorySegment expected = golden.entry(type + ".bytes").bytes();
            MemorySegment packed = arena.allocate(expected.byteSize());
            Pack.pack(type, golden.entry("x").bytes(), packed, 13 * 96);
            assertEquals(-1, packed.mismatch(expected));
        }
    }

    /// Packing what was unpacked changes nothing: each number is its own nearest code. Many tasks, an awkward length.
    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "Q8_0"})
    void packsWhatWasUnpackedUnchanged(BlockType type) {
        int elements = 32 * 2063;
        var random = new Random(17);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment floats = arena.allocate(4L * elements);
            for (int i = 0; i < elements; i++) {
                floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
            MemorySegment packed = arena.allocate((long) elements / type.elements() * type.bytes());
            Pack.pack(type, floats, packed, elements);
            MemorySegment unpacked = arena.allocate(4L * elements);
            Unpack.toFloat(type, packed, unpacked, elements);
            MemorySegment again = arena.allocate(packed.byteSize());
            Pack.pack(type, unpacked, again, elements);
            Unpack.toFloat(type, again, floats, elements);
            assertEquals(-1, floats.mismatch(unpacked));
        }
    }

    @Test
    void refusesTypesThatItCannotMake() {
        var room = MemorySegment.ofArray(new byte[4096]);
        for (BlockType type : BlockType.values()) {
            int elements = type.elements();
            if (!type.packs()) {
                assertThrows(IllegalArgumentException.class, () -> Pack.pack(type, room, room, elements));
            }
        }
        var refusal = assertThrows(IllegalArgumentException.class, () -> Pack.pack(BlockType.Q8_0, room, room, 33));
        assertTrue(refusal.getMessage().contains("33 elements"), refusal.getMessage());
    }
}
