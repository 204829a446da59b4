package cutaway.interp.whatif;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A table of datapoints: columns of one length, each with a name of its own. A datapoint is the list of its
/// texts in the order of the columns.
public final class Datapoints {

    /// Rows that are taken.
    public static final int MOST_ROWS = 20_000;

    /// Columns that are taken.
    public static final int MOST_COLUMNS = 100;

    private final List<Column> columns;
    private final int rows;

    private Datapoints(List<Column> columns, int rows) {
        this.columns = List.copyOf(columns);
        this.rows = rows;
    }

    /// @param names of the columns
    /// @param rows each with a text for every column
    /// @throws BadInputException when a name is empty or there twice, or there are no rows, or too many
    public static Datapoints of(List<String> names, List<List<String>> rows) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (name.isBlank() || !seen.add(name)) {
                throw new BadInputException("the table has "
                        + (name.isBlank() ? "a column without a name" : "two columns named \"" + name + "\"")
                        + "; give each a name of its own in the first line.");
            }
        }
        if (names.isEmpty() || names.size() > MOST_COLUMNS || rows.isEmpty() || rows.size() > MOST_ROWS) {
            throw new BadInputException(
                    "the table has %,d rows of %,d columns; expected 1 to %,d rows of 1 to %d columns."
                            .formatted(rows.size(), names.size(), MOST_ROWS, MOST_COLUMNS));
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int at = i;
            columns.add(new Column(
                    names.get(i), rows.stream().map(row -> row.get(at)).toList()));
        }
        return new Datapoints(columns, rows.size());
    }

    public List<Column> columns() {
        return columns;
    }

    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /// How many datapoints there are.
    public int rows() {
        return rows;
    }

    /// @throws BadInputException when there is no such column
    public Column column(String name) {
        return columns.get(index(name));
    }

    /// Where a column stands, from 0.
    ///
    /// @throws BadInputException when there is no such column
    public int index(String name) {
        int index = names().indexOf(name);
        if (index < 0) {
            throw new BadInputException(
                    "the table has no column \"" + name + "\"; it has " + String.join(", ", names()) + ".");
        }
        return index;
    }

    /// A datapoint: its texts, in the order of the columns.
    public List<String> row(int row) {
        if (row < 0 || row >= rows) {
            throw new BadInputException("there is no row " + row + "; the table has rows 0 to " + (rows - 1) + ".");
        }
        return columns.stream().map(column -> column.texts().get(row)).toList();
    }

    /// All datapoints.
    public List<List<String>> all() {
        List<List<String>> all = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            all.add(row(row));
        }
        return all;
    }

    @Override
    public String toString() {
        return rows + " rows of " + names();
    }
}
