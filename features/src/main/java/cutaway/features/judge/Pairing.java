package cutaway.features.judge;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// The directions of two dictionaries, each with its partner in the other: paired so that the mean cosine is
/// largest ([Matching]). Of the wider dictionary some are left over, and have NaN.
///
/// @param first cosine of each row of the first with its partner, `[n]`
/// @param second of each row of the second with its partner, `[m]`
public record Pairing(double[] first, double[] second) {

    /// @param a decoder rows, `[n, d]`
    /// @param b `[m, d]`
    /// @throws BadInputException when they do not write the same number of dimensions
    public static Pairing of(Tensor a, Tensor b) {
        if (a.dim(1) != b.dim(1)) {
            throw new BadInputException("one dictionary writes " + a.dim(1) + " numbers, the other " + b.dim(1)
                    + "; give two of the same site.");
        }
        if (a.dim(0) > b.dim(0)) {
            Pairing turned = of(b, a);
            return new Pairing(turned.second, turned.first);
        }
        int columns = Math.toIntExact(b.dim(0));
        double[] all = Scope.free(() -> {
            Tensor right = MaxCosine.unit(b.to(a.dtype())).transpose(0, 1); // [d, m]
            return MaxCosine.unit(a).matmul(right).toDoubles(); // [n, m]
        });
        double[][] cosines = new double[all.length / columns][];
        Arrays.setAll(cosines, row -> Arrays.copyOfRange(all, row * columns, (row + 1) * columns));
        int[] partner = Matching.best(cosines);
        double[] first = new double[partner.length];
        double[] second = new double[columns];
        Arrays.fill(second, Double.NaN);
        for (int row = 0; row < partner.length; row++) {
            first[row] = cosines[row][partner[row]];
            second[partner[row]] = first[row];
        }
        return new Pairing(first, second);
    }

    /// The mean cosine of the pairs.
    public double mean() {
        return meanOfKnown(first);
    }

    /// The mean of those that are not NaN; NaN where all are.
    static double meanOfKnown(double[] values) {
        return Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }
}
