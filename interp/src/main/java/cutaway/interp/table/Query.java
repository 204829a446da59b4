package cutaway.interp.table;

import cutaway.tensor.BadInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// SQL over Parquet files: each is a view under its name without the extension.
///
/// A query reads these files and nothing else. Its parser lets only SELECT and its like through ([Question]), and
/// DuckDB opens no other file, nor the network, nor an extension ([Views]). That is against mistakes and for what
/// was pasted from elsewhere; it is no sandbox for hostile files.
public final class Query {

    /// Rows of the largest answer: with many more, the memory of a small JVM runs out.
    private static final int MOST_ROWS = 1_000_000;

    /// DuckDB's words for a table that is not there; what it suggests then may be a table of its own.
    private static final Pattern NO_TABLE =
            Pattern.compile("^Catalog Error: Table with name (.+) does not exist!(?: Did you mean \"(.+)\"[?])?");

    private Query() {}

    /// Runs one query over the tables of a folder: see [#run(String, List)].
    public static Answer run(String sql, Path folder) {
        return run(sql, List.of(folder));
    }

    /// Runs one query.
    ///
    /// @param places Parquet files, and folders whose `*.parquet` count, their own and those of their direct
    ///     subfolders
    /// @throws BadInputException for a place that is missing or holds no table; a statement that does more than
    ///     read; a name that several files share, or a file that is no Parquet, where the query asks for it; an
    ///     error in the SQL or of its run; an answer of more than a million rows
    public static Answer run(String sql, List<Path> places) {
        TableFiles files = TableFiles.in(places);
        try (Database database = Database.open()) {
            Question question = Question.of(sql, database);
            List<String> notes = Views.of(files, database).notes(question);
            return answer(sql, database, notes);
        } catch (SQLException e) {
            String message = Database.message(e);
            Matcher missing = NO_TABLE.matcher(message);
            throw new BadInputException(
                    missing.find()
                            ? files.without(missing.group(1), Optional.ofNullable(missing.group(2)))
                            : "the query cannot be run: " + explained(message),
                    e);
        }
    }

    /// One file as SQL writes it: an argument of `read_parquet` or `parquet_kv_metadata`, in a query over that file.
    public static String literal(Path file) {
        return Views.literal(file);
    }

    private static String explained(String message) {
        if (message.startsWith("Permission Error")) {
            return message + "; a query reads only the tables that SHOW TABLES lists.";
        }
        return message;
    }

    /// Through DuckDB's `query`, which takes one SELECT or the like as a subquery: an answer of any length stops at
    /// the bound. It keeps the order of the rows, and gives columns of one name different ones (`a`, `a_1`). Not by
    /// streaming, where JDBC loses what an error said (2.0.0.1: "Invalid result set").
    private static Answer answer(String sql, Database database, List<String> notes) throws SQLException {
        String bounded = "FROM query(" + Database.text(sql) + ") LIMIT " + (MOST_ROWS + 1);
        try (PreparedStatement statement = database.connection().prepareStatement(bounded);
                ResultSet found = statement.executeQuery()) {
            ResultSetMetaData about = found.getMetaData();
            List<Column> columns = new ArrayList<>();
            for (int i = 1; i <= about.getColumnCount(); i++) {
                columns.add(new Column(about.getColumnLabel(i), about.getColumnTypeName(i)));
            }
            List<List<@Nullable Object>> rows = new ArrayList<>();
            while (found.next()) {
                if (rows.size() == MOST_ROWS) {
                    throw new BadInputException(String.format(
                            Locale.ROOT,
                            "the answer has more than %,d rows; ask for less (WHERE, GROUP BY, LIMIT).",
                            MOST_ROWS));
                }
                var row = new @Nullable Object[columns.size()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = value(found, i + 1);
                }
                rows.add(Collections.unmodifiableList(Arrays.asList(row)));
            }
            return new Answer(List.copyOf(columns), Collections.unmodifiableList(rows), notes);
        }
    }

    private static @Nullable Object value(ResultSet row, int column) throws SQLException {
        return switch (row.getObject(column)) {
            case null -> null;
            case Number number -> number;
            case Boolean yes -> yes;
            case String text -> text;
            case Blob bytes -> text(bytes.getBytes(1, (int) bytes.length()), row.getString(column));
            default -> row.getString(column);
        };
    }

    /// Bytes as the text that they are in UTF-8, else as DuckDB writes them (`\xE2\x82`).
    private static String text(byte[] bytes, String escaped) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return escaped;
        }
    }
}
