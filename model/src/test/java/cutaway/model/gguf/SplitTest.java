package cutaway.model.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model in three files: the settings and no tensor, tensors a and b, tensor c.
class SplitTest {

    @TempDir
    Path folder;

    @BeforeEach
    void write() {
        shard(1, 3, 3);
        shard(2, 3, 3, "a", "b");
        shard(3, 3, 3, "c");
    }

    @Test
    void opensAllShardsByTheFirst() {
        try (var file = GgufFile.open(path(1, 3))) {
            assertEquals("llama", file.metadata().string("general.architecture"));
            assertEquals(List.of("a", "b", "c"), List.copyOf(file.names()));
            assertEquals(List.of(path(1, 3), path(2, 3), path(3, 3)), file.paths());
            assertEquals(path(1, 3), file.path());
            for (String name : file.names()) {
                float[] values = new float[3];
                file.tensor(name).unpack(MemorySegment.ofArray(values));
                assertArrayEquals(values(name), values, name);
            }
        }
    }

    @Test
    void saysWhichFileToGive() {
        for (int other : new int[] {2, 3}) {
            assertComplaint(
                    path(other, 3) + " is file " + other + " of the 3 that its model is in; give the first,"
                            + " model-00001-of-00003.gguf.",
                    path(other, 3));
        }
    }

    @Test
    void saysWhichFileIsMissing() throws IOException {
        Files.delete(path(3, 3));
        assertComplaint(path(3, 3) + " is missing; the model of " + path(1, 3) + " is in 3 files", path(1, 3));
    }

    @Test
    void saysThatTheNameHidesTheOthers() throws IOException {
        Path renamed = Files.move(path(1, 3), folder.resolve("mine.gguf"));
        assertComplaint("name it mine-00001-of-00003.gguf", renamed);
        Path miscounted = Files.move(renamed, path(1, 4));
        assertComplaint("name it model-00001-of-00003.gguf", miscounted);
    }

    @Test
    void refusesShardsThatDoNotBelongTogether() throws IOException {
        shard(2, 3, 4, "a", "b");
        assertComplaint(
                path(2, 3) + " says that it is file 2 of 3 with 4 tensors in all; " + path(1, 3)
                        + " calls for file 2 of 3 with 3 tensors in all",
                path(1, 3));
        Files.copy(path(3, 3), folder.resolve("third"));
        Files.move(folder.resolve("third"), path(2, 3), StandardCopyOption.REPLACE_EXISTING);
        assertComplaint("says that it is file 3 of 3", path(1, 3));
        new RawGguf().put("general.architecture", "llama").write(path(2, 3));
        assertComplaint("says that it is file 1 of 1", path(1, 3));
        shard(2, 3, 3, "a", "c");
        assertComplaint(path(3, 3) + " holds the tensor c, as a file before it does", path(1, 3));
        shard(2, 3, 3, "a");
        assertComplaint("hold 2 tensors; they should hold 3", path(1, 3));
        Files.write(path(2, 3), new byte[] {1, 2, 3, 4, 5});
        assertComplaint(path(2, 3) + ": the file does not start with", path(1, 3));
    }

    @Test
    void refusesSettingsThatLie() {
        Path first = path(1, 3);
        new RawGguf()
                .put("split.count", 2_000_000)
                .put("split.no", 0)
                .put("split.tensors.count", 3)
                .write(first);
        assertComplaint("claims to be one of 2000000 files", first);
        new RawGguf().put("split.count", "three").write(first);
        assertComplaint(first + ": split.count is of type STRING", first);
        new RawGguf().put("split.count", 3).write(first);
        assertComplaint(first + ": the file has no metadata key split.no", first);
    }

    @Test
    void aSplitIntoOneFileIsAnOrdinaryFile() {
        shard(1, 1, 1, "a");
        Path plain = folder.resolve("plain.gguf");
        assertTrue(path(1, 1).toFile().renameTo(plain.toFile()));
        try (var file = GgufFile.open(plain)) {
            assertEquals(List.of(plain), file.paths());
            assertTrue(file.has("a"));
        }
    }

    private Path path(int number, int count) {
        return folder.resolve("model-%05d-of-%05d.gguf".formatted(number, count));
    }

    private void shard(int number, int count, int tensors, String... names) {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        if (number == 1) {
            metadata.put("general.architecture", GgufValue.text("llama"));
        }
        metadata.put("split.no", GgufValue.whole(ValueType.U16, number - 1));
        metadata.put("split.tensors.count", GgufValue.whole(ValueType.I32, tensors));
        metadata.put("split.count", GgufValue.whole(ValueType.U16, count));
        List<TensorInfo> infos = List.of(names).stream()
                .map(name -> new TensorInfo(name, BlockType.F32, List.of(3L)))
                .toList();
        try (var writer = new GgufWriter(path(number, count), metadata, infos)) {
            for (String name : names) {
                writer.write(name, MemorySegment.ofArray(values(name)));
            }
            writer.finish();
        }
    }

    private static float[] values(String name) {
        return new float[] {name.charAt(0), 0.5f, -1};
    }

    private static void assertComplaint(String complaint, Path path) {
        var refusal =
                assertThrows(BadInputException.class, () -> GgufFile.open(path).close());
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
    }
}
