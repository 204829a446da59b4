package cutaway.interp.circuit;

import java.util.Collection;
import java.util.List;

/// What circuits are sets of: a head, an MLP or an error where it works, at all positions or at those of one role,
/// which are each prompt's own. In print `L9H1`, or `L9H1 @ B2`.
///
/// @param at the role; [#EVERYWHERE] for all positions
public record Node(Component component, String at) {

    public static final String EVERYWHERE = "";

    /// At all positions.
    public static Node of(Component component) {
        return new Node(component, EVERYWHERE);
    }

    /// At all positions, each of them.
    public static List<Node> of(Collection<? extends Component> components) {
        return components.stream().map(Node::of).toList();
    }

    /// The errors of autoencoders among nodes, each once.
    static List<SaeError> errors(Collection<Node> nodes) {
        return nodes.stream()
                .map(Node::component)
                .filter(SaeError.class::isInstance)
                .map(SaeError.class::cast)
                .distinct()
                .toList();
    }

    public String name() {
        return at.equals(EVERYWHERE) ? component.name() : component.name() + " @ " + at;
    }
}
