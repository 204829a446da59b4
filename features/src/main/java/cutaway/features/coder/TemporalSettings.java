package cutaway.features.coder;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What a [TemporalCoder] is made of. The defaults are those of SAELens 6.54.12.
///
/// @param k novel latents a token; 0 for all that are above 0
/// @param layers of attention, each of which predicts what those before it left
/// @param heads of each layer
/// @param bottleneck how many times narrower queries and keys are than the dictionary is wide
/// @param tied whether the encoder is the decoder transposed
public record TemporalSettings(
        @JsonProperty(value = "k", required = true) int k,
        @JsonProperty(value = "layers", required = true) int layers,
        @JsonProperty(value = "heads", required = true) int heads,
        @JsonProperty(value = "bottleneck", required = true) int bottleneck,
        @JsonProperty(value = "tied", required = true) boolean tied) {

    public TemporalSettings {
        CoderSettings.require(
                k >= 0 && layers >= 1 && heads >= 1 && bottleneck >= 1,
                "a temporal dictionary of k " + k + ", " + layers + " layers, " + heads + " heads, bottleneck "
                        + bottleneck + "; expected at least 0, 1, 1 and 1.");
    }

    public TemporalSettings(int k) {
        this(k, 1, 8, 64, true);
    }
}
