package cutaway.tensor.training;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;

/// The learning rate over the steps of a run: it rises in a straight line from 0, stays, and falls at the end.
///
///     rate x min(1, (step + 1) / warmUp) x fall((steps - step) / decay)
///
/// where `fall(x)` is 1 from x = 1 on; `x` below for `linear`, `(1 - cos(pi x)) / 2` for `cosine` (arXiv:1608.03983,
/// without restarts).
///
/// @param rate the highest
/// @param warmUp steps over which it rises; 0: none
/// @param decay last steps over which it falls to 0; 0: it stays to the end
/// @param shape of the fall
public record LearningRate(
        @JsonProperty(value = "rate", required = true) double rate,
        @JsonProperty(value = "warmUp", required = true) long warmUp,
        @JsonProperty(value = "decay", required = true) long decay,
        @JsonProperty(value = "shape", required = true) Shape shape) {

    /// How the rate falls.
    public enum Shape {
        @JsonProperty("linear")
        LINEAR,
        @JsonProperty("cosine")
        COSINE
    }

    public LearningRate {
        if (!(rate > 0) || Double.isInfinite(rate) || warmUp < 0 || decay < 0) {
            throw new BadInputException("a learning rate of " + rate + " with " + warmUp + " steps of warm-up and "
                    + decay + " of decay; expected a rate above 0, and no steps below 0.");
        }
    }

    /// The same at every step.
    public static LearningRate constant(double rate) {
        return new LearningRate(rate, 0, 0, Shape.LINEAR);
    }

    /// The learning rate of a step, from 0.
    ///
    /// @param steps of the whole run
    public double at(long step, long steps) {
        double up = warmUp == 0 ? 1 : Math.min(1, (step + 1.0) / warmUp);
        double left = decay == 0 ? 1 : Math.min(1, (double) (steps - step) / decay);
        double down = shape == Shape.LINEAR || left == 1 ? left : (1 - Math.cos(Math.PI * left)) / 2;
        return rate * Math.min(up, down);
    }
}
