package cutaway.cli;

import cutaway.features.judge.LabelledTexts;
import cutaway.interp.probe.Labelled;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Texts with the labels of one field, or of several whose values are the same classes.
///
/// @param fields whose labels are told
/// @param each the texts with the labels of one field
/// @param names of all classes, in order
record LabelledFields(List<String> fields, List<LabelledTexts> each, List<String> names) {

    /// @param fields names, each once
    /// @param of how a file is read for a field's labels
    /// @throws cutaway.tensor.BadInputException as [LabelledTexts#read]
    static LabelledFields read(Path file, List<String> fields, Function<String, LabelledTexts.Fields> of) {
        List<String> distinct = fields.stream().distinct().toList();
        List<LabelledTexts> each = distinct.stream()
                .map(field -> LabelledTexts.read(file, of.apply(field)))
                .toList();
        TreeSet<String> names = new TreeSet<>();
        each.forEach(one -> names.addAll(one.names()));
        return new LabelledFields(distinct, each, List.copyOf(names));
    }

    List<String> texts() {
        return each.getFirst().texts();
    }

    int[] groups() {
        return each.getFirst().groups();
    }

    /// How many labels there are of each class, over all fields.
    Map<String, Integer> counts() {
        TreeMap<String, Integer> counts = new TreeMap<>();
        each.forEach(one -> one.counts().forEach((name, count) -> counts.merge(name, count, Integer::sum)));
        return new LinkedHashMap<>(counts);
    }

    /// @param activations `[text, d]`
    Labelled labelled(Tensor activations) {
        List<int[]> classes = new ArrayList<>(); // of each field's labels, their numbers among all classes
        each.forEach(
                one -> classes.add(one.names().stream().mapToInt(names::indexOf).toArray()));
        int[][] labels = IntStream.range(0, texts().size())
                .mapToObj(row -> IntStream.range(0, fields.size())
                        .map(field -> classes.get(field)[each.get(field).labels()[row]])
                        .toArray())
                .toArray(int[][]::new);
        return new Labelled(activations, labels, names.size(), groups());
    }
}
