package cutaway.interp.geometry;

import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// How two subspaces lie to each other.
public final class Subspaces {

    private static final double CUT = 1e-10;

    private Subspaces() {}

    /// Principal angles in radians, ascending, as many as the smaller space has dimensions: cosines by the singular
    /// values of `A B^T` of orthonormal rows, small angles by their sines (Björck & Golub 1973).
    ///
    /// @param a `[k, d]`, rows that span a space
    /// @param b `[l, d]`
    public static double[] angles(Tensor a, Tensor b) {
        if (a.dim(1) != b.dim(1)) {
            throw new IllegalArgumentException("spaces in " + a.dim(1) + " and " + b.dim(1) + " dimensions");
        }
        try (Scope _ = Scope.open()) {
            Tensor first = basis(a);
            Tensor second = basis(b);
            if (second.dim(0) > first.dim(0)) {
                Tensor kept = first;
                first = second;
                second = kept;
            }
            Tensor product = second.matmul(first.transpose(0, 1)); // [small, large]
            double[] cosines = LinearAlgebra.svd(product).s().toDoubles(); // falling
            double[] sines =
                    LinearAlgebra.svd(second.minus(product.matmul(first))).s().toDoubles(); // falling
            double[] angles = new double[cosines.length];
            for (int i = 0; i < angles.length; i++) {
                double sine = Math.min(1, sines[angles.length - 1 - i]);
                angles[i] = sine < Math.sqrt(0.5) ? Math.asin(sine) : Math.acos(Math.clamp(cosines[i], 0, 1));
            }
            Arrays.sort(angles);
            return angles;
        }
    }

    /// Orthonormal rows that span the same space.
    private static Tensor basis(Tensor rows) {
        LinearAlgebra.Svd svd = LinearAlgebra.svd(rows.to(Dtype.F64));
        double[] sizes = svd.s().toDoubles();
        long rank = Arrays.stream(sizes).filter(size -> size > CUT * sizes[0]).count();
        if (rank == 0) {
            throw new IllegalArgumentException("rows of zeros span no space");
        }
        return svd.vT().slice(0, 0, rank);
    }
}
