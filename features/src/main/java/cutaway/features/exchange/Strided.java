package cutaway.features.exchange;

import cutaway.tensor.safetensors.Dtype;
import cutaway.tensor.safetensors.Entry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Arrays whose elements do not lie row by row, such as transposed ones, copied so that they do.
final class Strided {

    private Strided() {}

    /// The strides, in elements, of an array that lies row by row.
    static List<Long> byRow(List<Long> shape) {
        List<Long> strides = new ArrayList<>();
        long step = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            strides.addFirst(step);
            step = Math.multiplyExact(step, Math.max(shape.get(axis), 1));
        }
        return strides;
    }

    /// The strides of an array that lies column by column (Fortran's order).
    static List<Long> byColumn(List<Long> shape) {
        return byRow(shape.reversed()).reversed();
    }

    /// How many elements a storage has to have for an array in it; 0 for an empty one.
    ///
    /// @throws ArithmeticException when no storage is that large
    static long extent(List<Long> shape, List<Long> strides, long offset) {
        long last = offset;
        for (int axis = 0; axis < shape.size(); axis++) {
            if (shape.get(axis) == 0) {
                return 0;
            }
            last = Math.addExact(last, Math.multiplyExact(shape.get(axis) - 1, strides.get(axis)));
        }
        return Math.addExact(last, 1);
    }

    /// @param storage that holds the array, which was checked to be large enough
    /// @param memory of the copy
    static Entry copy(
            String name,
            Dtype dtype,
            List<Long> shape,
            List<Long> strides,
            long offset,
            MemorySegment storage,
            Arena memory) {
        long bytes = dtype.bytes();
        long count = shape.stream().reduce(1L, Math::multiplyExact);
        if (count == 0 || strides.equals(byRow(shape))) {
            return new Entry(name, dtype, shape, storage.asSlice(offset * bytes, count * bytes));
        }
        MemorySegment copy = memory.allocate(count * bytes, 8);
        long[] index = new long[shape.size()];
        long from = offset;
        for (long i = 0; i < count; i++) {
            MemorySegment.copy(storage, from * bytes, copy, i * bytes, bytes);
            for (int axis = index.length - 1; axis >= 0; axis--) {
                from += strides.get(axis);
                if (++index[axis] < shape.get(axis)) {
                    break;
                }
                from -= index[axis] * strides.get(axis);
                index[axis] = 0;
            }
        }
        return new Entry(name, dtype, shape, copy);
    }
}
