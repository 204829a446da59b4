package cutaway.interp.circuit;

import cutaway.interp.basis.Basis;
import cutaway.interp.basis.ErrorPart;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.basis.Errors;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.RowMap;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// The errors of autoencoders on the two runs of a prompt, and the edits that put what an error is in one of them in
/// the place of what it is in a run.
final class SaeErrors {

    private final Setting setting;
    private final Map<Basis, Errors> prompt = new HashMap<>();
    private final Map<Basis, Errors> contrast = new HashMap<>();

    SaeErrors(Setting setting) {
        this.setting = setting;
    }

    /// x - e(x).
    private record Without(ErrorTerm term) implements RowMap {
        @Override
        public Tensor of(Tensor rows) {
            return rows.minus(term.basis().error(term.part(), rows));
        }
    }

    /// Puts in place, at the positions of each, what errors are in one of the two runs; where codes are read in both.
    ///
    /// @param from the prompt's run or the contrast's
    List<Edit> put(Map<SaeError, BitSet> errors, Source from) {
        return together(errors).entrySet().stream()
                .flatMap(one -> put(one.getKey(), read(one.getKey().basis(), one.getValue()), from).stream())
                .toList();
    }

    /// The two parts of an error are the whole where both are put: of two edits one after another the second would be
    /// asked about what the first has changed.
    private static Map<ErrorTerm, BitSet> together(Map<SaeError, BitSet> errors) {
        Map<ErrorTerm, BitSet> terms = new LinkedHashMap<>();
        errors.forEach((error, at) -> terms.put(error.term(), (BitSet) at.clone()));
        for (Basis basis :
                terms.keySet().stream().map(ErrorTerm::basis).distinct().toList()) {
            BitSet linear = at(terms, basis, ErrorPart.LINEAR);
            BitSet nonlinear = at(terms, basis, ErrorPart.NONLINEAR);
            BitSet both = (BitSet) linear.clone();
            both.and(nonlinear);
            if (!both.isEmpty()) {
                linear.andNot(both);
                nonlinear.andNot(both);
                terms.put(new ErrorTerm(basis, ErrorPart.WHOLE), both);
            }
        }
        return terms;
    }

    private static BitSet at(Map<ErrorTerm, BitSet> terms, Basis basis, ErrorPart part) {
        return terms.entrySet().stream()
                .filter(one ->
                        one.getKey().basis().equals(basis) && one.getKey().part() == part)
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(BitSet::new);
    }

    private int[] read(Basis basis, BitSet positions) {
        boolean[] here = of(setting.prompt(), basis).read();
        boolean[] there = of(setting.contrast(), basis).read();
        return positions.stream().filter(i -> here[i] && there[i]).toArray();
    }

    private List<Edit> put(ErrorTerm term, int[] positions, Source from) {
        if (positions.length == 0) {
            return List.of();
        }
        Site site = term.basis().outputs().getFirst();
        Errors there = of(from, term.basis());
        double[][] rows = new double[positions.length][];
        Arrays.setAll(rows, i -> there.at(term.part(), site, positions[i]));
        Positions at = Positions.of(positions);
        return List.of(
                new Edit.Apply(site, at, new Without(term)),
                new Edit.Add(site, at, new Values(List.of((long) rows.length, (long) rows[0].length), flat(rows))));
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(DoubleStream::of).toArray();
    }

    /// Prompt minus contrast at some positions, end not included, `[positions, width]`; 0 where no codes are read in
    /// one of the two.
    Tensor difference(SaeError error, int from, int end) {
        ErrorTerm term = error.term();
        Errors here = of(setting.prompt(), term.basis());
        Errors there = of(setting.contrast(), term.basis());
        double[][] rows = IntStream.range(from, end)
                .mapToObj(position -> {
                    double[] row = here.at(term.part(), error.site(), position);
                    double[] other = here.read()[position] && there.read()[position]
                            ? there.at(term.part(), error.site(), position)
                            : row.clone();
                    Arrays.setAll(row, i -> row[i] - other[i]);
                    return row;
                })
                .toArray(double[][]::new);
        return Tensor.of(flat(rows), rows.length, rows[0].length)
                .to(setting.model().transformer().dtype());
    }

    /// @param run the prompt's or the contrast's
    private Errors of(Source run, Basis basis) {
        return (run.equals(setting.prompt()) ? prompt : contrast)
                .computeIfAbsent(basis, _ -> basis.errors(setting.model(), run));
    }
}
