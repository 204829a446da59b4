package cutaway.tensor;

import java.lang.foreign.MemorySegment;

/// The entries of [SparseRows] in the order of their columns: on which tokens each latent is active.
///
/// @param rows that the matrix has
/// @param starts where the entries of each column begin, one more than there are columns
/// @param rowOf the row of each entry, rising within a column
/// @param entries where each entry stands in the matrix's own order of values
public record SparseColumns(int rows, int[] starts, int[] rowOf, int[] entries) {

    public int width() {
        return starts.length - 1;
    }

    /// How many entries a column has.
    public int count(int column) {
        return starts[column + 1] - starts[column];
    }

    /// `S^T matrix`, `[width, d]`.
    ///
    /// @param values of the entries, in the matrix's own order
    /// @param matrix `[n, d]`, contiguous, float32 or float64
    public Tensor transposedTimes(double[] values, Tensor matrix) {
        Tensor product = Tensor.uninitialised(SparseRows.check(matrix, rows), new Shape(width(), matrix.dim(1)));
        transposedTimes(values, matrix, product);
        return product;
    }

    /// As [#transposedTimes(double[], Tensor)], into memory that is there already. No two cores ever write one row,
    /// since each takes whole columns.
    ///
    /// @param product `[width, d]`, contiguous, of the matrix's type; overwritten
    public void transposedTimes(double[] values, Tensor matrix, Tensor product) {
        sum(values, matrix, product, true);
    }

    /// As [#transposedTimes(double[], Tensor)], added to what is there already.
    ///
    /// @param sum `[width, d]`, contiguous, of the matrix's type; changed in place
    public void addTransposedTimes(double[] values, Tensor matrix, Tensor sum) {
        sum(values, matrix, sum, false);
    }

    private void sum(double[] values, Tensor matrix, Tensor sum, boolean isNew) {
        Dtype dtype = SparseRows.check(matrix, rows);
        SparseRows.requireType(sum, dtype, width(), matrix.dim(1));
        if (DenseTiles.areFor(entries.length, rows, width())) {
            new DenseTiles(dtype).transposedTimes(this, values, matrix, sum, isNew);
            return;
        }
        int length = (int) matrix.dim(1);
        long step = (long) length * dtype.bytes();
        long from = SparseRows.address(matrix);
        long to = SparseRows.address(sum);
        SparseRows.blocks(width(), column -> {
            if (isNew) {
                MemorySegment.ofAddress(to + column * step).reinterpret(step).fill((byte) 0);
            }
            for (int i = starts[column]; i < starts[column + 1]; i++) {
                Vectors.addScaled(dtype, length, values[entries[i]], from + rowOf[i] * step, to + column * step);
            }
        });
    }

    /// The sum of the values of each column.
    public double[] sums(double[] values) {
        double[] sums = new double[width()];
        for (int column = 0; column < sums.length; column++) {
            for (int i = starts[column]; i < starts[column + 1]; i++) {
                sums[column] += values[entries[i]];
            }
        }
        return sums;
    }
}
