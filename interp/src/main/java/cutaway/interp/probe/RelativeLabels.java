package cutaway.interp.probe;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Labels as seen from a role, such as the player to move (Nanda et al., arXiv:2309.00941, section 3): black and white
/// become mine and theirs, and empty stays. The classes that are nobody's come first, in their order, then same, then
/// other.
///
/// @param absolute how many classes there were
/// @param roles the classes that can be a role's own
public record RelativeLabels(int absolute, List<Integer> roles) {

    private static final String SAME = "same";
    private static final String OTHER = "other";

    public RelativeLabels {
        roles = List.copyOf(roles);
        if (roles.isEmpty() || roles.stream().anyMatch(role -> role < 0 || role >= absolute)) {
            throw new IllegalArgumentException("roles " + roles + " of " + absolute + " classes");
        }
    }

    /// Nobody's classes, same and other.
    public int classes() {
        return absolute - roles.size() + 2;
    }

    /// @param label absolute
    /// @param role class that is its own
    public int of(int label, int role) {
        if (!roles.contains(label)) {
            return (int) IntStream.range(0, label)
                    .filter(before -> !roles.contains(before))
                    .count();
        }
        return classes() - (label == role ? 2 : 1);
    }

    /// The same of names: `same` where a label is the value of its own role, `other` where it is that of another's.
    ///
    /// @throws BadInputException when no label is a value of the role, or one is called `same` or `other`
    public static List<String> of(List<String> labels, List<String> roles) {
        List<String> names = List.copyOf(new TreeSet<>(labels));
        List<Integer> own = new TreeSet<>(roles)
                .stream().filter(names::contains).map(names::indexOf).toList();
        if (own.isEmpty()) {
            throw new BadInputException("no label (" + String.join(", ", names) + ") is a value of the role ("
                    + String.join(", ", new TreeSet<>(roles)) + "); name a field that says whose view it is.");
        }
        if (names.contains(SAME) || names.contains(OTHER)) {
            throw new BadInputException(
                    "a label is called same or other, which relative labels are called; give it another name.");
        }
        RelativeLabels seen = new RelativeLabels(names.size(), own);
        List<String> relative = new ArrayList<>(IntStream.range(0, names.size())
                .filter(label -> !own.contains(label))
                .mapToObj(names::get)
                .toList());
        relative.addAll(List.of(SAME, OTHER));
        return IntStream.range(0, labels.size())
                .mapToObj(i -> relative.get(seen.of(names.indexOf(labels.get(i)), names.indexOf(roles.get(i)))))
                .toList();
    }
}
