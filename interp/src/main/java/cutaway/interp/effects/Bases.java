package cutaway.interp.effects;

import cutaway.interp.basis.Basis;
import cutaway.tensor.BadInputException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The bases whose features a sweep asks about.
///
/// @param all under names of their own
/// @param spliced whether every run of the sweep has what the codes say in the place of what the model computed: the
///     error term is taken out
public record Bases(List<Basis> all, boolean spliced) {

    public static final Bases NONE = new Bases(List.of(), false);

    /// @throws BadInputException when two have one name, or several are to be without their error
    public Bases {
        all = List.copyOf(all);
        Set<String> names = new HashSet<>();
        for (Basis basis : all) {
            if (!names.add(basis.name())) {
                throw new BadInputException(
                        "two dictionaries are called " + basis.name() + "; give folders of different names.");
            }
        }
        if (spliced && all.size() != 1) {
            throw new BadInputException("the error term can be left out of one dictionary, and there are " + all.size()
                    + ": what stands in the place of a later site would undo the edits of an earlier one.");
        }
    }

    /// Those that are called so; all of them for no name.
    List<Basis> named(String name) {
        List<Basis> found = all.stream()
                .filter(basis -> name.isEmpty() || basis.name().equals(name))
                .toList();
        if (found.isEmpty()) {
            throw new BadInputException(
                    all.isEmpty()
                            ? "features are of a dictionary, and none was given; add --dictionary DIR."
                            : "no dictionary is called \"%s\"; there is %s."
                                    .formatted(
                                            name, all.stream().map(Basis::name).collect(Collectors.joining(", "))));
        }
        return found;
    }

    /// In a few words, for what a file says of itself.
    public String text() {
        return all.stream()
                        .map(basis -> basis.name() + " (" + basis.width() + " features at " + basis.place() + ")")
                        .collect(Collectors.joining(", "))
                + (spliced ? ", without error term" : ", with error term");
    }

    @Override
    public String toString() {
        return all.isEmpty() ? "none" : text();
    }
}
