package cutaway.features.coder;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// How the parameters of a coder begin.
///
/// @param decoderNorm of each decoder row; 0 leaves the rows as they were drawn. SAELens: 0.1
/// @param bias where the decoder's bias begins. SAELens: at zero
public record Start(
        @JsonProperty(value = "decoderNorm", required = true)
        double decoderNorm,

        @JsonProperty(value = "bias", required = true) Bias bias) {

    /// Where a decoder's bias begins.
    public enum Bias {
        ZERO,
        /// The mean of the first batch.
        MEAN,
        /// Its [GeometricMedian], which outliers do not move (Bricken et al. 2023).
        GEOMETRIC_MEDIAN
    }

    public Start {
        CoderSettings.require(decoderNorm >= 0, "a decoder norm of " + decoderNorm + "; expected 0 or more.");
    }

    public Start() {
        this(0.1, Bias.ZERO);
    }

    /// @param y the first batch, `[n, dOut]`
    /// @return `[dOut]`
    Tensor decoderBias(Tensor y) {
        return switch (bias) {
            case ZERO -> Tensor.full(0, y.dtype(), y.dim(1));
            case MEAN -> y.mean(0, false);
            case GEOMETRIC_MEDIAN -> GeometricMedian.of(y);
        };
    }

    /// Rows drawn uniformly from a cube (Kaiming's), then given the norm.
    Tensor rows(cutaway.tensor.Random random, int rows, Tensor like) {
        return Scope.keep(() -> {
            double bound = Math.sqrt(6.0 / like.dim(1));
            Tensor drawn = random.uniform(rows, like.dim(1)).to(like.dtype());
            return withNorm(drawn.times(2 * bound).minus(bound));
        });
    }

    /// The rows with the norm that they are to begin with.
    Tensor withNorm(Tensor rows) {
        return decoderNorm == 0
                ? rows.copy()
                : rows.over(rows.square().sum(1, true).sqrt()).times(decoderNorm);
    }
}
