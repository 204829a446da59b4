package cutaway.interp.probe;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How alike the directions are by which linear and logistic probes tell their classes.
///
/// @param directions of all probes
/// @param cosines of each with each, `[direction][direction]`
/// @param chance standard deviation of the cosine of two random directions: `1 / sqrt(d)`
public record ProbeCosines(List<Direction> directions, List<List<Double>> cosines, double chance) {

    /// From the mean of the other classes' rows to the row of one; a probe of two classes has one direction, to the
    /// first.
    ///
    /// @param probe the name that it was given
    /// @param model that its activations are of
    /// @param site by its TransformerLens name
    /// @param to class
    /// @param from the other class of two; `others` where there are more
    public record Direction(String probe, String model, String site, String to, String from) {}

    /// @param probes by name, in order
    /// @throws BadInputException when one is an MLP, or their activations differ in width
    public static ProbeCosines of(Map<String, NamedProbe> probes) {
        try (Scope _ = Scope.open()) {
            List<Direction> directions = new ArrayList<>();
            List<Tensor> rows = new ArrayList<>();
            probes.forEach((name, probe) -> {
                List<String> classes = probe.facts().classes();
                for (String to : classes.size() == 2 ? classes.subList(0, 1) : classes) {
                    Tensor row = probe.direction(to, null).to(Dtype.F64);
                    if (!rows.isEmpty() && rows.getFirst().dim(0) != row.dim(0)) {
                        throw new BadInputException("the probe " + name + " reads " + row.dim(0) + " numbers and "
                                + directions.getFirst().probe + " "
                                + rows.getFirst().dim(0)
                                + "; give probes of sites of one width.");
                    }
                    rows.add(row);
                    directions.add(new Direction(
                            name,
                            probe.facts().model(),
                            probe.facts().site(),
                            to,
                            classes.size() == 2 ? classes.get(1) : "others"));
                }
            });
            Tensor all = Tensor.stack(rows, 0);
            double[] products = all.matmul(all.transpose(0, 1)).toDoubles();
            List<List<Double>> cosines = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                List<Double> line = new ArrayList<>();
                for (int column = 0; column < rows.size(); column++) {
                    line.add(products[row * rows.size() + column]);
                }
                cosines.add(line);
            }
            return new ProbeCosines(directions, cosines, 1 / Math.sqrt(all.dim(1)));
        }
    }
}
