package cutaway.server.tables;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.whatif.ColumnSummary;
import cutaway.interp.whatif.Datapoints;
import cutaway.lab.table.Loans;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.tables.Tables.TableEntry;
import java.util.List;
import java.util.Locale;

/// The tables that are kept: what is in them, and new ones.
public final class TableAnswers {

    private static final int MOST_COLUMNS = 6;

    private final Tables tables;

    public TableAnswers(Tables tables) {
        this.tables = tables;
    }

    public record TableList(List<TableEntry> tables) {}

    /// @param name ending in .csv or .jsonl
    /// @param text CSV with a line of names, or JSON lines
    public record TableGiven(
            @JsonProperty(required = true) String name,
            @JsonProperty(required = true) String text) {}

    /// @param bias planted against the east
    public record LoansAsked(
            @JsonProperty(required = true) int rows,
            @JsonProperty(required = true) double bias,
            @JsonProperty(required = true) long seed) {}

    public record TableAsked(@JsonProperty(required = true) String table) {}

    /// @param sha256 of its text
    public record TableOverview(String name, String sha256, int rows, List<ColumnSummary> columns) {}

    /// @param columns their names, at most 6
    public record ValuesAsked(
            @JsonProperty(required = true) String table,
            @JsonProperty(required = true) List<String> columns) {}

    /// @param texts of every row; an empty text is a missing value
    public record ColumnValues(String column, boolean numeric, List<String> texts) {}

    public record TableValues(String table, List<ColumnValues> columns) {}

    public List<Route<?, ?>> routes() {
        return List.of(
                Route.get(
                        "/api/tables",
                        "The tables that are kept in tables/ of the workbench's folder.",
                        TableList.class,
                        at -> new TableList(tables.all())),
                Route.post(
                        "/api/tables",
                        "Keeps a table of datapoints, CSV or JSON lines.",
                        TableGiven.class,
                        TableOverview.class,
                        (asked, at) -> overview(tables.put(asked.name, asked.text))),
                Route.post(
                        "/api/tables/loans",
                        "Makes a table of made-up loans with a planted bias, and keeps it.",
                        LoansAsked.class,
                        TableOverview.class,
                        (asked, at) -> loans(asked)),
                Route.post(
                        "/api/tables/overview",
                        "What the columns of a table hold.",
                        TableAsked.class,
                        TableOverview.class,
                        (asked, at) -> overview(tables.table(asked.table))),
                Route.post(
                        "/api/tables/values",
                        "The values of some columns of a table, by row.",
                        ValuesAsked.class,
                        TableValues.class,
                        (asked, at) -> values(asked)));
    }

    private TableOverview loans(LoansAsked asked) {
        Loans loans = new Loans(asked.rows, asked.bias, asked.seed);
        String bias = String.format(Locale.ROOT, "%.2f", asked.bias).replace('.', '-');
        return overview(
                tables.put("loans " + asked.rows + " bias " + bias + " seed " + asked.seed + ".csv", loans.csv()));
    }

    private static TableOverview overview(Tables.Opened table) {
        Datapoints datapoints = table.datapoints();
        return new TableOverview(table.name(), table.sha256(), datapoints.rows(), ColumnSummary.of(datapoints));
    }

    private TableValues values(ValuesAsked asked) {
        if (asked.columns.isEmpty() || asked.columns.size() > MOST_COLUMNS) {
            throw new Refusal(
                    400, "there are " + asked.columns.size() + " columns; give 1 to " + MOST_COLUMNS + " of them.");
        }
        Datapoints datapoints = tables.table(asked.table).datapoints();
        return new TableValues(
                asked.table,
                asked.columns.stream()
                        .map(datapoints::column)
                        .map(column -> new ColumnValues(column.name(), column.isNumeric(), column.texts()))
                        .toList());
    }
}
