package cutaway.model.gguf;

import cutaway.tensor.safetensors.SafetensorsFile;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Path;

/// Packed rows of one type and the floats that they stand for, as the gguf package says; see README.md beside the
/// files.
final class GoldenBlocks implements AutoCloseable {

    private final SafetensorsFile file;
    private final BlockType type;

    GoldenBlocks(BlockType type) {
        this.type = type;
        this.file = open(type == BlockType.MXFP4 ? "mxfp4-blocks.safetensors" : "gguf-blocks.safetensors");
    }

    static SafetensorsFile open(String name) {
        try {
            return SafetensorsFile.open(
                    Path.of(GoldenBlocks.class.getResource(name).toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    MemorySegment packed() {
        return file.entry(type + ".bytes").bytes();
    }

    /// float32
    MemorySegment values() {
        return file.entry(type + ".values").bytes();
    }

    long rows() {
        return file.entry(type + ".values").shape().getFirst();
    }

    long rowElements() {
        return file.entry(type + ".values").shape().getLast();
    }

    long elements() {
        return rows() * rowElements();
    }

    @Override
    public void close() {
        file.close();
    }
}
