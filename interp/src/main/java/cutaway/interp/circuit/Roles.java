package cutaway.interp.circuit;

import cutaway.interp.circuit.Case.Span;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.prompts.PositionChoice.Item;
import cutaway.tensor.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where nodes work, prompt by prompt: what `--at` says.
///
/// @param items by name, in the order given; a node of one name means each prompt's own positions
record Roles(Map<String, Item> items) {

    /// @throws BadInputException when positions of different prompts would have nothing in common
    static Roles of(PositionChoice choice) {
        Map<String, Item> items = new LinkedHashMap<>();
        for (Item item : choice.items()) {
            if (item instanceof Item.Each) {
                throw new BadInputException(
                        "\"each\" names no position that prompts of different lengths share; give roles, last or"
                                + " numbers.");
            }
            items.put(item instanceof Item.All ? Node.EVERYWHERE : item.text(), item);
        }
        return new Roles(items);
    }

    List<String> names() {
        return List.copyOf(items.keySet());
    }

    /// Their positions in one prompt, as far as it differs there from its contrast.
    ///
    /// @throws BadInputException when the prompt lacks one, or two of them share a token
    Map<String, Span> in(Pair pair) {
        Map<String, Span> spans = new LinkedHashMap<>();
        Map<Integer, String> taken = new LinkedHashMap<>();
        items.forEach((name, item) -> {
            Chosen chosen = new PositionChoice(List.of(item)).in(pair).getFirst();
            for (int position = chosen.first(); position <= chosen.last(); position++) {
                String other = taken.putIfAbsent(position, name);
                if (other != null) {
                    throw new BadInputException(
                            "%s: \"%s\" and \"%s\" share the token %s at position %d, so no node of one is apart from the other; leave one of them out."
                                    .formatted(
                                            pair.name(),
                                            shown(other),
                                            shown(name),
                                            pair.tokens().get(position),
                                            position));
                }
            }
            if (chosen.last() >= pair.firstDifference()) {
                spans.put(name, new Span(Math.max(chosen.first(), pair.firstDifference()), chosen.last()));
            }
        });
        return spans;
    }

    static String shown(String name) {
        return name.equals(Node.EVERYWHERE) ? "all" : name;
    }
}
