package cutaway.interp.codes;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// The signs of a layer in an order that shows its codes: inputs group by group, the largest group first,
/// then those of none as the tree of agreements has them; neurons by what they are for, and among those by the
/// group that they belong to.
///
/// @param inputs in that order
/// @param groups of each, by its place in that order from 0 on; -1 for an input of none
/// @param neurons in that order
/// @param roles of each
/// @param codes of each the first group whose code it is in, or, of a witness, that it speaks of; -1 for none
/// @param signs of each neuron a line: `+`, `-` or `.` for each input
/// @param overlaps of each input with those before it in that order: shared pluses in standard deviations
///     beyond chance ([Marks#excess]), rounded to hundredths
/// @param moreInputs how many have no place
/// @param moreNeurons how many have no place
public record SortedSigns(
        List<Integer> inputs,
        List<Integer> groups,
        List<Integer> neurons,
        List<SignCodes.Role> roles,
        List<Integer> codes,
        List<String> signs,
        List<List<Double>> overlaps,
        int moreInputs,
        int moreNeurons) {

    /// A neuron with what it is sorted by.
    private record Sorted(int neuron, SignCodes.Role role, int code) {}

    public SortedSigns {
        inputs = List.copyOf(inputs);
        groups = List.copyOf(groups);
        neurons = List.copyOf(neurons);
        roles = List.copyOf(roles);
        codes = List.copyOf(codes);
        signs = List.copyOf(signs);
        overlaps = List.copyOf(overlaps);
    }

    /// @param mostInputs that have a place
    /// @param mostNeurons that have a place
    public static SortedSigns of(SignCodes codes, int mostInputs, int mostNeurons) {
        if (mostInputs < 1 || mostNeurons < 1) {
            throw new BadInputException("signs of at most " + mostInputs + " inputs and " + mostNeurons
                    + " neurons; expected at least 1 of each.");
        }
        List<SignCodes.Group> groups = codes.groups().stream()
                .sorted(Comparator.comparingInt(group -> -group.inputs().size()))
                .toList();
        List<Integer> inputs = new ArrayList<>();
        List<Integer> ofInputs = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            int group = i;
            groups.get(i).inputs().forEach(input -> {
                inputs.add(input);
                ofInputs.add(group);
            });
        }
        Set<Integer> grouped = Set.copyOf(inputs);
        codes.order().stream().filter(input -> !grouped.contains(input)).forEach(input -> {
            inputs.add(input);
            ofInputs.add(-1);
        });
        List<SignCodes.Role> roles = codes.roles();
        List<Sorted> neurons = IntStream.range(0, codes.signs().neurons())
                .mapToObj(
                        neuron -> new Sorted(neuron, roles.get(neuron), code(codes, roles.get(neuron), neuron, groups)))
                .sorted(Comparator.comparing(Sorted::role)
                        .thenComparing(one -> one.code < 0 ? Integer.MAX_VALUE : one.code))
                .toList();
        List<Integer> shown = inputs.subList(0, Math.min(mostInputs, inputs.size()));
        List<Sorted> lines = neurons.subList(0, Math.min(mostNeurons, neurons.size()));
        return new SortedSigns(
                shown,
                ofInputs.subList(0, shown.size()),
                lines.stream().map(Sorted::neuron).toList(),
                lines.stream().map(Sorted::role).toList(),
                lines.stream().map(Sorted::code).toList(),
                lines.stream()
                        .map(one -> line(codes.signs(), one.neuron, shown))
                        .toList(),
                overlaps(codes.marks(), shown),
                inputs.size() - shown.size(),
                neurons.size() - lines.size());
    }

    private static int code(SignCodes codes, SignCodes.Role role, int neuron, List<SignCodes.Group> groups) {
        return IntStream.range(0, groups.size())
                .filter(i -> role == SignCodes.Role.WITNESS
                        ? codes.isMixed(neuron, groups.get(i).inputs())
                        : groups.get(i).code().contains(neuron))
                .findFirst()
                .orElse(-1);
    }

    private static String line(Signs signs, int neuron, List<Integer> inputs) {
        StringBuilder line = new StringBuilder();
        inputs.forEach(input -> line.append(
                switch (signs.at(neuron, input)) {
                    case 1 -> '+';
                    case -1 -> '-';
                    default -> '.';
                }));
        return line.toString();
    }

    private static List<List<Double>> overlaps(Marks marks, List<Integer> inputs) {
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> inputs.subList(0, i).stream()
                        .map(other -> Math.round(100 * marks.excess(inputs.get(i), other)) / 100.0)
                        .toList())
                .toList();
    }
}
