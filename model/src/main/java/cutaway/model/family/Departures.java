package cutaway.model.family;

import cutaway.tensor.BadInputException;
import java.util.Map;

/// Model types whose code departs from the usual parts though their settings do not say so.
///
/// Found by running every causal type of transformers 5.23 at a tiny size and comparing, and by reading the code of
/// those that only an unknown setting kept from opening.
final class Departures {

    private static final String INTERLEAVED = "its rotary embedding turns neighbouring coordinates of a head together";

    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("codegen", INTERLEAVED),
            Map.entry("cohere", INTERLEAVED),
            Map.entry("cohere2", INTERLEAVED + ", in the layers with a sliding window alone"),
            Map.entry("ernie4_5", INTERLEAVED),
            Map.entry("exaone4", "its layers without a sliding window have no rotary embedding"),
            Map.entry("glm", INTERLEAVED),
            Map.entry("glm4", INTERLEAVED),
            Map.entry("gptj", INTERLEAVED),
            Map.entry("helium", INTERLEAVED),
            Map.entry("hunyuan_v1_dense", "it normalises queries and keys after turning them"),
            Map.entry("nemotron", "the weights of its norms are stored less 1"),
            Map.entry("olmo", "its norms have no weights"),
            Map.entry("smollm3", "every fourth layer has no rotary embedding"),
            Map.entry("vaultgemma", "the weights of its norms are stored less 1, and its embeddings are scaled"));

    private Departures() {}

    /// @throws BadInputException saying where such a type departs
    static void check(String modelType) {
        String reason = REASONS.get(modelType);
        if (reason != null) {
            throw new BadInputException(reason + ", though its settings do not say so.");
        }
    }
}
