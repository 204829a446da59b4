package cutaway.interp.geometry;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Columns made of a label, whose linear map is to give the activation; a constant is always there beside them.
public sealed interface LabelFeatures {

    /// How one is written.
    String SYNTAX = "fourier:2,5,10,100 (a helix), circle:2,5,10,100 (the same without n) or poly:9";

    /// The generalised helix of Kantamneni & Tegmark (2025, arXiv:2502.00873):
    ///
    ///     B(n) = [cos(2 pi n / T), sin(2 pi n / T) for each T; n]
    ///
    /// @param periods T, in the unit of the label
    /// @param linear whether n itself is a column
    record Fourier(List<Double> periods, boolean linear) implements LabelFeatures {
        public Fourier {
            periods = List.copyOf(periods);
            if (periods.isEmpty() || periods.stream().anyMatch(period -> !(period > 0 && Double.isFinite(period)))) {
                throw new BadInputException("periods are " + periods + "; expected at least one, each above 0.");
            }
        }
    }

    /// Powers of a label up to a degree, as Chebyshev polynomials over the range of the labels that are fitted: the
    /// same curves, without the rounding.
    record Polynomial(int degree) implements LabelFeatures {
        public Polynomial {
            if (degree < 1 || degree > 100) {
                throw new BadInputException("a polynomial of degree " + degree + "; expected 1 to 100.");
            }
        }
    }

    /// Any columns.
    ///
    /// @param name in tables
    /// @param count of columns
    /// @param columns of a label
    record Custom(String name, int count, DoubleFunction<double[]> columns) implements LabelFeatures {}

    /// The columns of a label, for labels that are fitted.
    default DoubleFunction<double[]> over(double[] fitted) {
        return switch (this) {
            case Fourier(List<Double> periods, boolean linear) ->
                label -> {
                    double[] columns = new double[2 * periods.size() + (linear ? 1 : 0)];
                    for (int i = 0; i < periods.size(); i++) {
                        columns[2 * i] = Math.cos(2 * Math.PI * label / periods.get(i));
                        columns[2 * i + 1] = Math.sin(2 * Math.PI * label / periods.get(i));
                    }
                    if (linear) {
                        columns[columns.length - 1] = label;
                    }
                    return columns;
                };
            case Polynomial(int degree) -> {
                double low = Arrays.stream(fitted).min().orElse(0);
                double high = Arrays.stream(fitted).max().orElse(1);
                double width = high > low ? high - low : 1;
                yield label -> chebyshev(2 * (label - low) / width - 1, degree);
            }
            case Custom(String _, int _, DoubleFunction<double[]> columns) -> columns;
        };
    }

    private static double[] chebyshev(double x, int degree) {
        double[] columns = new double[degree];
        double before = 1;
        double now = x;
        for (int i = 0; i < degree; i++) {
            columns[i] = now;
            double next = 2 * x * now - before;
            before = now;
            now = next;
        }
        return columns;
    }

    /// How many columns there are, the constant not among them.
    default int count() {
        return switch (this) {
            case Fourier(List<Double> periods, boolean linear) -> 2 * periods.size() + (linear ? 1 : 0);
            case Polynomial(int degree) -> degree;
            case Custom(String _, int count, DoubleFunction<double[]> _) -> count;
        };
    }

    /// As it is written.
    default String text() {
        return switch (this) {
            case Fourier(List<Double> periods, boolean linear) ->
                (linear ? "fourier:" : "circle:")
                        + periods.stream().map(LabelFeatures::number).collect(Collectors.joining(","));
            case Polynomial(int degree) -> "poly:" + degree;
            case Custom(String name, int _, DoubleFunction<double[]> _) -> name;
        };
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(Math.round(value * 1e4) / 1e4);
    }

    /// A label as one of some values: the best that any function of these labels does. Other values have no column.
    static Custom oneOf(double[] values) {
        double[] sorted = Arrays.stream(values).distinct().sorted().toArray();
        return new Custom(
                "one column a label",
                sorted.length,
                label -> IntStream.range(0, sorted.length)
                        .mapToDouble(i -> sorted[i] == label ? 1 : 0)
                        .toArray());
    }

    /// @throws BadInputException when it is not written as [#SYNTAX] says
    static LabelFeatures parse(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(colon + 1);
        try {
            return switch (kind) {
                case "fourier", "circle" ->
                    new Fourier(
                            Arrays.stream(value.split(",", -1))
                                    .map(each -> Double.valueOf(each.strip()))
                                    .toList(),
                            kind.equals("fourier"));
                case "poly" -> new Polynomial(Integer.parseInt(value.strip()));
                default -> throw new NumberFormatException(kind);
            };
        } catch (NumberFormatException e) {
            throw new BadInputException("features of a label are \"" + text + "\"; expected " + SYNTAX + ".", e);
        }
    }

    /// A row of columns for each label, row-major.
    static double[] rows(DoubleFunction<double[]> columns, double[] labels) {
        return Arrays.stream(labels)
                .boxed()
                .flatMapToDouble(label -> Arrays.stream(columns.apply(label)))
                .toArray();
    }
}
