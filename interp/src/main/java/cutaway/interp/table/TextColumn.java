package cutaway.interp.table;

import cutaway.tensor.BadInputException;
import cutaway.tensor.RegularFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The texts of one column of a Parquet file, in the order of its rows, a few thousand in memory at a time.
public final class TextColumn implements AutoCloseable {

    private final Path file;
    private final Database database;
    private final ResultSet rows;

    private TextColumn(Path file, Database database, ResultSet rows) {
        this.file = file;
        this.database = database;
        this.rows = rows;
    }

    /// @throws BadInputException when the file is no Parquet, or has no such column of texts
    public static TextColumn open(Path file, String column) {
        RegularFile.check(file, "a Parquet file");
        if (!Files.exists(file)) {
            throw new BadInputException("there is no file " + file + "; expected a Parquet file.");
        }
        Database database = null;
        try {
            database = Database.streaming();
            database.execute("SET threads = 1"); // the rows come in the order of the file
            check(file, column, database);
            Statement statement = database.connection().createStatement();
            ResultSet rows = statement.executeQuery(
                    "SELECT " + Database.name(column) + " FROM read_parquet(" + Views.literal(file) + ")");
            TextColumn opened = new TextColumn(file, database, rows);
            database = null;
            return opened;
        } catch (SQLException e) {
            throw unreadable(file, e);
        } finally {
            close(database);
        }
    }

    private static void check(Path file, String column, Database database) throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        try (Statement statement = database.connection().createStatement();
                ResultSet found = statement.executeQuery("DESCRIBE FROM read_parquet(" + Views.literal(file) + ")")) {
            while (found.next()) {
                types.put(found.getString(1), found.getString(2));
            }
        }
        if (!"VARCHAR".equals(types.get(column))) {
            throw new BadInputException(file + " has no column of texts \"" + column + "\"; its columns are "
                    + types.entrySet().stream()
                            .map(entry -> entry.getKey() + " " + entry.getValue())
                            .collect(Collectors.joining(", "))
                    + ": name one that is VARCHAR.");
        }
    }

    /// Whether there is another row, to which it moves.
    public boolean next() {
        try {
            return rows.next();
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }

    /// The text of this row; null where it has none.
    public @Nullable String text() {
        try {
            return rows.getString(1);
        } catch (SQLException e) {
            throw unreadable(file, e);
        }
    }

    private static BadInputException unreadable(Path file, SQLException failure) {
        return new BadInputException(
                file + " cannot be read as a Parquet file: " + Database.message(failure)
                        + "; write it again, or remove it.",
                failure);
    }

    @Override
    public void close() {
        close(database);
    }

    private static void close(@Nullable Database database) {
        try {
            if (database != null) {
                database.close();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("closing a database in memory", e);
        }
    }
}
