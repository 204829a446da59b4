package cutaway.tensor.safetensors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes a safetensors file that is either complete or not there.
///
///     new SafetensorsWriter().metadata("seed", "7").add("W_dec", Dtype.F32, List.of(64L, 576L), bytes).write(path);
///
/// The data start at a multiple of 8 bytes, and tensors with wider elements come first, so that every element is
/// aligned to its own size: the format allows no padding between tensors.
public final class SafetensorsWriter {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int CHUNK = 1 << 20;

    /// A tensor whose bytes are made when it is its turn to be written.
    private record Pending(String name, Dtype dtype, List<Long> shape, Supplier<MemorySegment> bytes) {
        long size() {
            return Entry.byteSize(dtype, shape);
        }
    }

    private final Map<String, Pending> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /// @param bytes read when [#write(Path)] is called, not now
    /// @throws IllegalArgumentException when the name was added before or the size does not fit the shape
    public SafetensorsWriter add(String name, Dtype dtype, List<Long> shape, MemorySegment bytes) {
        Entry entry = new Entry(name, dtype, shape, bytes); // checks that the size fits
        return add(name, dtype, entry.shape(), entry::bytes);
    }

    /// As [#add(String, Dtype, List, MemorySegment)], for tensors that are not to be in memory all at once.
    ///
    /// @param bytes asked for once, when the tensor is written; what it gave before may then be reused
    public SafetensorsWriter add(String name, Dtype dtype, List<Long> shape, Supplier<MemorySegment> bytes) {
        Pending pending = new Pending(name, dtype, List.copyOf(shape), bytes);
        if (name.equals("__metadata__") || entries.putIfAbsent(name, pending) != null) {
            throw new IllegalArgumentException("the name " + name + " is already taken");
        }
        return this;
    }

    /// Writes to a temporary file beside the target, forces it to disk and moves it over the target.
    ///
    /// @throws UncheckedIOException when the disk refuses; the target is then as it was before
    public void write(Path target) {
        Path absolute = target.toAbsolutePath();
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
        List<Pending> sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingInt((Pending entry) -> entry.dtype().bytes())
                .reversed());
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writeFully(channel, MemorySegment.ofArray(header(sorted)), buffer);
                for (Pending entry : sorted) {
                    MemorySegment bytes = entry.bytes().get();
                    if (bytes.byteSize() != entry.size()) {
                        throw new IllegalArgumentException(
                                entry.name() + " is " + bytes.byteSize() + " bytes long; expected " + entry.size());
                    }
                    writeFully(channel, bytes, buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        } finally {
            deleteIfLeft(temporary);
        }
    }

    private byte[] header(List<Pending> sorted) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[Long.BYTES]);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart("__metadata__");
                metadata.forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            long begin = 0;
            for (Pending entry : sorted) {
                long end = begin + entry.size();
                json.writeObjectPropertyStart(entry.name());
                json.writeStringProperty("dtype", entry.dtype().name());
                writeLongs(json, "shape", entry.shape());
                writeLongs(json, "data_offsets", List.of(begin, end));
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        }
        while (bytes.size() % 8 != 0) {
            bytes.write(' ');
        }
        byte[] header = bytes.toByteArray();
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length - Long.BYTES);
        return header;
    }

    private static void writeLongs(JsonGenerator json, String name, List<Long> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(value -> json.writeNumber(value.longValue()));
        json.writeEndArray();
    }

    /// Through a buffer of our own: a segment over a `float[]` has no view as bytes that a channel would take.
    private static void writeFully(FileChannel channel, MemorySegment bytes, ByteBuffer buffer) throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += buffer.capacity()) {
            int length = (int) Math.min(buffer.capacity(), bytes.byteSize() - at);
            MemorySegment.ofBuffer(buffer.clear()).copyFrom(bytes.asSlice(at, length));
            buffer.limit(length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }

    private static void deleteIfLeft(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + temporary, e);
        }
    }
}
