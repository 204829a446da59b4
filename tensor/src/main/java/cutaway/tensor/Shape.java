package cutaway.tensor;

import java.util.Arrays;

/// The sizes of a tensor's axes, outermost first. A scalar has none.
public record Shape(long... dims) {

    public Shape {
        dims = dims.clone();
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("shape " + Arrays.toString(dims) + " has a negative size");
            }
        }
    }

    @Override
    public long[] dims() {
        return dims.clone();
    }

    public int rank() {
        return dims.length;
    }

    /// Size of an axis; negative axes count from the end, so -1 is the innermost.
    public long dim(int axis) {
        int at = axis < 0 ? axis + dims.length : axis;
        if (at < 0 || at >= dims.length) {
            throw new IllegalArgumentException("axis " + axis + " of shape " + this + "; it has " + rank() + " axes");
        }
        return dims[at];
    }

    /// Number of elements.
    ///
    /// @throws IllegalArgumentException when it does not fit a long
    public long count() {
        long count = 1;
        for (long dim : dims) {
            if (dim == 0) {
                return 0;
            }
            if (Math.multiplyHigh(count, dim) != 0 || count * dim < 0) {
                throw new IllegalArgumentException("shape " + this + " has more elements than memory can hold");
            }
            count *= dim;
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape(long[] otherDims) && Arrays.equals(dims, otherDims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
