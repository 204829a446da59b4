package cutaway.lab.table;

import cutaway.interp.whatif.Column;
import cutaway.interp.whatif.ColumnSummary;
import cutaway.interp.whatif.Datapoints;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A datapoint as numbers that a net takes: numbers less their mean over their deviation, 0 where they are
/// missing; of texts one number for each that the table has, 1 for the datapoint's own. Columns with more
/// than 24 different texts are left out.
record TableEncoding(List<Part> parts) {

    private static final int MOST_TEXTS = 24;

    /// A column, or one text of it.
    ///
    /// @param text that is meant; empty for a number
    private record Part(int index, double mean, double deviation, String text) {}

    static TableEncoding of(Datapoints datapoints, List<String> features) {
        List<Part> parts = new ArrayList<>();
        for (String name : features) {
            Column column = datapoints.column(name);
            int index = datapoints.index(name);
            if (column.isNumeric()) {
                ColumnSummary summary = ColumnSummary.of(column);
                Double mean = summary.mean();
                Double deviation = summary.deviation();
                if (mean != null && deviation != null && deviation > 0) {
                    parts.add(new Part(index, mean, deviation, ""));
                }
            } else if (column.counts().size() <= MOST_TEXTS) {
                column.counts().keySet().stream()
                        .filter(text -> !text.isEmpty())
                        .forEach(text -> parts.add(new Part(index, 0, 1, text)));
            }
        }
        if (parts.isEmpty()) {
            throw new BadInputException(
                    "no column is left that a net could learn from; expected numbers that differ, or"
                            + " texts of at most " + MOST_TEXTS + " kinds.");
        }
        return new TableEncoding(parts);
    }

    int width() {
        return parts.size();
    }

    /// Where the columns stand that it takes a number from, ascending.
    List<Integer> columns() {
        return parts.stream().map(Part::index).distinct().sorted().toList();
    }

    /// `[1, n, width]`.
    Tensor of(List<List<String>> points) {
        float[] x = new float[points.size() * parts.size()];
        int at = 0;
        for (List<String> point : points) {
            for (Part part : parts) {
                String text = point.get(part.index);
                x[at++] = part.text.isEmpty() ? number(text, part) : text.equals(part.text) ? 1 : 0;
            }
        }
        return Tensor.of(x, 1, points.size(), parts.size());
    }

    private static float number(String text, Part part) {
        double number = Column.number(text);
        return Double.isNaN(number) ? 0 : (float) ((number - part.mean) / part.deviation);
    }
}
