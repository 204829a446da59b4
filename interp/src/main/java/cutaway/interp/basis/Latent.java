package cutaway.interp.basis;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One direction of a basis.
///
/// @param index from 0
public record Latent(Basis basis, int index) implements Term {

    /// @throws BadInputException when the basis has none of that number
    public Latent {
        if (index < 0 || index >= basis.width()) {
            throw new BadInputException(
                    "%s has no feature %d; it has 0 to %d.".formatted(basis.name(), index, basis.width() - 1));
        }
    }

    /// By how much what its code adds grows when the code changes, at each of some positions: `s (f' - f)`.
    ///
    /// @param here the codes of the run that is changed
    /// @param wanted the code at a position afterwards
    public double[] changes(Codes here, int first, int last, IntToDoubleFunction wanted) {
        double[] changes = new double[last - first + 1];
        for (int i = 0; i < changes.length; i++) {
            int position = first + i;
            changes[i] = here.scales()[position] * (wanted.applyAsDouble(position) - here.at(position, index));
        }
        return changes;
    }

    /// Gives it other codes in a run, at positions from the first to the last; no edit where they are what they were.
    ///
    /// @param here the codes of the run that is edited
    /// @param wanted the code at a position afterwards
    public List<Edit> set(Codes here, int first, int last, IntToDoubleFunction wanted) {
        double[] changes = changes(here, first, last, wanted);
        int[] changed =
                IntStream.range(0, changes.length).filter(i -> changes[i] != 0).toArray();
        if (changed.length == 0) {
            return List.of();
        }
        Positions at = Positions.of(IntStream.of(changed).map(i -> first + i).toArray());
        return parts().<Edit>map(part -> new Edit.Add(
                        part.site(),
                        at,
                        new Values(
                                List.of((long) changed.length, (long) part.vector().length),
                                IntStream.of(changed)
                                        .mapToObj(i -> times(part.vector(), changes[i]))
                                        .flatMapToDouble(DoubleStream::of)
                                        .toArray())))
                .toList();
    }

    /// Where it writes something; its effect is 0 to the bit elsewhere.
    private Stream<Basis.Part> parts() {
        return basis.direction(index).stream()
                .filter(part -> DoubleStream.of(part.vector()).anyMatch(number -> number != 0));
    }

    private static double[] times(double[] vector, double by) {
        return DoubleStream.of(vector).map(number -> number * by).toArray();
    }

    /// Changes its code at every position of a run, as a function of the code there: steering.
    public List<Edit> steer(Codes here, DoubleUnaryOperator changed) {
        return set(here, 0, here.length() - 1, position -> changed.applyAsDouble(here.at(position, index)));
    }

    /// Adds to its code at every position of any run, also those that are still to come.
    ///
    /// @param by in the unit of codes
    public List<Edit> steer(double by) {
        return basis.direction(index).stream()
                .<Edit>map(part -> new Edit.Add(part.site(), Positions.ALL, Values.of(times(part.vector(), by))))
                .toList();
    }
}
