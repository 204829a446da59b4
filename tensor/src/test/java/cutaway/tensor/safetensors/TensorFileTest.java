package cutaway.tensor.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorFileTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(cutaway.tensor.Dtype.class)
    void everyTypeComesBackBitByBit(cutaway.tensor.Dtype dtype) {
        long live = Tensor.live();
        try (Scope scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put("odd", new Random(7).normal(13, 3).times(100).to(dtype));
            tensors.put(
                    "turned", new Random(8).normal(3, 2).times(100).to(dtype).transpose(0, 1));
            tensors.put("scalar", Tensor.full(1, dtype));
            tensors.put("empty", Tensor.full(1, dtype, 0, 4));
            Path path = folder.resolve("all.safetensors");
            TensorFile.write(path, tensors, Map.of("seed", "7"));
            Map<String, Tensor> back;
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertEquals(Map.of("seed", "7"), file.metadata());
                back = TensorFile.readAll(file);
            }
            assertEquals(tensors.keySet(), back.keySet());
            tensors.forEach((name, tensor) -> assertTrue(tensor.bitsEqual(back.get(name)), name));
            assertEquals(new Shape(), back.get("scalar").shape());
            assertEquals(new Shape(0, 4), back.get("empty").shape());
        }
        assertEquals(live, Tensor.live());
    }

    /// Written by Python's safetensors; see `python.py`.
    @Test
    void readsWhatPythonWrote() throws Exception {
        try (Scope scope = Scope.open();
                var file = SafetensorsFile.open(
                        Path.of(getClass().getResource("python.safetensors").toURI()))) {
            assertArrayEquals(
                    new float[] {0, .5f, 1, 1.5f, 2, 2.5f},
                    TensorFile.read(file, "single").toFloats());
            assertEquals(-2, TensorFile.read(file, "half").toFloats()[0]);
            assertEquals(1, TensorFile.read(file, "brain").toFloats()[0]);
            assertEquals(-7, TensorFile.read(file, "long").toLongs()[0]);
            assertEquals(new Shape(0, 4), TensorFile.read(file, "empty").shape());
            assertEquals(file.names(), TensorFile.readAll(file).keySet());
            assertThrows(BadInputException.class, () -> TensorFile.read(file, "absent"));
        }
    }

    @Test
    void smallerTypesAreWidenedWithoutLoss() {
        Path path = folder.resolve("small.safetensors");
        MemorySegment four = MemorySegment.ofArray(new byte[] {-1, 0x7f, 0, (byte) 0x80});
        new SafetensorsWriter()
                .add("i8", Dtype.I8, List.of(4L), four)
                .add("u8", Dtype.U8, List.of(4L), four)
                .add("bool", Dtype.BOOL, List.of(4L), four)
                .add("i16", Dtype.I16, List.of(2L), four)
                .add("i32", Dtype.I32, List.of(), four)
                .add("f16", Dtype.F16, List.of(2L), MemorySegment.ofArray(new byte[] {1, 0, 0, (byte) 0xfc}))
                .write(path);
        try (Scope scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(path)) {
            assertArrayEquals(
                    new long[] {-1, 127, 0, -128}, TensorFile.read(file, "i8").toLongs());
            assertArrayEquals(
                    new long[] {255, 127, 0, 128}, TensorFile.read(file, "u8").toLongs());
            assertArrayEquals(
                    new long[] {1, 1, 0, 1}, TensorFile.read(file, "bool").toLongs());
            assertArrayEquals(
                    new long[] {0x7fff, -0x8000}, TensorFile.read(file, "i16").toLongs());
            assertArrayEquals(
                    new long[] {0x80007fff}, TensorFile.read(file, "i32").toLongs());
            assertArrayEquals(
                    new float[] {0x1p-24f, Float.NEGATIVE_INFINITY},
                    TensorFile.read(file, "f16").toFloats());
        }
    }

    @Test
    void aRefusedWriteLeavesTheOldFile() throws Exception {
        try (Scope scope = Scope.open()) {
            Path path = folder.resolve("kept.safetensors");
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put("x", Tensor.ones(3));
            TensorFile.write(path, tensors, Map.of());
            byte[] before = Files.readAllBytes(path);
            Tensor freed = Tensor.ones(2);
            freed.close();
            tensors.put("y", freed);
            assertThrows(IllegalStateException.class, () -> TensorFile.write(path, tensors, Map.of()));
            assertArrayEquals(before, Files.readAllBytes(path));
        }
    }
}
