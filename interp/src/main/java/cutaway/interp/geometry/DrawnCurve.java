package cutaway.interp.geometry;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A curve as it is drawn: along the directions in which its points at labels vary most.
///
/// @param line points between the least and the greatest label, close to each other
/// @param labels the points of labels
/// @param own where an activation stands in these directions
/// @param nearest the label of the line's point that is nearest to the activation, in all its directions
/// @param shares of the variance of the labels' points that each direction has
public record DrawnCurve(
        List<Point> line, List<Labelled> labels, List<Double> own, double nearest, List<Double> shares) {

    /// How many directions are drawn at most.
    public static final int DIRECTIONS = 3;

    private static final int STEPS = 400;

    public DrawnCurve {
        line = List.copyOf(line);
        labels = List.copyOf(labels);
        own = List.copyOf(own);
        shares = List.copyOf(shares);
    }

    /// @param at by direction
    public record Point(double label, List<Double> at) {}

    /// @param isFitted whether the curve has seen the label
    /// @param at by direction
    public record Labelled(double label, boolean isFitted, List<Double> at) {}

    /// @param x an activation of the fit's site, `[d]`
    /// @throws BadInputException when it is of another width
    public static DrawnCurve of(StoredFit fit, Tensor x) {
        double[] labels = Stream.concat(fit.facts().labels().stream(), fit.facts().heldOut().stream())
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return Scope.free(() -> {
            Tensor points = fit.fit().at(labels); // [label, d]
            Tensor here = x.to(Dtype.F64).reshape(1, -1);
            if (here.dim(1) != points.dim(1)) {
                throw new BadInputException("a fit of " + points.dim(1) + " numbers was put to an activation of "
                        + here.dim(1) + "; give the model that it was made of.");
            }
            PrincipalComponents components = PrincipalComponents.of(points, labels.length);
            double[] between = between(labels[0], labels[labels.length - 1]);
            double[][] line = rows(components.codes(fit.fit().at(between)));
            double[][] ofLabels = rows(components.codes(points));
            double[] own = rows(components.codes(here))[0];
            int nearest = IntStream.range(0, line.length)
                    .reduce((a, b) -> apart(line[b], own) < apart(line[a], own) ? b : a)
                    .orElseThrow();
            double all = Arrays.stream(components.variances()).sum();
            return new DrawnCurve(
                    IntStream.range(0, between.length)
                            .mapToObj(i -> new Point(between[i], drawn(line[i])))
                            .toList(),
                    IntStream.range(0, labels.length)
                            .mapToObj(i -> new Labelled(
                                    labels[i], fit.facts().labels().contains(labels[i]), drawn(ofLabels[i])))
                            .toList(),
                    drawn(own),
                    between[nearest],
                    Arrays.stream(components.variances())
                            .limit(DIRECTIONS)
                            .mapToObj(variance -> all > 0 ? variance / all : 0)
                            .toList());
        });
    }

    private static double[] between(double first, double last) {
        return IntStream.rangeClosed(0, STEPS)
                .mapToDouble(i -> first + (last - first) * i / STEPS)
                .toArray();
    }

    private static double[][] rows(Tensor codes) {
        int width = Math.toIntExact(codes.dim(1));
        double[] all = codes.toDoubles();
        return IntStream.range(0, all.length / width)
                .mapToObj(row -> Arrays.copyOfRange(all, row * width, (row + 1) * width))
                .toArray(double[][]::new);
    }

    private static double apart(double[] a, double[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i]))
                .sum();
    }

    private static List<Double> drawn(double[] codes) {
        return DoubleStream.of(codes).limit(DIRECTIONS).boxed().toList();
    }
}
