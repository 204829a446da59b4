package cutaway.model.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Writes a GGUF file of version 3, one tensor at a time, that is either complete or not there.
///
///     try (var writer = new GgufWriter(path, metadata, tensors)) {
///         for (TensorInfo tensor : tensors) {
///             writer.write(tensor.name(), packed(tensor));
///         }
///         writer.finish();
///     }
///
/// It grows in a temporary file beside the target; [#finish()] forces that to disk and moves it over the target, and
/// [#close()] without it leaves no trace. Data are aligned to `general.alignment` where the metadata say it, else
/// to 32 bytes.
public final class GgufWriter implements AutoCloseable {

    private static final int VERSION = 3;
    private static final int CHUNK = 1 << 20;

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);

    /// Tensors that are still to come, and where in the file they go.
    private final Map<String, Place> missing = new LinkedHashMap<>();

    private record Place(TensorInfo tensor, long offset) {}

    /// @param metadata written in the map's order
    /// @param tensors laid out in this order; they may be written in any
    /// @throws IllegalArgumentException when two tensors have one name, or the alignment is no power of two in U32
    /// @throws UncheckedIOException when the disk refuses
    public GgufWriter(Path target, Map<String, GgufValue> metadata, List<TensorInfo> tensors) {
        this.target = target.toAbsolutePath();
        this.temporary = this.target.resolveSibling("." + this.target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        long alignment = alignment(metadata);
        var head = new LittleEndian();
        head.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        head.u32(VERSION);
        head.u64(tensors.size());
        head.u64(metadata.size());
        metadata.forEach((key, value) -> {
            head.string(key);
            value.write(head);
        });
        long end = 0;
        for (TensorInfo tensor : tensors) {
            writeLine(head, tensor, end);
            if (missing.put(tensor.name(), new Place(tensor, end)) != null) {
                throw new IllegalArgumentException("two tensors are called " + tensor.name());
            }
            end = aligned(end + tensor.bytes(), alignment);
        }
        head.zeros(aligned(head.size(), alignment) - head.size());
        long start = head.size();
        missing.replaceAll((name, place) -> new Place(place.tensor, start + place.offset));
        this.channel = begin(head.toByteArray(), start + end);
    }

    private static long alignment(Map<String, GgufValue> metadata) {
        GgufValue value = metadata.get(Directory.ALIGNMENT);
        if (value == null) {
            return Directory.DEFAULT_ALIGNMENT;
        }
        for (long alignment = 8; alignment <= 1 << 30; alignment *= 2) {
            if (value.equals(GgufValue.u32(alignment))) {
                return alignment;
            }
        }
        throw new IllegalArgumentException(Directory.ALIGNMENT + " must be a power of two from 8 to 2^30, as U32");
    }

    private static void writeLine(LittleEndian head, TensorInfo tensor, long offset) {
        head.string(tensor.name());
        head.u32(tensor.shape().size());
        tensor.shape().reversed().forEach(head::u64);
        head.u32(tensor.type().id());
        head.u64(offset);
    }

    private static long aligned(long offset, long alignment) {
        return (offset + alignment - 1) & -alignment;
    }

    /// Opens the temporary file, with its head and with zeros for all the rest.
    private FileChannel begin(byte[] head, long size) {
        try {
            FileChannel file = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try {
                write(file, MemorySegment.ofArray(head), 0);
                if (size > head.length) {
                    write(file, MemorySegment.ofArray(new byte[1]), size - 1);
                }
            } catch (IOException e) {
                file.close();
                Files.deleteIfExists(temporary);
                throw e;
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    /// @param packed the whole tensor in its type; see [Pack]
    /// @throws IllegalArgumentException when no such tensor is still to be written, or it has another size
    /// @throws UncheckedIOException when the disk refuses
    public void write(String name, MemorySegment packed) {
        Place place = missing.get(name);
        if (place == null) {
            throw new IllegalArgumentException("no tensor " + name + " is still to be written");
        }
        if (packed.byteSize() != place.tensor.bytes()) {
            throw new IllegalArgumentException(
                    name + " is " + packed.byteSize() + " bytes long; expected " + place.tensor.bytes());
        }
        try {
            write(channel, packed, place.offset);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
        missing.remove(name);
    }

    /// Through a buffer of our own: a segment over a `float[]` has no view as bytes that a channel would take.
    private void write(FileChannel file, MemorySegment bytes, long position) throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
            int length = (int) Math.min(CHUNK, bytes.byteSize() - at);
            MemorySegment.ofBuffer(buffer.clear()).copyFrom(bytes.asSlice(at, length));
            buffer.limit(length);
            while (buffer.hasRemaining()) {
                file.write(buffer, position + at + buffer.position());
            }
        }
    }

    /// Moves the complete file over the target.
    ///
    /// @throws IllegalStateException when a tensor was not written
    /// @throws UncheckedIOException when the disk refuses; the target is then as it was before
    public void finish() {
        if (!missing.isEmpty()) {
            throw new IllegalStateException(
                    "the tensor " + missing.keySet().iterator().next() + " was not written");
        }
        try {
            channel.force(true);
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    /// Removes what was written, unless it was finished.
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + temporary, e);
        }
    }
}
