package cutaway.features.dictionary;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// How directions share a space (Elhage et al. 2022, "Toy Models of Superposition"). Of rows `W_i`, with the unit row
/// `w_i = W_i / |W_i|`:
///
///     interference_i = sum over j != i of (w_i . W_j)^2
///     dimensionality_i = |W_i|^2 / sum over j of (w_i . W_j)^2          between 0 and 1
///
/// A feature alone in its direction has the dimensionality 1, one of two that are opposite 1/2, one of a pentagon 2/5.
///
/// @param norms of the rows
/// @param interference of each with all others
/// @param dimensionality of each; 0 for a row of zeros
public record Geometry(double[] norms, double[] interference, double[] dimensionality) {

    /// Rows that are taken at a time.
    private static final int BLOCK = 512;

    /// @param rows `[feature, d]`
    public static Geometry of(Tensor rows) {
        int count = Math.toIntExact(rows.dim(0));
        double[] norms = new double[count];
        double[] interference = new double[count];
        double[] dimensionality = new double[count];
        try (Scope _ = Scope.open()) {
            Tensor all = rows.to(Dtype.F64);
            System.arraycopy(all.norms(1).toDoubles(), 0, norms, 0, count);
            for (int first = 0; first < count; first += BLOCK) {
                int end = Math.min(count, first + BLOCK);
                int from = first;
                double[] squares = Scope.free(() -> all.slice(0, from, end)
                        .matmul(all.transpose(0, 1))
                        .square()
                        .sum(1, false)
                        .toDoubles()); // |W_i|^2 times the sum over j of (w_i . W_j)^2
                for (int i = first; i < end; i++) {
                    double own = norms[i] * norms[i];
                    double sum = own == 0 ? 0 : squares[i - first] / own;
                    interference[i] = Math.max(0, sum - own);
                    dimensionality[i] = own == 0 ? 0 : own / sum;
                }
            }
        }
        return new Geometry(norms, interference, dimensionality);
    }

    /// Dimensions of the space for each feature, `m / |W|_F^2` (their D*).
    ///
    /// @param dimensions m
    public double dimensionsPerFeature(int dimensions) {
        return dimensions / Arrays.stream(norms).map(norm -> norm * norm).sum();
    }

    /// How many rows are longer than a limit.
    public int longerThan(double limit) {
        return (int) Arrays.stream(norms).filter(norm -> norm > limit).count();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Geometry geometry
                && Arrays.equals(norms, geometry.norms)
                && Arrays.equals(interference, geometry.interference);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(norms);
    }

    @Override
    public String toString() {
        return norms.length + " directions";
    }
}
