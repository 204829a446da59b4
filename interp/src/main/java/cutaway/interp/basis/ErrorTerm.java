package cutaway.interp.basis;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The error of a basis, or a part of it: what is left at its output sites beside what its codes say. An edit of it
/// leaves all codes as they are.
public record ErrorTerm(Basis basis, ErrorPart part) implements Term {

    /// @throws BadInputException when a part is asked for of a basis whose error no map splits
    public ErrorTerm {
        if (part != ErrorPart.WHOLE && !basis.splitsError()) {
            throw new BadInputException("%s is a part of the error of %s, which no linear map splits yet; fit one with"
                            .formatted(part.text(), basis.name())
                    + " cutaway features error --out, and give it as --error-map.");
        }
    }

    /// What users call it: `sae.error.linear[resid-12]`, as [ErrorName] reads it.
    public String name() {
        return part.text() + "[" + basis.name() + "]";
    }

    /// What it is to be at a position of a site, `[d of the site]`.
    public interface Wanted {
        double[] at(Site site, int position);
    }

    /// By how much it changes at each of some positions, `[position][d of the site]` by site; by nothing where the
    /// basis reads no codes of the token.
    ///
    /// @param here of the run that is changed
    public Map<Site, double[][]> changes(Errors here, int first, int last, Wanted wanted) {
        Map<Site, double[][]> changes = new LinkedHashMap<>();
        for (Site site : here.sites()) {
            double[][] rows = new double[last - first + 1][];
            Arrays.setAll(rows, i -> change(here, site, first + i, wanted));
            changes.put(site, rows);
        }
        return changes;
    }

    private double[] change(Errors here, Site site, int position, Wanted wanted) {
        double[] is = here.at(part, site, position);
        double[] change = new double[is.length];
        if (here.read()[position]) {
            double[] will = wanted.at(site, position);
            Arrays.setAll(change, i -> will[i] - is[i]);
        }
        return change;
    }

    /// Gives it other values in a run, at positions from the first to the last; no edit where they are what they were.
    ///
    /// @param here of the run that is edited
    public List<Edit.Add> set(Errors here, int first, int last, Wanted wanted) {
        return changes(here, first, last, wanted).entrySet().stream()
                .flatMap(one -> add(one.getKey(), first, one.getValue()))
                .toList();
    }

    private static Stream<Edit.Add> add(Site site, int first, double[][] rows) {
        int[] changed = IntStream.range(0, rows.length)
                .filter(i -> DoubleStream.of(rows[i]).anyMatch(number -> number != 0))
                .toArray();
        if (changed.length == 0) {
            return Stream.empty();
        }
        double[] values = IntStream.of(changed)
                .mapToObj(i -> rows[i])
                .flatMapToDouble(DoubleStream::of)
                .toArray();
        return Stream.of(new Edit.Add(
                site,
                Positions.of(IntStream.of(changed).map(i -> first + i).toArray()),
                new Values(List.of((long) changed.length, (long) rows[0].length), values)));
    }

    /// Takes it away in a run, from the first position to the last.
    public List<Edit.Add> leaveOut(Errors here, int first, int last) {
        return set(here, first, last, (site, position) -> new double[here.at(part, site, position).length]);
    }

    /// Gives it what it is in another run of as many tokens, from the first position to the last; nowhere that one of
    /// the two runs has a token of which no codes are read.
    ///
    /// @param there of the other run
    public List<Edit.Add> patch(Errors here, Errors there, int first, int last) {
        return set(here, first, last, from(here, there));
    }

    /// What [#patch] gives it.
    public Wanted from(Errors here, Errors there) {
        return (site, position) -> (there.read()[position] ? there : here).at(part, site, position);
    }

    /// Multiplies it at every position of a run: steering.
    public List<Edit.Add> scale(Errors here, double by) {
        return set(
                here,
                0,
                here.length() - 1,
                (site, position) -> DoubleStream.of(here.at(part, site, position))
                        .map(number -> by * number)
                        .toArray());
    }

    /// The mean over the tokens of some runs, by site: what a mean ablation puts in its place.
    ///
    /// @param runs taken one after another
    public Map<Site, double[]> mean(Stream<Errors> runs) {
        Map<Site, double[]> sums = new LinkedHashMap<>();
        int[] tokens = {0};
        runs.forEach(run -> {
            for (int position = 0; position < run.length(); position++) {
                if (run.read()[position]) {
                    tokens[0]++;
                    for (Site site : run.sites()) {
                        sums.merge(site, run.at(part, site, position), ErrorTerm::plus);
                    }
                }
            }
        });
        sums.replaceAll((_, sum) ->
                DoubleStream.of(sum).map(number -> number / tokens[0]).toArray());
        return sums;
    }

    private static double[] plus(double[] left, double[] right) {
        double[] sum = new double[left.length];
        Arrays.setAll(sum, i -> left[i] + right[i]);
        return sum;
    }

    /// Puts one value in its place at positions of a run, the same at each.
    ///
    /// @param value by site, `[d of the site]`
    public List<Edit.Add> put(Errors here, int first, int last, Map<Site, double[]> value) {
        return set(here, first, last, (site, _) -> Objects.requireNonNull(value.get(site)));
    }
}
