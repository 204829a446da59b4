package cutaway.features.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.features.coder.CoderSettings;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// All that decides what a training run ends with, but for the store of activations: a value, which serialises to JSON.
///
/// @param activations what identifies the store: the model's hash, its settings and texts, as text
/// @param inputs sites that the dictionary reads, one after another
/// @param outputs sites that it writes; for autoencoders the same
/// @param coder what is trained
/// @param width latents
/// @param batch tokens of a step
/// @param schedule of the learning rate and of sparsity
/// @param options of the steps
/// @param seed of the first weights and of the order of the data
public record Recipe(
        @JsonProperty(value = "activations", required = true)
        String activations,

        @JsonProperty(value = "inputs", required = true) List<Site> inputs,
        @JsonProperty(value = "outputs", required = true) List<Site> outputs,
        @JsonProperty(value = "coder", required = true) CoderSettings coder,
        @JsonProperty(value = "width", required = true) int width,
        @JsonProperty(value = "batch", required = true) int batch,
        @JsonProperty(value = "schedule", required = true) Schedule schedule,
        @JsonProperty(value = "options", required = true) Training.Options options,
        @JsonProperty(value = "seed", required = true) long seed) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public Recipe {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        if (width < 1 || batch < 1) {
            throw new BadInputException("a dictionary of " + width + " latents trained on batches of " + batch
                    + " tokens; expected at least 1 of each.");
        }
    }

    /// Bytes that its training holds all the time, at least: each number of the matrices with its gradient and Adam's
    /// two means, float32.
    ///
    /// @param dIn numbers of an input
    /// @param dOut numbers of an output
    public long bytes(int dIn, int dOut) {
        return 4L * Float.BYTES * coder.wiring().matrixNumbers(width, dIn, dOut);
    }

    /// As one line of JSON.
    public String text() {
        return JSON.writeValueAsString(this);
    }
}
