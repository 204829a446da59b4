package cutaway.cli.report;

import cutaway.interp.codes.Capacity;
import cutaway.interp.codes.SignCodes;
import cutaway.interp.codes.SortedSigns;
import java.util.List;
import java.util.Optional;

/// The sign codes of a layer, as the page of `cutaway codes --report` has them.
///
/// @param of the folder or the model that the layer is of
/// @param command that does it again
/// @param found what `--json` prints
/// @param capacity in a sentence
/// @param sorted the signs in an order that shows the codes
public record CodesRecord(
        String version, String of, String command, CodesFound found, String capacity, SortedSigns sorted) {

    /// @param first an input
    /// @param second another
    /// @param shared neurons that both have a plus on
    /// @param excess of those beyond chance, in standard deviations of chance
    public record PairOfInputs(int first, int second, int shared, double excess) {}

    /// What `--json` prints.
    ///
    /// @param readers neurons that codes are read off
    /// @param structure mean squared excess; about 1 by chance
    /// @param pValue of it; none without permutations. Above 0.05, groups and roles are what chance makes
    /// @param collisions that are expected of as many codes as there are groups
    /// @param capacity how many features so many neurons can compute, as an order of growth
    /// @param pairs the most overlapping ones, most first
    /// @param roles of each neuron
    public record CodesFound(
            String layer,
            int neurons,
            int inputs,
            int readers,
            double structure,
            Optional<Double> pValue,
            double collisions,
            Capacity capacity,
            List<SignCodes.Group> groups,
            List<PairOfInputs> pairs,
            List<SignCodes.Role> roles) {}
}
