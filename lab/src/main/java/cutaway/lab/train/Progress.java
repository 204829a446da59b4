package cutaway.lab.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.training.Curve;
import java.util.List;
import java.util.Map;

/// What a training says of itself at a step.
///
/// @param step how many steps were made
/// @param seconds that the run has taken, over all its sessions
/// @param values by name a number for each instance: `loss` and `accuracy` (share, where outputs are right or wrong) on
///     the batch of the step just made, `test loss` and `test accuracy` on the test split, where there is one
public record Progress(
        @JsonProperty("step") long step,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("values") Map<String, List<Double>> values)
        implements Curve.Point {

    public static final String LOSS = "loss";
    public static final String ACCURACY = "accuracy";

    /// What the names of measures on the test split begin with.
    public static final String TEST = "test ";

    /// The mean over instances.
    public double mean(String name) {
        return values.getOrDefault(name, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
    }
}
