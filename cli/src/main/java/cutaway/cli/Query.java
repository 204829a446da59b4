package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Csv;
import cutaway.cli.report.Ink;
import cutaway.interp.table.Answer;
import cutaway.interp.table.Column;
import cutaway.tensor.BadInputException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway query`: SQL over tables of effects.
@Command(
        name = "query",
        description = {
            "Asks Parquet files in SQL (DuckDB's); each file is a table under its name without the extension.",
            "It reads those files and nothing else. SHOW TABLES lists them, DESCRIBE TABLE their columns."
        },
        footer = {
            "",
            "Example:",
            "  cutaway query \"SHOW TABLES\" --in results",
            "  cutaway query \"SELECT head, avg(effect) FROM effects GROUP BY head ORDER BY 2 DESC LIMIT 10\" --in"
                    + " results"
        },
        mixinStandardHelpOptions = true)
final class Query implements Callable<Integer> {

    /// Significant digits of a number in the terminal.
    private static final MathContext DIGITS = new MathContext(6);

    @Parameters(paramLabel = "SQL", description = "One SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW or SUMMARIZE.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String sql;

    @Option(
            names = "--in",
            paramLabel = "PLACE",
            description =
                    "A Parquet file, or a folder whose *.parquet count, with those of its direct subfolders; may be"
                            + " given again (default: the current folder).")
    private List<Path> places = new ArrayList<>();

    @Option(names = "--csv", description = "Print the result as CSV (RFC 4180).")
    private boolean csv;

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        if (csv && console.isJson()) {
            throw new BadInputException("both --csv and --json were given; give one of them.");
        }
        Answer answer = cutaway.interp.table.Query.run(sql, places.isEmpty() ? List.of(Path.of("")) : places);
        answer.notes().forEach(console::note);
        if (console.isJson()) {
            console.json(objects(answer));
        } else if (csv) {
            csv(answer);
        } else {
            table(answer);
        }
        if (answer.rows().isEmpty()) {
            console.note("no rows");
        }
        return 0;
    }

    private void table(Answer answer) {
        Ink ink = Ink.ofTerminal();
        AlignedTable table = new AlignedTable(
                answer.columns().stream()
                        .map(column -> new AlignedTable.Head(column.name(), column.isNumber()))
                        .toList(),
                answer.rows().stream()
                        .map(row -> row.stream().map(Query::shown).toList())
                        .toList(),
                ink.width());
        List<String> lines = table.lines();
        console.out().println(ink.bold(lines.getFirst()));
        lines.subList(1, lines.size()).forEach(console.out()::println);
        if (!table.leftOut().isEmpty()) {
            console.note("no room for the columns " + String.join(", ", table.leftOut())
                    + "; name fewer columns, widen the terminal, or use --csv or --json.");
        }
    }

    private void csv(Answer answer) {
        PrintWriter out = console.out();
        out.print(Csv.line(answer.columns().stream().map(Column::name).toList()));
        answer.rows()
                .forEach(
                        row -> out.print(Csv.line(row.stream().map(Query::whole).toList())));
        out.flush();
    }

    private static List<Map<String, @Nullable Object>> objects(Answer answer) {
        List<String> names = answer.columns().stream().map(Column::name).toList();
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        for (List<@Nullable Object> row : answer.rows()) {
            var object = new LinkedHashMap<String, @Nullable Object>();
            for (int i = 0; i < names.size(); i++) {
                object.put(names.get(i), row.get(i));
            }
            objects.add(object);
        }
        return objects;
    }

    /// A value with all its digits; null for null.
    private static @Nullable String whole(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }

    /// A value for people: null is empty, and floating-point numbers have six digits.
    private static String shown(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Double number -> sixDigits(number);
            case Float number -> sixDigits(number);
            case BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }

    /// Six significant digits, all before the point, and no zeros at the end: 0.123457, 1234568, 1.2e-09.
    static String sixDigits(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e15)) {
            return String.format(Locale.ROOT, "%.5e", value).replaceFirst("\\.?0*e", "e");
        }
        BigDecimal exact = new BigDecimal(value);
        BigDecimal rounded = size >= 1e6 ? exact.setScale(0, RoundingMode.HALF_EVEN) : exact.round(DIGITS);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
