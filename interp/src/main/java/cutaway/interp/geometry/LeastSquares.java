package cutaway.interp.geometry;

import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// An affine map by least squares, with a ridge on the columns after each was brought to a variance of 1:
///
///     y = c + W x,   W = (X^T X / n + ridge I)^-1 X^T Y / n
///
/// Without a ridge, directions that the columns do not vary in (a sine of period 2 at whole numbers) have no
/// weight, so columns may depend on each other. It holds no native memory.
public final class LeastSquares {

    /// Directions whose variance is below this share of the largest count as none.
    private static final double CUT = 1e-10;

    /// A column that varies by less than this share of the widest one's is rounding: a sine of period 2 at whole
    /// numbers, which would be told by its noise, and be enormous between them.
    private static final double NOTHING = 1e-12;

    private final double[] weights; // [column, d]
    private final double[] constant; // [d]

    private LeastSquares(double[] weights, double[] constant) {
        this.weights = weights;
        this.constant = constant;
    }

    /// @param x `[n, column]`
    /// @param y `[n, d]`
    /// @param ridge 0 or more
    public static LeastSquares of(Tensor x, Tensor y, double ridge) {
        try (Scope _ = Scope.open()) {
            Tensor given = x.to(Dtype.F64);
            Tensor wanted = y.to(Dtype.F64);
            Tensor meanX = given.mean(0, true);
            Tensor meanY = wanted.mean(0, true);
            double[] sizes = given.minus(meanX).square().mean(0, false).sqrt().toDoubles();
            double least = NOTHING * Arrays.stream(sizes).max().orElse(0);
            double[] units = Arrays.stream(sizes)
                    .map(size -> size > least ? 1 / size : 0)
                    .toArray();
            Tensor unit = Tensor.of(units, 1, units.length);
            Tensor columns = given.minus(meanX).times(unit);
            double rows = given.dim(0);
            Tensor gram = columns.transpose(0, 1).matmul(columns).over(rows); // [column, column]
            Tensor product = columns.transpose(0, 1).matmul(wanted.minus(meanY)).over(rows); // [column, d]
            Tensor map = inverse(gram, ridge).matmul(product).times(unit.transpose(0, 1));
            double[] constant = meanY.minus(meanX.matmul(map)).toDoubles();
            return new LeastSquares(map.toDoubles(), constant);
        }
    }

    /// The pseudo-inverse of a symmetric matrix without negative eigenvalues, with a ridge.
    static Tensor inverse(Tensor gram, double ridge) {
        LinearAlgebra.Eigh eigen = LinearAlgebra.eigh(gram);
        double[] values = eigen.values().toDoubles();
        double largest = values[values.length - 1];
        double[] over = Arrays.stream(values)
                .map(value -> value > CUT * largest ? 1 / (value + ridge) : 0)
                .toArray();
        Tensor vectors = eigen.vectors();
        return vectors.times(Tensor.of(over, 1, over.length)).matmul(vectors.transpose(0, 1));
    }

    /// A map that is there already.
    ///
    /// @param weights `[column, d]`
    /// @param constant `[d]`
    static LeastSquares of(Tensor weights, Tensor constant) {
        return new LeastSquares(weights.toDoubles(), constant.toDoubles());
    }

    /// `[column, d]`, float64
    Tensor weights() {
        return Tensor.of(weights, weights.length / constant.length, constant.length);
    }

    /// `[d]`, float64
    Tensor constant() {
        return Tensor.of(constant, constant.length);
    }

    /// @param x `[n, column]`
    /// @return `[n, d]`, float64
    public Tensor predict(Tensor x) {
        int columns = weights.length / constant.length;
        return Scope.keep(() -> x.to(Dtype.F64)
                .matmul(Tensor.of(weights, columns, constant.length))
                .plus(Tensor.of(constant, 1, constant.length)));
    }

    /// The share of variance that is told, all columns together: `1 - |y - p|^2 / |y - mean y|^2`, the mean being
    /// that of these rows. Below 0 it is worse than that mean.
    ///
    /// @param predicted `[n, d]`
    /// @param actual `[n, d]`
    public static double r2(Tensor predicted, Tensor actual) {
        try (Scope _ = Scope.open()) {
            Tensor wanted = actual.to(Dtype.F64);
            double rest = wanted.minus(predicted.to(Dtype.F64)).norm();
            double all = wanted.minus(wanted.mean(0, true)).norm();
            return 1 - rest * rest / (all * all);
        }
    }
}
