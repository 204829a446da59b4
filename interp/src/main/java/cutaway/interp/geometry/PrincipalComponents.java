package cutaway.interp.geometry;

import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// The directions in which rows vary most, about their mean. It holds no native memory.
public final class PrincipalComponents {

    private final int count;
    private final double[] mean; // [d]
    private final double[] directions; // [component, d]
    private final double[] variances; // [component], falling

    private PrincipalComponents(int count, double[] mean, double[] directions, double[] variances) {
        this.count = count;
        this.mean = mean;
        this.directions = directions;
        this.variances = variances;
    }

    /// @param rows `[n, d]`
    /// @param most components that are kept; fewer where rows or dimensions are fewer
    public static PrincipalComponents of(Tensor rows, int most) {
        try (Scope _ = Scope.open()) {
            Tensor all = rows.to(Dtype.F64);
            Tensor mean = all.mean(0, true);
            Tensor centred = all.minus(mean);
            long n = all.dim(0);
            long d = all.dim(1);
            int count = (int) Math.min(most, Math.min(Math.max(1, n - 1), d));
            if (n > d) {
                LinearAlgebra.Eigh eigen = LinearAlgebra.eigh(
                        centred.transpose(0, 1).matmul(centred).over(n));
                double[] values = eigen.values().toDoubles();
                double[] largest = new double[count];
                long[] places = new long[count];
                for (int i = 0; i < count; i++) {
                    places[i] = d - 1 - i;
                    largest[i] = Math.max(0, values[(int) places[i]]);
                }
                Tensor kept = eigen.vectors().transpose(0, 1).gatherRows(0, Tensor.of(places, count));
                return new PrincipalComponents(count, mean.toDoubles(), kept.toDoubles(), largest);
            }
            LinearAlgebra.Svd svd = LinearAlgebra.svd(centred);
            Tensor squares = svd.s().slice(0, 0, count).square().over(n);
            return new PrincipalComponents(
                    count,
                    mean.toDoubles(),
                    svd.vT().slice(0, 0, count).contiguous().toDoubles(),
                    squares.toDoubles());
        }
    }

    /// Components that are there already.
    ///
    /// @param mean `[d]`
    /// @param directions `[component, d]`
    /// @param variances `[component]`
    static PrincipalComponents of(Tensor mean, Tensor directions, Tensor variances) {
        return new PrincipalComponents(
                Math.toIntExact(directions.dim(0)), mean.toDoubles(), directions.toDoubles(), variances.toDoubles());
    }

    /// `[d]`, float64
    Tensor mean() {
        return Tensor.of(mean, mean.length);
    }

    public int count() {
        return count;
    }

    /// Of each component, falling.
    public double[] variances() {
        return variances.clone();
    }

    /// @param rows `[n, d]`
    /// @return `[n, component]`, float64
    public Tensor codes(Tensor rows) {
        return Scope.keep(() -> rows.to(Dtype.F64)
                .minus(Tensor.of(mean, 1, mean.length))
                .matmul(directions().transpose(0, 1)));
    }

    /// @param codes `[n, component]`
    /// @return `[n, d]`, float64
    public Tensor back(Tensor codes) {
        return Scope.keep(() -> codes.to(Dtype.F64).matmul(directions()).plus(Tensor.of(mean, 1, mean.length)));
    }

    /// `[component, d]`, float64
    public Tensor directions() {
        return Tensor.of(directions, count, mean.length);
    }
}
