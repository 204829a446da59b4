package cutaway.model.gguf;

import cutaway.tensor.BadInputException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The list of tensors in a GGUF file: name, axes, type, and where the data lie.
final class Directory {

    /// A name of no characters, no axes, the type and the offset.
    static final int SMALLEST_ENTRY = Long.BYTES + 2 * Integer.BYTES + Long.BYTES;

    /// `GGML_MAX_DIMS`.
    static final int MAX_AXES = 4;

    static final String ALIGNMENT = "general.alignment";
    static final long DEFAULT_ALIGNMENT = 32;

    /// `offset` counts from the start of the data.
    private record Line(String name, BlockType type, List<Long> shape, long bytes, long offset) {}

    private Directory() {}

    static Map<String, GgufTensor> read(MemorySegment file, Cursor cursor, long count, GgufMetadata metadata) {
        long alignment = metadata.has(ALIGNMENT) ? metadata.integer(ALIGNMENT) : DEFAULT_ALIGNMENT;
        if (Long.bitCount(alignment) != 1 || alignment > 1 << 30) {
            throw new BadInputException(
                    ALIGNMENT + " is " + alignment + "; expected a power of two up to 2^30: the file is damaged.");
        }
        var lines = new ArrayList<Line>();
        for (long i = 0; i < count; i++) {
            lines.add(readLine(cursor, i, alignment));
        }
        long start = (cursor.position() + alignment - 1) & -alignment;
        long room = Math.max(0, file.byteSize() - start);
        checkPlaces(lines, room);
        var tensors = new LinkedHashMap<String, GgufTensor>();
        for (Line line : lines) {
            MemorySegment bytes = line.bytes == 0 ? file.asSlice(0, 0) : file.asSlice(start + line.offset, line.bytes);
            if (tensors.put(line.name, new GgufTensor(line.name, line.type, line.shape, bytes)) != null) {
                throw new BadInputException("the tensor " + line.name + " occurs twice; the file is damaged.");
            }
        }
        return tensors;
    }

    private static Line readLine(Cursor cursor, long index, long alignment) {
        String name = cursor.string("the name of tensor " + index);
        int axes = cursor.u32("the number of axes of " + name);
        if (axes < 0 || axes > MAX_AXES) {
            throw new BadInputException(name + " claims " + Integer.toUnsignedString(axes) + " axes; GGUF allows "
                    + MAX_AXES + ": the file is damaged.");
        }
        var shape = new ArrayList<Long>();
        for (int axis = 0; axis < axes; axis++) {
            shape.addFirst(cursor.u64("the axes of " + name));
        }
        int id = cursor.u32("the type of " + name);
        BlockType type = BlockType.of(id)
                .orElseThrow(() -> new BadInputException(name + " has the ggml type "
                        + Integer.toUnsignedString(id) + ", which Cutaway does not know; it reads "
                        + BlockType.unpackable()
                        + ". Open a file of one of these types."));
        long offset = cursor.u64("the offset of " + name);
        if (offset < 0 || offset % alignment != 0) {
            throw new BadInputException(name + " lies at offset " + Long.toUnsignedString(offset)
                    + ", which is no multiple of the alignment " + alignment + ": the file is damaged.");
        }
        return new Line(name, type, shape, byteSize(name, type, shape), offset);
    }

    private static long byteSize(String name, BlockType type, List<Long> shape) {
        long row = shape.isEmpty() ? 1 : shape.getLast();
        try {
            long elements = 1;
            for (long size : shape) {
                if (size < 0) {
                    throw new ArithmeticException("negative");
                }
                elements = Math.multiplyExact(elements, size);
            }
            if (row % type.elements() != 0) {
                throw new BadInputException(name + " is " + type + " with rows of " + row + "; expected a multiple of "
                        + type.elements() + ": the file is damaged.");
            }
            return Math.multiplyExact(elements / type.elements(), type.bytes());
        } catch (ArithmeticException e) {
            throw new BadInputException(
                    name + " claims the shape "
                            + shape.stream().map(Long::toUnsignedString).toList()
                            + ", more elements than a file can hold: the file is damaged.",
                    e);
        }
    }

    private static void checkPlaces(List<Line> lines, long room) {
        var sorted = new ArrayList<>(lines);
        sorted.sort(Comparator.comparingLong(Line::offset).thenComparingLong(Line::bytes));
        long covered = 0;
        for (Line line : sorted) {
            if (line.offset < covered) {
                throw new BadInputException(line.name + " lies at offset " + line.offset
                        + ", inside of the tensor before it, which ends at " + covered + ": the file is damaged.");
            }
            if (line.bytes > room - line.offset) {
                throw new BadInputException(line.name + " needs " + line.bytes + " bytes at offset " + line.offset
                        + " of the tensor data, but there are " + room + ": the file is cut short, fetch it again.");
            }
            covered = line.offset + line.bytes;
        }
    }
}
