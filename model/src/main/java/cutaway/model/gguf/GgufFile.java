package cutaway.model.gguf;

import cutaway.tensor.BadInputException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A model in one GGUF file of version 3, or in the several that gguf-split makes of it. They are memory-mapped:
/// opening reads the directory only, and no weight is copied.
///
/// The whole directory is checked when a file is opened, so that a [GgufTensor] never points outside of its file.
/// Everything may be read from any thread; after [#close()] reading throws `IllegalStateException`.
public final class GgufFile implements AutoCloseable {

    private final List<Path> paths;
    private final Arena arena;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensor> tensors;

    private GgufFile(List<Shard> shards, Arena arena) {
        this.paths = shards.stream().map(Shard::path).toList();
        this.arena = arena;
        this.metadata = shards.getFirst().metadata();
        this.tensors = tensors(shards);
    }

    /// Opens a model in one file, or one in several (`NAME-00001-of-0000N.gguf`) by the first of them.
    ///
    /// @throws BadInputException when a file cannot be read or does not keep to the format, or when a model is in
    /// several files and this is not the first, or another is missing or does not belong to it
    public static GgufFile open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            List<Shard> shards = Split.gather(Shard.open(path, arena), arena);
            GgufFile file = new GgufFile(shards, arena);
            arena = null;
            return file;
        } finally {
            if (arena != null) {
                arena.close();
            }
        }
    }

    private static Map<String, GgufTensor> tensors(List<Shard> shards) {
        var tensors = new LinkedHashMap<String, GgufTensor>();
        for (Shard shard : shards) {
            shard.tensors().forEach((name, tensor) -> {
                if (tensors.put(name, tensor) != null) {
                    throw new BadInputException(shard.path() + " holds the tensor " + name
                            + ", as a file before it does: fetch all files of the model again, from one place.");
                }
            });
        }
        return Collections.unmodifiableMap(tensors);
    }

    /// The file that was opened; the first of several.
    public Path path() {
        return paths.getFirst();
    }

    /// All files that the model is in.
    public List<Path> paths() {
        return paths;
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    /// The names of the tensors in the order of the file, or of the files.
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
            throw new BadInputException(path() + " holds no tensor " + name + "; it holds " + tensors.size()
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
