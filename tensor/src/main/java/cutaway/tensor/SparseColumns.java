package cutaway.tensor;

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

    /// `sum += S[:, column]^T matrix`: the rows of the matrix that have an entry in the column, each times its value.
    ///
    /// @param values of the entries, in the matrix's own order
    /// @param matrix `[n, d]`, contiguous
    /// @param sum `[d]` numbers of the matrix's type, contiguous; changed in place
    public void addColumn(int column, double[] values, Tensor matrix, Tensor sum) {
        addColumn(column, values, matrix, SparseRows.address(sum));
    }

    private void addColumn(int column, double[] values, Tensor matrix, long sum) {
        int length = (int) matrix.dim(1);
        long step = (long) length * matrix.dtype().bytes();
        long from = SparseRows.address(matrix);
        for (int i = starts[column]; i < starts[column + 1]; i++) {
            Vectors.addScaled(matrix.dtype(), length, values[entries[i]], from + rowOf[i] * step, sum);
        }
    }

    /// `S^T matrix`, `[width, d]`: no two cores ever write one row, since each takes whole columns.
    ///
    /// @param values of the entries, in the matrix's own order
    /// @param matrix `[n, d]`, contiguous, float32 or float64
    public Tensor transposedTimes(double[] values, Tensor matrix) {
        Dtype dtype = SparseRows.check(matrix, rows);
        Tensor product = Tensor.full(0, dtype, width(), matrix.dim(1));
        long step = matrix.dim(1) * dtype.bytes();
        long to = SparseRows.address(product);
        SparseRows.blocks(width(), column -> addColumn(column, values, matrix, to + column * step));
        return product;
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
