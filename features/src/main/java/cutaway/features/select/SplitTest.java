package cutaway.features.select;

import java.util.Arrays;

/// Whether what is said of hidden numbers knows their noise, so that choosing by it cannot be trusted: noise that is
/// correlated over the numbers is foretold from the others. A second measurement, whose noise is independent of the
/// first's, tells:
///
///     difference = mean of |f(x without J)_J - x'_J|^2 - |f(x without J)_J - x_J|^2
///
/// It is 0 where x_J's noise is independent of what f saw, and twice their covariance where it is not.
///
/// @param difference in the units of the losses
/// @param error its standard error
public record SplitTest(double difference, double error) {

    private static final double SURE = 3;

    /// @param againstItself a loss for each row or image ([Masking#losses] against the rows themselves)
    /// @param againstOther of the same, against the second measurement
    public static SplitTest of(double[] againstItself, double[] againstOther) {
        if (againstItself.length != againstOther.length || againstItself.length < 2) {
            throw new IllegalArgumentException(
                    againstItself.length + " losses and " + againstOther.length + "; expected pairs of them");
        }
        double[] differences = new double[againstItself.length];
        Arrays.setAll(differences, i -> againstOther[i] - againstItself[i]);
        double mean = Arrays.stream(differences).average().orElse(Double.NaN);
        double squares = Arrays.stream(differences)
                .map(one -> (one - mean) * (one - mean))
                .sum();
        double n = differences.length;
        return new SplitTest(mean, Math.sqrt(squares / (n - 1) / n));
    }

    /// In standard errors.
    public double z() {
        return error == 0 ? 0 : difference / error;
    }

    /// Whether noise is foretold: by more than three standard errors.
    public boolean isFlagged() {
        return z() > SURE;
    }
}
