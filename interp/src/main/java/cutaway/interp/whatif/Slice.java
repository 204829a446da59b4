package cutaway.interp.whatif;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Rows that are alike in one or two columns.
///
/// @param name such as `region = north`, or `income 20 to 35, region = north`
/// @param rows of the table
public record Slice(String name, int[] rows) {

    /// Texts of a column that are told apart; rows with a rarer one are a slice together.
    private static final int MOST_TEXTS = 19;

    private static final int MOST_BINS = 20;

    public Slice {
        rows = rows.clone();
    }

    @Override
    public int[] rows() {
        return rows.clone();
    }

    /// All rows.
    public static Slice whole(Datapoints datapoints) {
        int[] rows = new int[datapoints.rows()];
        Arrays.setAll(rows, row -> row);
        return new Slice("all", rows);
    }

    /// By the values of columns: numbers with more than `bins` different values in bins of about as many
    /// rows (quantiles), others one by one. Slices without rows are left out.
    ///
    /// @param by one or two columns
    /// @throws BadInputException when there is no such column, or another number of them
    public static List<Slice> by(Datapoints datapoints, List<String> by, int bins) {
        check(by, bins);
        List<String[]> names =
                by.stream().map(name -> names(datapoints.column(name), bins)).toList();
        Map<String, List<Integer>> rows = new LinkedHashMap<>();
        for (int row : order(datapoints, by)) {
            String name = String.join(", ", names.stream().map(all -> all[row]).toList());
            rows.computeIfAbsent(name, _ -> new ArrayList<>()).add(row);
        }
        return rows.entrySet().stream()
                .map(entry -> new Slice(
                        entry.getKey(),
                        entry.getValue().stream()
                                .mapToInt(Integer::intValue)
                                .sorted()
                                .toArray()))
                .toList();
    }

    /// @throws BadInputException when they are not one column or two, or the bins not 2 to 20
    public static void check(List<String> by, int bins) {
        if (by.isEmpty() || by.size() > 2 || (by.size() == 2 && by.get(0).equals(by.get(1)))) {
            throw new BadInputException("slices are by " + (by.isEmpty() ? "no column" : String.join(", ", by))
                    + "; give one column or two.");
        }
        if (bins < 2 || bins > MOST_BINS) {
            throw new BadInputException("slices have " + bins + " bins of numbers; give 2 to " + MOST_BINS + ".");
        }
    }

    /// Rows in the order of their values, so that slices come in it too.
    private static int[] order(Datapoints datapoints, List<String> by) {
        Comparator<Integer> order = order(datapoints.column(by.getFirst()));
        if (by.size() == 2) {
            order = order.thenComparing(order(datapoints.column(by.getLast())));
        }
        Integer[] rows = new Integer[datapoints.rows()];
        Arrays.setAll(rows, row -> row);
        Arrays.sort(rows, order);
        return Arrays.stream(rows).mapToInt(Integer::intValue).toArray();
    }

    private static Comparator<Integer> order(Column column) {
        return column.isNumeric()
                ? Comparator.comparingDouble(column::number)
                : Comparator.comparing(row -> column.texts().get(row));
    }

    /// The name of each row's value.
    private static String[] names(Column column, int bins) {
        Map<String, Integer> counts = column.counts();
        String[] names = new String[column.texts().size()];
        if (!column.isNumeric() || counts.size() <= bins) {
            List<String> told = new ArrayList<>(counts.keySet());
            boolean all = told.size() <= MOST_TEXTS + 1;
            List<String> common = all ? told : told.subList(0, MOST_TEXTS);
            Arrays.setAll(names, row -> {
                String text = column.texts().get(row);
                return column.name()
                        + (!common.contains(text) ? " = any other" : text.isEmpty() ? " missing" : " = " + text);
            });
            return names;
        }
        double[] sorted = column.sorted();
        List<Double> edges = new ArrayList<>();
        for (int i = 1; i < bins; i++) {
            double edge = sorted[(int) ((long) i * sorted.length / bins)];
            if (edge > sorted[0] && (edges.isEmpty() || edge > edges.getLast())) {
                edges.add(edge);
            }
        }
        Arrays.setAll(names, row -> {
            double number = column.number(row);
            if (Double.isNaN(number)) {
                return column.name() + " missing";
            }
            int found = Collections.binarySearch(edges, number);
            int bin = found >= 0 ? found + 1 : -found - 1;
            String from = bin == 0 ? ColumnSummary.text(sorted[0]) : ColumnSummary.text(edges.get(bin - 1));
            return column.name()
                    + (bin == edges.size()
                            ? " " + from + " to " + ColumnSummary.text(sorted[sorted.length - 1])
                            : " " + from + " to below " + ColumnSummary.text(edges.get(bin)));
        });
        return names;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slice its && name.equals(its.name) && Arrays.equals(rows, its.rows);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name + ", " + rows.length + " rows";
    }
}
