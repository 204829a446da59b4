package cutaway.studies;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Arrays;
import java.util.List;

/// A figure as data: the page and the documents draw it.
///
/// @param title what it shows, in a few words
/// @param caption how to read it
/// @param plot what is drawn
public record Figure(String title, String caption, Plot plot) {

    /// @param label with its unit
    /// @param logarithmic whether it is drawn on a logarithmic scale
    public record Axis(String label, boolean logarithmic) {
        public static Axis of(String label) {
            return new Axis(label, false);
        }

        public static Axis log(String label) {
            return new Axis(label, true);
        }
    }

    /// What is drawn.
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Curves.class, name = "curves"),
        @JsonSubTypes.Type(value = Bars.class, name = "bars"),
        @JsonSubTypes.Type(value = Grid.class, name = "grid")
    })
    public sealed interface Plot {}

    /// Series of points over one axis.
    public record Curves(Axis x, Axis y, List<Series> series) implements Plot {
        public Curves {
            series = List.copyOf(series);
        }
    }

    /// @param name in the legend
    /// @param style how it is drawn
    /// @param x of its points
    /// @param y of its points
    public record Series(String name, Style style, List<Double> x, List<Double> y) {
        public Series {
            x = List.copyOf(x);
            y = List.copyOf(y);
            if (x.size() != y.size()) {
                throw new IllegalArgumentException(name + ": " + x.size() + " places of " + y.size() + " values");
            }
        }

        public static Series line(String name, double[] x, double[] y) {
            return new Series(name, Style.LINE, boxed(x), boxed(y));
        }

        public static Series points(String name, double[] x, double[] y) {
            return new Series(name, Style.POINTS, boxed(x), boxed(y));
        }

        /// What others are to be held against.
        public static Series reference(String name, double[] x, double[] y) {
            return new Series(name, Style.REFERENCE, boxed(x), boxed(y));
        }

        private static List<Double> boxed(double[] values) {
            return Arrays.stream(values).boxed().toList();
        }
    }

    /// How a series is drawn.
    public enum Style {
        LINE,
        POINTS,
        /// A line that others are to be held against: a bar, or a theory.
        REFERENCE
    }

    /// Values by name.
    ///
    /// @param x what the values are, with their unit
    public record Bars(Axis x, List<String> names, List<Double> values) implements Plot {
        public Bars {
            names = List.copyOf(names);
            values = List.copyOf(values);
        }
    }

    /// A value for each cell of a grid.
    ///
    /// @param xs labels of columns
    /// @param ys labels of rows, the first on top
    /// @param values row by row; NaN where there is none
    /// @param unit of the values
    public record Grid(Axis x, Axis y, List<String> xs, List<String> ys, List<List<Double>> values, String unit)
            implements Plot {
        public Grid {
            xs = List.copyOf(xs);
            ys = List.copyOf(ys);
            values = List.copyOf(values);
        }
    }
}
