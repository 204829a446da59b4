package cutaway.lab.measure;

import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// How the variance of vectors is shared out among their principal components.
public final class Spectrum {

    private Spectrum() {}

    /// @param rows `[n, width]`
    /// @return shares of the variance, falling; together 1
    public static double[] shares(Tensor rows) {
        double[] sizes = Scope.free(() -> {
            Tensor exact = rows.to(Dtype.F64);
            return LinearAlgebra.svd(exact.minus(exact.mean(0, true))).s().toDoubles();
        });
        double sum = Arrays.stream(sizes).map(size -> size * size).sum();
        return Arrays.stream(sizes).map(size -> size * size / sum).toArray();
    }

    /// The share of the first components together.
    public static double top(Tensor rows, int components) {
        return Arrays.stream(shares(rows)).limit(components).sum();
    }
}
