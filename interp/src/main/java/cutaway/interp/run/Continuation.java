package cutaway.interp.run;

import cutaway.model.generation.Generated;
import java.util.List;

/// What a model wrote under edits.
///
/// @param applied for each edit, in their order: at how many positions it was applied
public record Continuation(Generated generated, List<Integer> applied) {
    public Continuation {
        applied = List.copyOf(applied);
    }
}
