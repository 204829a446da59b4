package cutaway.model.gguf;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// A tensor that is to be written.
///
/// @param name up to 63 bytes of UTF-8, what llama.cpp has room for
/// @param shape row-major, outermost axis first, up to four axes; rows hold whole blocks of the type
public record TensorInfo(String name, BlockType type, List<Long> shape) {

    /// `GGML_MAX_NAME - 1`
    private static final int LONGEST_NAME = 63;

    /// @throws IllegalArgumentException when GGUF has no room for such a tensor
    public TensorInfo {
        shape = List.copyOf(shape);
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "the tensor name \"" + name + "\" is not between 1 and " + LONGEST_NAME + " bytes long");
        }
        if (shape.isEmpty()
                || shape.size() > Directory.MAX_AXES
                || shape.stream().anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException(
                    name + " has shape " + shape + "; GGUF has room for 1 to " + Directory.MAX_AXES + " axes");
        }
        if (shape.getLast() % type.elements() != 0) {
            throw new IllegalArgumentException(
                    name + " has rows of " + shape.getLast() + "; " + type + " packs multiples of " + type.elements());
        }
    }

    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /// What it takes in the file.
    public long bytes() {
        return Math.multiplyExact(elements() / type.elements(), type.bytes());
    }
}
