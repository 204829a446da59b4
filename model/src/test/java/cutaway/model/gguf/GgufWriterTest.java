package cutaway.model.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.DefaultModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {

    @TempDir
    Path folder;

    /// Golden: the same settings and tensors, written by the gguf package; see README.md beside the file.
    @Test
    void writesByteForByteWhatGgufWrites() throws IOException {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", GgufValue.text("llama"));
        metadata.put("general.alignment", GgufValue.u32(64));
        metadata.put("u8", GgufValue.whole(ValueType.U8, 250));
        metadata.put("i8", GgufValue.whole(ValueType.I8, -3));
        metadata.put("u16", GgufValue.whole(ValueType.U16, 65_000));
        metadata.put("i16", GgufValue.whole(ValueType.I16, -300));
        metadata.put("i32", GgufValue.whole(ValueType.I32, -70_000));
        metadata.put("u64", GgufValue.whole(ValueType.U64, 1L << 40));
        metadata.put("i64", GgufValue.whole(ValueType.I64, -(1L << 40)));
        metadata.put("f32", GgufValue.f32(0.1f));
        metadata.put("f64", GgufValue.real(ValueType.F64, 0.1));
        metadata.put("flag", GgufValue.flag(true));
        metadata.put("text", GgufValue.text("Zürich 東京"));
        metadata.put("texts", GgufValue.texts(List.of("a", "", "東京")));
        metadata.put("i32s", GgufValue.wholes(ValueType.I32, 1, -3));
        metadata.put("f32s", GgufValue.reals(ValueType.F32, 0.5, 0.1));
        metadata.put("flags", GgufValue.flags(true, false));
        var tensors = List.of(
                new TensorInfo("token_embd.weight", BlockType.F32, List.of(3L, 5L)),
                new TensorInfo("output_norm.weight", BlockType.F32, List.of(7L)),
                new TensorInfo("output.weight", BlockType.Q8_0, List.of(2L, 96L)));
        Path target = folder.resolve("ours.gguf");
        try (var golden = GoldenBlocks.open("packed.safetensors");
                var writer = new GgufWriter(target, metadata, tensors)) {
            MemorySegment x = golden.entry("x").bytes();
            writer.write("output.weight", golden.entry("Q8_0.bytes").bytes().asSlice(0, 2 * 102));
            writer.write("output_norm.weight", x.asSlice(0, 7 * 4));
            float[] corner = new float[15];
            for (int row = 0; row < 3; row++) {
                MemorySegment.copy(x, ValueLayout.JAVA_FLOAT_UNALIGNED, row * 96 * 4L, corner, row * 5, 5);
            }
            writer.write("token_embd.weight", MemorySegment.ofArray(corner));
            writer.finish();
        }
        assertArrayEquals(Files.readAllBytes(golden()), Files.readAllBytes(target));
    }

    /// Settings and tensors go from one file into another as they are: the default model's own come back the same.
    @Test
    void carriesOverWhatAFileHolds() {
        Path copy = folder.resolve("copy.gguf");
        try (var file = GgufFile.open(DefaultModel.gguf())) {
            copy(file, copy);
            assertEquals(-1, mismatch(DefaultModel.gguf(), copy));
        }
    }

    @Test
    void keepsEveryKindOfValueOfAFile() {
        Path copy = folder.resolve("copy.gguf");
        try (var file = GgufFile.open(golden())) {
            copy(file, copy);
        }
        assertEquals(-1, mismatch(golden(), copy));
    }

    @Test
    void leavesNothingUnlessFinished() throws IOException {
        Path target = Files.writeString(folder.resolve("model.gguf"), "before");
        var tensors = List.of(info("a", 3), info("b", 5));
        try (var writer = new GgufWriter(target, Map.of(), tensors)) {
            writer.write("b", MemorySegment.ofArray(new float[5]));
            assertEquals("before", Files.readString(target));
            var refusal = assertThrows(IllegalStateException.class, writer::finish);
            assertEquals("the tensor a was not written", refusal.getMessage());
        }
        assertEquals("before", Files.readString(target));
        assertEquals(List.of(target), files());
        try (var writer = new GgufWriter(target, Map.of(), tensors)) {
            writer.write("a", MemorySegment.ofArray(new float[3]));
            writer.write("b", MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5}));
            writer.finish();
        }
        assertEquals(List.of(target), files());
        try (var file = GgufFile.open(target)) {
            assertEquals(List.of("a", "b"), List.copyOf(file.names()));
            float[] b = file.tensor("b").bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            assertArrayEquals(new float[] {1, 2, 3, 4, 5}, b);
        }
    }

    @Test
    void refusesWhatTheFileHasNoRoomFor() throws IOException {
        Path target = folder.resolve("model.gguf");
        try (var writer = new GgufWriter(target, Map.of(), List.of(info("a", 3)))) {
            assertComplaint("no tensor b", () -> writer.write("b", MemorySegment.ofArray(new float[3])));
            assertComplaint("8 bytes long; expected 12", () -> writer.write("a", MemorySegment.ofArray(new float[2])));
            writer.write("a", MemorySegment.ofArray(new float[3]));
            assertComplaint("no tensor a is still", () -> writer.write("a", MemorySegment.ofArray(new float[3])));
        }
        assertEquals(List.of(), files());
        assertComplaint("two tensors", () -> new GgufWriter(target, Map.of(), List.of(info("a", 3), info("a", 3))));
        for (GgufValue alignment : List.of(GgufValue.u32(48), GgufValue.u32(4), GgufValue.whole(ValueType.U64, 32))) {
            var metadata = Map.of("general.alignment", alignment);
            assertComplaint("power of two", () -> new GgufWriter(target, metadata, List.of()));
        }
        assertThrows(
                UncheckedIOException.class, () -> new GgufWriter(folder.resolve("no/where.gguf"), Map.of(), List.of()));
        assertComplaint("multiples of 32", () -> new TensorInfo("w", BlockType.Q8_0, List.of(2L, 33L)));
        assertComplaint("1 to 4 axes", () -> new TensorInfo("w", BlockType.F32, List.of()));
        assertComplaint("1 and 63 bytes", () -> new TensorInfo("東".repeat(22), BlockType.F32, List.of(1L)));
        assertComplaint("256 does not fit U8", () -> GgufValue.whole(ValueType.U8, 256));
        assertComplaint("-1 does not fit U32", () -> GgufValue.u32(-1));
        assertComplaint("-129 does not fit I8", () -> GgufValue.wholes(ValueType.I8, 0, -129));
        assertComplaint("STRING is no type of whole", () -> GgufValue.whole(ValueType.STRING, 1));
        assertComplaint("U8 is no floating", () -> GgufValue.real(ValueType.U8, 1));
    }

    private static void copy(GgufFile from, Path to) {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        from.metadata().keys().forEach(key -> metadata.put(key, from.metadata().stored(key)));
        List<TensorInfo> tensors = from.names().stream()
                .map(from::tensor)
                .map(tensor -> new TensorInfo(tensor.name(), tensor.type(), tensor.shape()))
                .toList();
        try (var writer = new GgufWriter(to, metadata, tensors)) {
            from.names().forEach(name -> writer.write(name, from.tensor(name).bytes()));
            writer.finish();
        }
    }

    private static long mismatch(Path one, Path other) {
        try {
            return Files.mismatch(one, other);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path golden() {
        try {
            return Path.of(GgufWriterTest.class.getResource("written.gguf").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TensorInfo info(String name, long size) {
        return new TensorInfo(name, BlockType.F32, List.of(size));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void assertComplaint(String complaint, Runnable action) {
        var refusal = assertThrows(IllegalArgumentException.class, action::run);
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
    }
}
