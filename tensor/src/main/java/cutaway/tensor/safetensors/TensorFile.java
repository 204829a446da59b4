package cutaway.tensor.safetensors;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Between safetensors files and [Tensor]s.
///
///     try (SafetensorsFile file = SafetensorsFile.open(path)) {
///         Tensor embed = TensorFile.read(file, "model.embed_tokens.weight"); // [vocab, dModel]
///     }
///     TensorFile.write(path, tensors, Map.of("seed", "7"));
public final class TensorFile {

    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private TensorFile() {}

    /// A tensor of its own memory, which outlives the file.
    ///
    /// F32, BF16, F64, I64 and BOOL stay as they are; F16 becomes F32, and the smaller integers I64, without loss.
    ///
    /// @throws cutaway.tensor.BadInputException when the file holds no tensor of this name
    public static Tensor read(SafetensorsFile file, String name) {
        return read(file.entry(name));
    }

    /// As [#read(SafetensorsFile, String)], for an entry at hand.
    public static Tensor read(Entry entry) {
        Shape shape =
                new Shape(entry.shape().stream().mapToLong(Long::longValue).toArray());
        return Scope.keep(() -> {
            Tensor tensor = Tensor.uninitialised(target(entry.dtype()), shape);
            fill(tensor.data(), entry);
            return tensor;
        });
    }

    /// Every tensor of a file under its name, in the order of the header.
    public static LinkedHashMap<String, Tensor> readAll(SafetensorsFile file) {
        var tensors = new LinkedHashMap<String, Tensor>();
        file.names().forEach(name -> tensors.put(name, read(file, name)));
        return tensors;
    }

    /// Writes the tensors under their names; the file is complete or, when the disk refuses, as it was before.
    ///
    /// @throws java.io.UncheckedIOException when the disk refuses
    public static void write(Path path, LinkedHashMap<String, Tensor> tensors, Map<String, String> metadata) {
        Scope.free(() -> {
            var writer = new SafetensorsWriter();
            metadata.forEach(writer::metadata);
            tensors.forEach((name, tensor) -> {
                List<Long> shape = new ArrayList<>();
                for (long size : tensor.shape().dims()) {
                    shape.add(size);
                }
                writer.add(
                        name, source(tensor.dtype()), shape, tensor.contiguous().data());
            });
            writer.write(path);
            return null;
        });
    }

    private static Dtype target(cutaway.tensor.safetensors.Dtype stored) {
        return switch (stored) {
            case F64 -> Dtype.F64;
            case F32, F16 -> Dtype.F32;
            case BF16 -> Dtype.BF16;
            case I64, I32, I16, I8, U8 -> Dtype.I64;
            case BOOL -> Dtype.BOOL;
        };
    }

    private static cutaway.tensor.safetensors.Dtype source(Dtype dtype) {
        return switch (dtype) {
            case F64 -> cutaway.tensor.safetensors.Dtype.F64;
            case F32 -> cutaway.tensor.safetensors.Dtype.F32;
            case BF16 -> cutaway.tensor.safetensors.Dtype.BF16;
            case I64 -> cutaway.tensor.safetensors.Dtype.I64;
            case BOOL -> cutaway.tensor.safetensors.Dtype.BOOL;
        };
    }

    private static void fill(MemorySegment to, Entry entry) {
        MemorySegment from = entry.bytes();
        long count = entry.elements();
        switch (entry.dtype()) {
            case F64, F32, BF16, I64 -> to.copyFrom(from);
            case BOOL -> {
                for (long i = 0; i < count; i++) { // LibTorch expects 0 or 1, a file may hold any byte
                    to.set(ValueLayout.JAVA_BYTE, i, (byte) (from.get(ValueLayout.JAVA_BYTE, i) != 0 ? 1 : 0));
                }
            }
            case F16 -> {
                for (long i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.float16ToFloat(from.get(I16, 2 * i)));
                }
            }
            case I32 -> {
                for (long i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_LONG, i, from.get(I32, 4 * i));
                }
            }
            case I16 -> {
                for (long i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_LONG, i, from.get(I16, 2 * i));
                }
            }
            case I8 -> {
                for (long i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_LONG, i, from.get(ValueLayout.JAVA_BYTE, i));
                }
            }
            case U8 -> {
                for (long i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_LONG, i, Byte.toUnsignedLong(from.get(ValueLayout.JAVA_BYTE, i)));
                }
            }
        }
    }
}
