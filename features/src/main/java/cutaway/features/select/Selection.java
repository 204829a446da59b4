package cutaway.features.select;

import java.util.Comparator;
import java.util.List;

/// A curve over a setting, and what it says is best.
///
/// @param setting what is chosen, such as `rank`
/// @param points in the order of the setting
public record Selection(String setting, List<Point> points) {

    /// Losses are mean squares of a number.
    ///
    /// @param value of the setting
    /// @param selfSupervised of what was not seen: in expectation the loss to the truth, and the noise's variance
    /// @param train of what was seen, which falls with every setting that lets more through
    public record Point(double value, double selfSupervised, double train) {}

    public Selection {
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("nothing to choose a " + setting + " of");
        }
    }

    /// The setting with the least loss of what was not seen; of equals the first.
    public Point chosen() {
        return points.stream()
                .min(Comparator.comparingDouble(Point::selfSupervised))
                .orElseThrow();
    }

    /// The setting that the loss of what was seen would choose.
    public Point byTrain() {
        return points.stream().min(Comparator.comparingDouble(Point::train)).orElseThrow();
    }
}
