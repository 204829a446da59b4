package cutaway.features.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.training.Curve;
import java.util.Map;

/// What a training run says of itself now and then.
///
/// @param step how many steps were made
/// @param seconds that the run has taken, over all its sessions
/// @param losses of the last step, its parts by name
/// @param l0 mean number of latents that are active on a token of that batch
/// @param explained share of the variance of that batch that the dictionary explains, at most 1 (1 - FVU, pooled)
/// @param dead share of latents that no token has activated for as long as the coder counts
public record Progress(
        @JsonProperty("step") long step,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("losses") Map<String, Double> losses,
        @JsonProperty("l0") double l0,
        @JsonProperty("explained") double explained,
        @JsonProperty("dead") double dead)
        implements Curve.Point {

    public double loss() {
        return losses.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
