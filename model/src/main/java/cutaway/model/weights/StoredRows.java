package cutaway.model.weights;

import cutaway.model.gguf.BlockType;
import cutaway.model.gguf.Unpack;
import cutaway.tensor.Dtype;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Rows of a matrix in a mapped file, in the file's own type.
///
/// @param bytes the whole stored matrix
/// @param in numbers of a row
/// @param out rows of the matrix that these make up
/// @param order which stored rows they are, or null for all as they stand
public record StoredRows(BlockType type, MemorySegment bytes, long in, long out, int @Nullable [] order) {

    /// Bytes of one row.
    public long rowBytes() {
        return in / type.elements() * type.bytes();
    }

    /// Unpacks a stretch of rows.
    ///
    /// @param dtype float32, bfloat16 or float64
    /// @param target room for `rows * in` numbers at least
    void unpack(long first, long rows, Dtype dtype, MemorySegment target) {
        if (order != null) {
            unpack(Arrays.copyOfRange(order, (int) first, (int) (first + rows)), dtype, target);
            return;
        }
        switch (dtype) {
            case F32 -> Unpack.rows(type, bytes, in, first, rows, target);
            case BF16 -> Unpack.rowsToBf16(type, bytes, in, first, rows, target);
            case F64 -> Unpack.rowsToF64(type, bytes, in, first, rows, target);
            case I64, BOOL -> throw noWeights(dtype);
        }
    }

    /// As [#unpack], on the thread of the caller alone.
    void unpackHere(long first, long rows, Dtype dtype, MemorySegment target) {
        long some = Math.max(1, Unpack.TASK / in);
        for (long done = 0; done < rows; done += some) {
            long offset = done * in * dtype.bytes();
            unpack(first + done, Math.min(some, rows - done), dtype, target.asSlice(offset));
        }
    }

    /// Some rows, `[rows, in]`.
    ///
    /// @param rows numbers of rows of this matrix
    Tensor unpacked(long[] rows, Dtype dtype) {
        int[] stored = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            stored[i] = order == null ? Math.toIntExact(rows[i]) : order[(int) rows[i]];
        }
        Tensor target = Tensor.uninitialised(dtype, new Shape(rows.length, in));
        unpack(stored, dtype, target.data());
        return target;
    }

    /// All rows, `[out, in]`.
    Tensor unpacked(Dtype dtype) {
        Tensor target = Tensor.uninitialised(dtype, new Shape(out, in));
        unpack(0, out, dtype, target.data());
        return target;
    }

    private void unpack(int[] stored, Dtype dtype, MemorySegment target) {
        switch (dtype) {
            case F32 -> Unpack.rows(type, bytes, in, stored, target);
            case BF16 -> Unpack.rowsToBf16(type, bytes, in, stored, target);
            case F64 -> Unpack.rowsToF64(type, bytes, in, stored, target);
            case I64, BOOL -> throw noWeights(dtype);
        }
    }

    private static IllegalArgumentException noWeights(Dtype dtype) {
        return new IllegalArgumentException("weights as " + dtype + "; expected F32, BF16 or F64");
    }
}
