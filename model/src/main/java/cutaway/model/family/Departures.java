package cutaway.model.family;

import cutaway.tensor.BadInputException;
import java.util.Map;

/// Model types of transformers whose settings and tensors look like known parts though their code computes something
/// else.
final class Departures {

    private static final Map<String, String> REASONS = Map.of();

    private Departures() {}

    /// @throws BadInputException saying where such a type departs
    static void check(String modelType) {
        String reason = REASONS.get(modelType);
        if (reason != null) {
            throw new BadInputException(reason + ", which neither its settings nor its tensors show.");
        }
    }
}
