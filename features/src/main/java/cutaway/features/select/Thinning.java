package cutaway.features.select;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.random.RandomGenerator;

/// Counts in two parts: each thing that was counted goes to the first with a probability, else to the second. Of
/// Poisson counts the parts are independent, so that a denoiser of one can be scored on the other (Batson, Royer and
/// Webber 2019, "Molecular cross-validation").
///
/// @param first `[n, d]`, Binomial(count, share)
/// @param second the rest
/// @param share of the first part
public record Thinning(Tensor first, Tensor second, double share) implements AutoCloseable {

    public Thinning {
        Scope.detach(first);
        Scope.detach(second);
    }

    /// @param counts whole numbers from 0 on
    public static Thinning of(Tensor counts, double share, RandomGenerator random) {
        if (!(share > 0 && share < 1)) {
            throw new BadInputException("counts thinned to a share of " + share + "; expected more than 0, below 1.");
        }
        double[] whole = counts.toDoubles();
        double[] part = new double[whole.length];
        for (int i = 0; i < whole.length; i++) {
            if (whole[i] < 0 || whole[i] != Math.rint(whole[i])) {
                throw new BadInputException(
                        whole[i] + " is no count; thinning expects whole numbers from 0 on, not normalised ones.");
            }
            for (int one = 0; one < whole[i]; one++) {
                part[i] += random.nextDouble() < share ? 1 : 0;
            }
        }
        try (Scope _ = Scope.open()) {
            Tensor first = Tensor.of(part, counts.shape().dims()).to(counts.dtype());
            return new Thinning(first, counts.minus(first), share);
        }
    }

    /// What an expected count of the first part is multiplied by to be one of the second.
    public double scale() {
        return (1 - share) / share;
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
