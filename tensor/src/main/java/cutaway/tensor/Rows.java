package cutaway.tensor;

/// What is done to each row of a matrix by itself, in place and without a copy of the matrix: for parameters and their
/// gradients, never for activations.
public final class Rows {

    private Rows() {}

    /// Takes away from each row of a gradient what points along the same row of the parameters:
    /// `g - (g . w) w / (w . w)`.
    ///
    /// @param gradient `[rows, d]`, contiguous, float32 or float64; changed in place
    /// @param parameters of the same shape and type
    public static void removeParallel(Tensor gradient, Tensor parameters) {
        Dtype dtype = SparseRows.check(gradient, gradient.dim(0));
        SparseRows.requireType(parameters, dtype, gradient.dim(0), gradient.dim(1));
        int length = Math.toIntExact(gradient.dim(1));
        long step = (long) length * dtype.bytes();
        long from = SparseRows.address(parameters);
        long to = SparseRows.address(gradient);
        SparseRows.blocks(Math.toIntExact(gradient.dim(0)), row -> {
            long w = from + row * step;
            long g = to + row * step;
            double square = Vectors.dot(dtype, length, w, w);
            if (square > 0) {
                Vectors.addScaled(dtype, length, -Vectors.dot(dtype, length, g, w) / square, w, g);
            }
        });
    }

    /// Gives each row the norm 1; rows of zeros stay.
    ///
    /// @param matrix `[rows, d]`, contiguous, float32 or float64; changed in place
    public static void normalise(Tensor matrix) {
        Dtype dtype = SparseRows.check(matrix, matrix.dim(0));
        int length = Math.toIntExact(matrix.dim(1));
        long step = (long) length * dtype.bytes();
        long at = SparseRows.address(matrix);
        SparseRows.blocks(Math.toIntExact(matrix.dim(0)), row -> {
            long w = at + row * step;
            double norm = Math.sqrt(Vectors.dot(dtype, length, w, w));
            if (norm > 0) {
                Vectors.scale(dtype, length, 1 / norm, w);
            }
        });
    }
}
