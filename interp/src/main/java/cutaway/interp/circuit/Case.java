package cutaway.interp.circuit;

import java.util.Map;
import java.util.Optional;

/// One prompt of a set: its two runs, and where the roles are in it.
///
/// Before the first difference both runs have the same values, so nothing can be put in place there: of each role only
/// the positions from there on count.
///
/// @param name what to call it in messages
/// @param at positions by role; a role without a position that differs is not among them
public record Case(String name, Setting setting, Map<String, Span> at) {

    /// Positions from the first to the last, both included.
    public record Span(int first, int last) {}

    public Case {
        at = Map.copyOf(at);
    }

    /// With nodes at all positions.
    public static Case whole(String name, Setting setting) {
        return new Case(
                name, setting, Map.of(Node.EVERYWHERE, new Span(setting.firstDifference(), setting.length() - 1)));
    }

    /// Where a node works; empty where that makes no difference.
    Optional<Span> span(Node node) {
        return Optional.ofNullable(at.get(node.at()));
    }
}
