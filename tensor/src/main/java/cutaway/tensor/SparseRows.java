package cutaway.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A matrix whose rows have few entries that are not zero (compressed sparse rows): which latents are active on each
/// token, and how much. It lies in Java's memory.
///
/// @param width columns that the matrix has
/// @param starts where the entries of each row begin, one more than there are rows: row r has those from `starts[r]` to
///     `starts[r + 1]`, the last not included
/// @param columns of each entry, rising within a row
/// @param values of each entry
public record SparseRows(int width, int[] starts, int[] columns, double[] values) {

    private static final int BLOCK = 64;

    public SparseRows {
        if (starts.length == 0 || columns.length != values.length || starts[starts.length - 1] != values.length) {
            throw new IllegalArgumentException(starts.length - 1 + " sparse rows that end at "
                    + (starts.length == 0 ? "nothing" : starts[starts.length - 1]) + ", with " + columns.length
                    + " columns and " + values.length + " values");
        }
    }

    /// The entries of a dense matrix that are not zero.
    ///
    /// @param dense `[n, width]`
    public static SparseRows of(Tensor dense) {
        double[] all = dense.toDoubles();
        int width = Math.toIntExact(dense.dim(1));
        int rows = Math.toIntExact(dense.dim(0));
        int[] starts = new int[rows + 1];
        int[] columns = new int[all.length];
        double[] values = new double[all.length];
        int count = 0;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < width; column++) {
                if (all[row * width + column] != 0) {
                    columns[count] = column;
                    values[count++] = all[row * width + column];
                }
            }
            starts[row + 1] = count;
        }
        return new SparseRows(width, starts, Arrays.copyOf(columns, count), Arrays.copyOf(values, count));
    }

    /// Matrices of as many rows, the columns of one behind those of the one before.
    ///
    /// @param parts one at least
    public static SparseRows beside(List<SparseRows> parts) {
        int rows = parts.getFirst().rows();
        int count = parts.stream().mapToInt(part -> part.values.length).sum();
        int[] starts = new int[rows + 1];
        int[] columns = new int[count];
        double[] values = new double[count];
        int entry = 0;
        for (int row = 0; row < rows; row++) {
            int width = 0;
            for (SparseRows part : parts) {
                for (int i = part.starts[row]; i < part.starts[row + 1]; i++) {
                    columns[entry] = width + part.columns[i];
                    values[entry++] = part.values[i];
                }
                width += part.width;
            }
            starts[row + 1] = entry;
        }
        return new SparseRows(parts.stream().mapToInt(SparseRows::width).sum(), starts, columns, values);
    }

    public int rows() {
        return starts.length - 1;
    }

    /// The same entries with other values.
    public SparseRows with(double[] others) {
        return new SparseRows(width, starts, columns, others);
    }

    /// The value at a place; 0 where there is no entry.
    public double at(int row, int column) {
        int place = Arrays.binarySearch(columns, starts[row], starts[row + 1], column);
        return place < 0 ? 0 : values[place];
    }

    /// The entries of some columns alone; the matrix keeps its width.
    ///
    /// @param from the first of the columns
    /// @param to behind the last
    public SparseRows between(int from, int to) {
        if (from <= 0 && to >= width) {
            return this;
        }
        int[] some = new int[starts.length];
        int[] places = new int[columns.length];
        int count = 0;
        for (int row = 0; row < rows(); row++) {
            for (int i = starts[row]; i < starts[row + 1]; i++) {
                if (columns[i] >= from && columns[i] < to) {
                    places[count++] = i;
                }
            }
            some[row + 1] = count;
        }
        return entries(Arrays.copyOf(places, count), some);
    }

    /// The entries of some rows alone; the others are empty then.
    ///
    /// @param kept of each row, whether its entries stay
    public SparseRows ofRows(boolean[] kept) {
        int[] places = IntStream.range(0, rows())
                .filter(row -> kept[row])
                .flatMap(row -> IntStream.range(starts[row], starts[row + 1]))
                .toArray();
        int[] ends = new int[starts.length];
        for (int row = 0; row < rows(); row++) {
            ends[row + 1] = ends[row] + (kept[row] ? starts[row + 1] - starts[row] : 0);
        }
        return entries(places, ends);
    }

    private SparseRows entries(int[] places, int[] ends) {
        return new SparseRows(
                width,
                ends,
                Arrays.stream(places).map(i -> columns[i]).toArray(),
                Arrays.stream(places).mapToDouble(i -> values[i]).toArray());
    }

    /// All of it, zeros too: `[n, width]`.
    public Tensor dense(Dtype dtype) {
        double[] all = new double[Math.multiplyExact(rows(), width)];
        for (int row = 0; row < rows(); row++) {
            for (int i = starts[row]; i < starts[row + 1]; i++) {
                all[row * width + columns[i]] = values[i];
            }
        }
        return Scope.keep(() -> Tensor.of(all, rows(), width).to(dtype));
    }

    /// The product with a dense matrix, `[n, d]`: of each row only its entries' rows of the matrix are added up.
    ///
    /// @param matrix `[width, d]`, contiguous, float32 or float64
    public Tensor times(Tensor matrix) {
        Tensor product = Tensor.full(0, check(matrix, width), rows(), matrix.dim(1));
        addTimes(matrix, product);
        return product;
    }

    /// As [#times], added to what is there already.
    ///
    /// @param sum `[n, d]`, contiguous, of the matrix's type; changed in place
    public void addTimes(Tensor matrix, Tensor sum) {
        Dtype dtype = check(matrix, width);
        requireType(sum, dtype, rows(), matrix.dim(1));
        if (DenseTiles.areFor(values.length, rows(), width)) {
            new DenseTiles(dtype).addTimes(this, matrix, sum);
            return;
        }
        int length = Math.toIntExact(matrix.dim(1));
        long step = (long) length * dtype.bytes();
        long from = address(matrix);
        long to = address(sum);
        blocks(rows(), row -> {
            for (int i = starts[row]; i < starts[row + 1]; i++) {
                Vectors.addScaled(dtype, length, values[i], from + columns[i] * step, to + row * step);
            }
        });
    }

    /// For each entry the inner product of its row of one matrix and its column's row of another: those entries of
    /// `left right^T` that are not zero here.
    ///
    /// @param left `[n, d]`, contiguous
    /// @param right `[width, d]`, contiguous, of the same type
    public double[] products(Tensor left, Tensor right) {
        Dtype dtype = check(right, width);
        requireType(left, dtype, rows(), right.dim(1));
        if (DenseTiles.areFor(values.length, rows(), width)) {
            return new DenseTiles(dtype).products(this, left, right);
        }
        int length = Math.toIntExact(right.dim(1));
        long step = (long) length * dtype.bytes();
        long leftAt = address(left);
        long rightAt = address(right);
        double[] products = new double[values.length];
        blocks(rows(), row -> {
            for (int i = starts[row]; i < starts[row + 1]; i++) {
                products[i] = Vectors.dot(dtype, length, leftAt + row * step, rightAt + columns[i] * step);
            }
        });
        return products;
    }

    /// The same entries, in the order of their columns.
    public SparseColumns byColumn() {
        int[] ends = new int[width + 1];
        for (int column : columns) {
            ends[column + 1]++;
        }
        for (int column = 0; column < width; column++) {
            ends[column + 1] += ends[column];
        }
        int[] next = Arrays.copyOf(ends, width);
        int[] rowOf = new int[columns.length];
        int[] entries = new int[columns.length];
        for (int row = 0; row < rows(); row++) {
            for (int i = starts[row]; i < starts[row + 1]; i++) {
                int place = next[columns[i]]++;
                rowOf[place] = row;
                entries[place] = i;
            }
        }
        return new SparseColumns(rows(), ends, rowOf, entries);
    }

    /// Calls the body with each number, a block of them on one core.
    static void blocks(int count, java.util.function.IntConsumer body) {
        Cores.forEach(Math.ceilDiv(count, BLOCK), block -> {
            int first = Math.toIntExact(block * BLOCK);
            for (int i = first; i < Math.min(count, first + BLOCK); i++) {
                body.accept(i);
            }
        });
    }

    static Dtype check(Tensor matrix, long rows) {
        Dtype dtype = matrix.dtype();
        if (dtype != Dtype.F32 && dtype != Dtype.F64) {
            throw new IllegalArgumentException("sparse product of " + dtype + " values; it takes F32 and F64");
        }
        if (matrix.shape().rank() != 2 || matrix.dim(0) != rows) {
            throw new IllegalArgumentException(
                    "sparse product with a matrix " + matrix.shape() + "; expected one of " + rows + " rows");
        }
        return dtype;
    }

    static void requireType(Tensor matrix, Dtype dtype, long rows, long columns) {
        check(matrix, rows);
        if (matrix.dtype() != dtype || matrix.dim(1) != columns) {
            throw new IllegalArgumentException("sparse product of " + matrix.dtype() + " " + matrix.shape()
                    + "; expected " + dtype + " [" + rows + ", " + columns + "]");
        }
    }

    static long address(Tensor matrix) {
        return matrix.shape().count() == 0 ? 0 : matrix.memory().address();
    }
}
