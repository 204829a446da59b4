package cutaway.model.gguf;

import cutaway.tensor.BadInputException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A tensor as it lies in the file.
///
/// A row is what lies along the last axis; rows are numbered through all other axes. Unpacked rows follow one another
/// without padding, in native byte order. Every method that unpacks throws [BadInputException] when Cutaway does not
/// read the type, and `IndexOutOfBoundsException` for a row that is not there or a target that is too short; large
/// requests run on all cores, so any thread must be allowed to write the target.
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

    /// How many numbers a row holds; a tensor without axes is one row of one number.
    public long rowElements() {
        return shape.isEmpty() ? 1 : shape.getLast();
    }

    /// Writes all numbers as float32, row-major.
    public void unpack(MemorySegment floats) {
        Unpack.toFloat(readable(), bytes, floats, elements());
    }

    /// Writes `rows` rows from `firstRow` on as float32, `[rows, rowElements]`.
    public void unpackRows(long firstRow, long rows, MemorySegment floats) {
        Unpack.rows(readable(), bytes, rowElements(), firstRow, rows, floats);
    }

    /// Writes the rows of these numbers, in this order, as float32, `[rows.length, rowElements]`.
    public void unpackRows(int[] rows, MemorySegment floats) {
        Unpack.rows(readable(), bytes, rowElements(), rows, floats);
    }

    /// Writes `rows` rows from `firstRow` on as bfloat16, `[rows, rowElements]`.
    public void unpackRowsToBf16(long firstRow, long rows, MemorySegment bf16) {
        Unpack.rowsToBf16(readable(), bytes, rowElements(), firstRow, rows, bf16);
    }

    /// Writes the rows of these numbers, in this order, as bfloat16, `[rows.length, rowElements]`.
    public void unpackRowsToBf16(int[] rows, MemorySegment bf16) {
        Unpack.rowsToBf16(readable(), bytes, rowElements(), rows, bf16);
    }

    /// @throws BadInputException when Cutaway does not read its type
    public BlockType readable() {
        if (!type.unpacks()) {
            throw new BadInputException(name + " is " + type + "; Cutaway reads " + BlockType.unpackable()
                    + ". Open a file of one of these types.");
        }
        return type;
    }
}
