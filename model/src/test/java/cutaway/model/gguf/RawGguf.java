package cutaway.model.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes small GGUF files for tests, honest ones and, through the raw pieces, lying ones.
///
///     new RawGguf().put("general.architecture", "llama").tensor("output_norm.weight", BlockType.F32, bytes, 64)
///             .write(path);
public final class RawGguf {

    private static final int ALIGNMENT = 32;

    private final Bytes pairs = new Bytes();
    private final Bytes lines = new Bytes();
    private final Bytes data = new Bytes();
    private long pairCount;
    private long tensorCount;

    public RawGguf put(String key, String value) {
        key(key, ValueType.STRING);
        pairs.string(value);
        return this;
    }

    /// As u32.
    public RawGguf put(String key, int value) {
        key(key, ValueType.U32);
        pairs.u32(value);
        return this;
    }

    /// As u64.
    public RawGguf put(String key, long value) {
        key(key, ValueType.U64);
        pairs.u64(value);
        return this;
    }

    public RawGguf put(String key, float value) {
        key(key, ValueType.F32);
        pairs.u32(Float.floatToRawIntBits(value));
        return this;
    }

    public RawGguf put(String key, boolean value) {
        key(key, ValueType.BOOL);
        pairs.write(value ? 1 : 0);
        return this;
    }

    public RawGguf put(String key, List<String> values) {
        array(key, ValueType.STRING, values.size());
        values.forEach(pairs::string);
        return this;
    }

    /// As an array of i32.
    public RawGguf put(String key, int[] values) {
        array(key, ValueType.I32, values.length);
        for (int value : values) {
            pairs.u32(value);
        }
        return this;
    }

    /// The head of an array without its elements: `count` may lie.
    RawGguf array(String key, ValueType element, long count) {
        key(key, ValueType.ARRAY);
        pairs.u32(element.ordinal());
        pairs.u64(count);
        return this;
    }

    /// @param shape row-major, outermost axis first
    public RawGguf tensor(String name, BlockType type, byte[] bytes, long... shape) {
        while (data.size() % ALIGNMENT != 0) {
            data.write(0);
        }
        line(name, type.id(), data.size(), shape);
        data.writeBytes(bytes);
        return this;
    }

    /// A line of the directory without data: anything may lie.
    RawGguf line(String name, int type, long offset, long... shape) {
        lines.string(name);
        lines.u32(shape.length);
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            lines.u64(shape[axis]);
        }
        lines.u32(type);
        lines.u64(offset);
        tensorCount++;
        return this;
    }

    public byte[] bytes() {
        return bytes(tensorCount, pairCount);
    }

    byte[] bytes(long tensors, long keys) {
        var file = new Bytes();
        file.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        file.u32(3);
        file.u64(tensors);
        file.u64(keys);
        file.writeBytes(pairs.toByteArray());
        file.writeBytes(lines.toByteArray());
        while (file.size() % ALIGNMENT != 0) {
            file.write(0);
        }
        file.writeBytes(data.toByteArray());
        return file.toByteArray();
    }

    public Path write(Path path) {
        try {
            return Files.write(path, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void key(String key, ValueType type) {
        pairs.string(key);
        pairs.u32(type.ordinal());
        pairCount++;
    }

    private static final class Bytes extends ByteArrayOutputStream {

        void u32(int value) {
            writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
        }

        void u64(long value) {
            writeBytes(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array());
        }

        void string(String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            u64(bytes.length);
            writeBytes(bytes);
        }
    }
}
