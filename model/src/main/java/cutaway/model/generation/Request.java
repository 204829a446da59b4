package cutaway.model.generation;

import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.Set;

/// What to generate.
///
/// @param prompt token ids
/// @param max most tokens to generate
/// @param stops tokens that end the text, such as the end of a turn; they are not part of it
public record Request(List<Integer> prompt, int max, Sampling sampling, Set<Integer> stops) {

    public Request {
        prompt = List.copyOf(prompt);
        stops = Set.copyOf(stops);
        if (prompt.isEmpty()) {
            throw new BadInputException("the prompt is empty; give at least one token.");
        }
        if (max < 1) {
            throw new BadInputException("the most tokens to generate are " + max + "; expected 1 or more.");
        }
    }
}
