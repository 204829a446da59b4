package cutaway.tensor.safetensors;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// One named array: row-major, little endian.
///
/// @param shape sizes of the axes, outermost first; empty for a scalar
/// @param bytes the elements; a view of the mapped file, valid until its [SafetensorsFile] is closed
public record Entry(String name, Dtype dtype, List<Long> shape, MemorySegment bytes) {

    public Entry {
        shape = List.copyOf(shape);
        long expected = byteSize(dtype, shape);
        if (bytes.byteSize() != expected) {
            throw new IllegalArgumentException(
                    name + " has " + bytes.byteSize() + " bytes; " + dtype + " " + shape + " takes " + expected);
        }
    }

    /// How many elements the shape holds; 1 for a scalar.
    public long elements() {
        return bytes.byteSize() / dtype.bytes();
    }

    /// @throws ArithmeticException when the product does not fit a long
    /// @throws IllegalArgumentException when an axis is negative
    static long byteSize(Dtype dtype, List<Long> shape) {
        long elements = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("axis of size " + size);
            }
            elements = Math.multiplyExact(elements, size);
        }
        return Math.multiplyExact(elements, dtype.bytes());
    }
}
