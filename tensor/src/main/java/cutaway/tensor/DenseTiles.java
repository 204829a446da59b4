package cutaway.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Products of a sparse matrix that has so many entries that it is quicker to lay it out with its zeros, a tile at a
/// time, and to multiply that: a dense product makes some ten numbers while a sparse one makes one.
final class DenseTiles {

    private static final double SHARE = 0.1;

    /// Numbers of a tile, about.
    private static final int TILE = 1 << 20;

    private final Dtype dtype;

    DenseTiles(Dtype dtype) {
        this.dtype = dtype;
    }

    /// Whether a matrix has that many entries.
    static boolean areFor(int entries, long rows, long columns) {
        return entries > SHARE * rows * columns;
    }

    /// `sum += S matrix`.
    void addTimes(SparseRows s, Tensor matrix, Tensor sum) {
        pieces(s.rows(), s.width(), (first, end) -> {
            Tensor part = sum.slice(0, first, end);
            part.assign(part.plus(tile(s, first, end).matmul(matrix)));
        });
    }

    /// The entries of `left right^T` where S has some.
    double[] products(SparseRows s, Tensor left, Tensor right) {
        double[] products = new double[s.values().length];
        pieces(s.rows(), s.width(), (first, end) -> {
            MemorySegment tile =
                    left.slice(0, first, end).linear(right, null).contiguous().memory();
            for (int row = first; row < end; row++) {
                long at = (long) (row - first) * s.width();
                for (int i = s.starts()[row]; i < s.starts()[row + 1]; i++) {
                    products[i] = get(tile, at + s.columns()[i]);
                }
            }
        });
        return products;
    }

    /// `sum = S^T matrix`, or added to it.
    ///
    /// @param values of the entries, in the matrix's own order
    void transposedTimes(SparseColumns s, double[] values, Tensor matrix, Tensor sum, boolean isNew) {
        pieces(s.width(), s.rows(), (first, end) -> {
            Tensor tile = Tensor.full(0, dtype, end - first, s.rows());
            MemorySegment memory = tile.memory();
            for (int column = first; column < end; column++) {
                long at = (long) (column - first) * s.rows();
                for (int i = s.starts()[column]; i < s.starts()[column + 1]; i++) {
                    set(memory, at + s.rowOf()[i], values[s.entries()[i]]);
                }
            }
            Tensor part = sum.slice(0, first, end);
            Tensor product = tile.matmul(matrix);
            part.assign(isNew ? product : part.plus(product));
        });
    }

    private Tensor tile(SparseRows s, int first, int end) {
        Tensor tile = Tensor.full(0, dtype, end - first, s.width());
        MemorySegment memory = tile.memory();
        for (int row = first; row < end; row++) {
            long at = (long) (row - first) * s.width();
            for (int i = s.starts()[row]; i < s.starts()[row + 1]; i++) {
                set(memory, at + s.columns()[i], s.values()[i]);
            }
        }
        return tile;
    }

    private void set(MemorySegment memory, long index, double value) {
        if (dtype == Dtype.F32) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
        } else {
            memory.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
        }
    }

    private double get(MemorySegment memory, long index) {
        return dtype == Dtype.F32
                ? memory.getAtIndex(ValueLayout.JAVA_FLOAT, index)
                : memory.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
    }

    private interface Piece {
        void make(int first, int end);
    }

    /// A few rows at a time, on all cores.
    private static void pieces(int rows, int columns, Piece piece) {
        int some = Math.clamp(TILE / Math.max(1, columns), 16, 512);
        Cores.forEach(Math.ceilDiv(rows, some), block -> {
            int first = Math.toIntExact(block * some);
            try (Scope _ = Scope.open()) {
                piece.make(first, Math.min(rows, first + some));
            }
        });
    }
}
