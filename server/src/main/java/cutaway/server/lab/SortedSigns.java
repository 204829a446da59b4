package cutaway.server.lab;

import cutaway.interp.codes.SignCodes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A layer's signs, sorted: groups of inputs side by side, the largest first, then others as the tree of
/// agreements has them; the neurons of the groups' codes first, then others in their own order. Of a large
/// layer it is a sample: groups and their codes fill up to three quarters of it, others are taken evenly.
///
/// @param inputs that are shown, in order
/// @param neurons that are shown, in order
/// @param groups of each input that is shown, its group, counted by size from 0; -1 for none
/// @param coded how many of the neurons, the first, are in a group's code
/// @param rows of each neuron, a letter for each input: `+`, `-`, or `.` for none
/// @param isSample whether inputs or neurons are left out
public record SortedSigns(
        List<Integer> inputs,
        List<Integer> neurons,
        List<Integer> groups,
        int coded,
        List<String> rows,
        boolean isSample) {

    /// @param mostInputs that are shown
    /// @param mostNeurons that are shown
    static SortedSigns of(SignCodes codes, int mostInputs, int mostNeurons) {
        List<SignCodes.Group> bySize = codes.groups().stream()
                .sorted(Comparator.comparing(
                        (SignCodes.Group group) -> -group.inputs().size()))
                .toList();
        int allInputs = codes.signs().inputs();
        int allNeurons = codes.signs().neurons();
        List<Integer> inputs =
                filled(bySize.stream().flatMap(group -> group.inputs().stream()).toList(), codes.order(), mostInputs);
        List<Integer> neurons = filled(
                bySize.stream().flatMap(group -> group.code().stream()).toList(),
                IntStream.range(0, allNeurons).boxed().toList(),
                mostNeurons);
        Set<Integer> coded =
                bySize.stream().flatMap(group -> group.code().stream()).collect(Collectors.toSet());
        return new SortedSigns(
                inputs,
                neurons,
                inputs.stream()
                        .map(input -> IntStream.range(0, bySize.size())
                                .filter(group -> bySize.get(group).inputs().contains(input))
                                .findFirst()
                                .orElse(-1))
                        .toList(),
                (int) neurons.stream().takeWhile(coded::contains).count(),
                neurons.stream()
                        .map(neuron -> inputs.stream()
                                .map(input -> letter(codes.signs().at(neuron, input)))
                                .collect(Collectors.joining()))
                        .toList(),
                inputs.size() < allInputs || neurons.size() < allNeurons);
    }

    private static String letter(int sign) {
        return sign > 0 ? "+" : sign < 0 ? "-" : ".";
    }

    /// Those of groups first, up to three quarters, then others, evenly out of all.
    private static List<Integer> filled(List<Integer> grouped, List<Integer> all, int most) {
        Set<Integer> first = new LinkedHashSet<>(grouped);
        int room = Math.min(most, all.size());
        int other = Math.max(Math.min(all.size() - first.size(), room / 4), room - first.size());
        List<Integer> chosen =
                new ArrayList<>(first.stream().limit((long) room - other).toList());
        List<Integer> rest = all.stream().filter(one -> !first.contains(one)).toList();
        IntStream.range(0, other)
                .mapToObj(i -> rest.get((int) ((long) i * rest.size() / other)))
                .forEach(chosen::add);
        return chosen;
    }
}
