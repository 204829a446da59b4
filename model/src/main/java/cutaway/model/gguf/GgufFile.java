package cutaway.model.gguf;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/// A GGUF file of version 3, memory-mapped: opening reads the directory only, and no weight is copied.
///
///     "GGUF" | u32 version | u64 tensors | u64 keys | keys and values | tensor directory | padding | tensor data
///
/// The whole directory is checked when the file is opened, so that a [GgufTensor] never points outside of the file.
/// Everything may be read from any thread; after [#close()] reading throws `IllegalStateException`.
public final class GgufFile implements AutoCloseable {

    private static final int VERSION = 3;

    private final Path path;
    private final Arena arena;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensor> tensors;

    private GgufFile(Path path, Arena arena, GgufMetadata metadata, Map<String, GgufTensor> tensors) {
        this.path = path;
        this.arena = arena;
        this.metadata = metadata;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /// @throws BadInputException when the file cannot be read or does not keep to the format
    public static GgufFile open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            GgufFile file = read(path, arena);
            arena = null;
            return file;
        } catch (BadInputException e) {
            throw new BadInputException(path + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + path + " (" + e + "); expected a GGUF file.", e);
        } finally {
            if (arena != null) {
                arena.close();
            }
        }
    }

    private static GgufFile read(Path path, Arena arena) throws IOException {
        MemorySegment file;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        }
        if (file.byteSize() < 4 || !isMagic(file)) {
            throw new BadInputException("the file does not start with \"GGUF\"; expected a GGUF file.");
        }
        var cursor = new Cursor(file, 4);
        int version = cursor.u32("the version");
        if (version != VERSION) {
            throw new BadInputException("the file is GGUF version " + Integer.toUnsignedString(version)
                    + (Integer.reverseBytes(version) <= VERSION && Integer.reverseBytes(version) > 0
                            ? " in big-endian order"
                            : "")
                    + "; Cutaway reads version 3, little endian. Convert the model again with a current llama.cpp.");
        }
        long tensors = cursor.count(Directory.SMALLEST_ENTRY, "the number of tensors");
        long pairs = cursor.count(GgufMetadata.SMALLEST_PAIR, "the number of metadata keys");
        GgufMetadata metadata = GgufMetadata.read(file, cursor, pairs);
        return new GgufFile(path, arena, metadata, Directory.read(file, cursor, tensors, metadata));
    }

    private static boolean isMagic(MemorySegment file) {
        return file.get(ValueLayout.JAVA_BYTE, 0) == 'G'
                && file.get(ValueLayout.JAVA_BYTE, 1) == 'G'
                && file.get(ValueLayout.JAVA_BYTE, 2) == 'U'
                && file.get(ValueLayout.JAVA_BYTE, 3) == 'F';
    }

    public Path path() {
        return path;
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    /// The names of the tensors in the order of the file.
    public Set<String> names() {
        return tensors.keySet();
    }

    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /// @throws BadInputException when the file holds no tensor of this name
    public GgufTensor tensor(String name) {
        GgufTensor tensor = tensors.get(name);
        if (tensor == null) {
            String some = String.join(", ", tensors.keySet().stream().limit(5).toList());
            throw new BadInputException(path + " holds no tensor " + name + "; it holds " + tensors.size()
                    + (tensors.isEmpty() ? "." : ", such as " + some + "."));
        }
        return tensor;
    }

    /// Unmaps the file: its metadata and the bytes of its tensors can no longer be read.
    @Override
    public void close() {
        arena.close();
    }
}
