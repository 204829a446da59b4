package cutaway.model.gguf;

import cutaway.tensor.BadInputException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A tensor as it lies in the file.
///
/// @param shape row-major, outermost axis first: GGUF's own order `ne` reversed, so a matrix is `[out, in]`
/// @param bytes packed blocks along the last axis; a view of the mapped file, valid until its [GgufFile] is closed
public record GgufTensor(String name, BlockType type, List<Long> shape, MemorySegment bytes) {

    public GgufTensor {
        shape = List.copyOf(shape);
    }

    /// How many numbers the tensor holds.
    public long elements() {
        return bytes.byteSize() / type.bytes() * type.elements();
    }

    /// Writes the numbers as float32, row-major, on all cores.
    ///
    /// @param floats at least `4 * elements()` bytes that any thread may write
    /// @throws BadInputException when Cutaway does not read the type
    public void unpack(MemorySegment floats) {
        if (!type.unpacks()) {
            throw new BadInputException(name + " is " + type + "; Cutaway reads " + BlockType.unpackable()
                    + ". Open a file of one of these types.");
        }
        Unpack.toFloat(type, bytes, floats, elements());
    }
}
