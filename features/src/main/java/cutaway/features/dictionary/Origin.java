package cutaway.features.dictionary;

import cutaway.interp.site.Site;
import java.util.List;
import java.util.Map;

/// What a dictionary was trained on; a list of one site but for crosscoders, whose input and output are the activations
/// of several sites one after another.
///
/// @param model as its users call it, such as `smollm2-135m-instruct`; empty where it is not known
/// @param inputs sites that it reads
/// @param outputs sites that it writes: for autoencoders the same
/// @param notes everything else that its file says, by name: text, context length, seed, steps, loss
public record Origin(String model, List<Site> inputs, List<Site> outputs, Map<String, String> notes) {
    public Origin {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        notes = Map.copyOf(notes);
    }

    /// The note of a dictionary that never saw attention sinks.
    public static final Map.Entry<String, String> WITHOUT_SINKS = Map.entry("attention sinks", "left out");

    /// Whether it was trained without attention sinks: what it would say of one means nothing.
    public boolean leavesSinksOut() {
        return WITHOUT_SINKS.getValue().equals(notes.get(WITHOUT_SINKS.getKey()));
    }
}
