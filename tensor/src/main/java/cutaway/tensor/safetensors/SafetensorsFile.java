package cutaway.tensor.safetensors;

import cutaway.tensor.BadInputException;
import cutaway.tensor.RegularFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// A safetensors file, memory-mapped: opening reads the header only, and no byte of a tensor is copied.
///
///     u64 length of header | header (JSON) | data
///
/// Everything in the header is checked when the file is opened, so that an [Entry] never points outside of the
/// file. Entries may be read from any thread; after [#close()] using their bytes throws `IllegalStateException`.
public final class SafetensorsFile implements AutoCloseable {

    /// The reference reader's limit: a longer header is a lie.
    private static final long MAX_HEADER = 100_000_000;

    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Arena arena;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    private SafetensorsFile(Path path, Arena arena, Map<String, Entry> entries, Map<String, String> metadata) {
        this.path = path;
        this.arena = arena;
        this.entries = Collections.unmodifiableMap(entries);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    /// @throws BadInputException when the file cannot be read or does not keep to the format
    public static SafetensorsFile open(Path path) {
        RegularFile.check(path, "a safetensors file");
        Arena arena = Arena.ofShared();
        try {
            SafetensorsFile file = read(path, arena);
            arena = null;
            return file;
        } catch (BadInputException e) {
            throw new BadInputException(path + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + path + " (" + e + "); expected a safetensors file.", e);
        } finally {
            if (arena != null) {
                arena.close();
            }
        }
    }

    private static SafetensorsFile read(Path path, Arena arena) throws IOException {
        MemorySegment file;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        }
        if (file.byteSize() < Long.BYTES) {
            throw new BadInputException("the file has " + file.byteSize() + " bytes; a safetensors file starts with 8"
                    + " bytes of header length. Fetch it again.");
        }
        long headerLength = file.get(U64, 0);
        long dataStart = Long.BYTES + headerLength;
        if (headerLength < 0 || headerLength > MAX_HEADER || dataStart > file.byteSize()) {
            throw new BadInputException("the header claims " + Long.toUnsignedString(headerLength)
                    + " bytes and the file has " + file.byteSize() + "; it is cut short or no safetensors file.");
        }
        byte[] json = file.asSlice(Long.BYTES, headerLength).toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = file.asSlice(dataStart);
        Header header = Header.parse(json, data.byteSize());
        var entries = new LinkedHashMap<String, Entry>();
        for (Header.Place place : header.places()) {
            MemorySegment bytes = data.asSlice(place.begin(), place.end() - place.begin());
            entries.put(place.name(), new Entry(place.name(), place.dtype(), place.shape(), bytes));
        }
        return new SafetensorsFile(path, arena, entries, header.metadata());
    }

    /// The names in the order of the header.
    public Set<String> names() {
        return entries.keySet();
    }

    /// @throws BadInputException when the file holds no tensor of this name
    public Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            String some = String.join(", ", entries.keySet().stream().limit(5).toList());
            throw new BadInputException(path + " holds no tensor " + name + "; it holds " + entries.size()
                    + (entries.isEmpty() ? "." : ", such as " + some + "."));
        }
        return entry;
    }

    /// The strings under `__metadata__`; empty when there are none.
    public Map<String, String> metadata() {
        return metadata;
    }

    /// Unmaps the file: the bytes of its entries can no longer be read.
    @Override
    public void close() {
        arena.close();
    }
}
