package cutaway.interp.table;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;

/// Writes rows to a Parquet file: one row a record, one column a component.
///
///     record Effect(String head, int layer, @Nullable Double logitDifference) {}
///
/// becomes the columns `head VARCHAR, layer INTEGER, logit_difference DOUBLE`. A component is a String, an enum
/// (its name), an int, long, double or boolean, or one of their boxes; `@Nullable` (JSpecify's) says which may be
/// null. NaN and the infinities stay what they are. Half of a surrogate pair, which no UTF-8 can say, becomes a
/// question mark.
///
/// The same rows and metadata give the same bytes, with the same version of DuckDB.
public final class Table {

    private Table() {}

    /// Writes to a temporary file beside the target, forces it to disk and moves it over the target.
    ///
    /// @param metadata what the file says of itself as a whole (model, prompts, seed, version):
    ///     `parquet_kv_metadata` reads it back. Keys that differ in case alone are refused
    /// @throws BadInputException where the folder is missing or the disk refuses; the target is then as it was
    /// @throws IllegalArgumentException for a record that is no row: see [Field]
    public static <R extends Record> void write(
            Path out, Class<R> rowType, List<R> rows, Map<String, String> metadata) {
        List<Field> fields = Field.of(rowType);
        put(out, metadata, database -> {
            create(database, fields.stream().map(Field::declaration).collect(Collectors.joining(", ")));
            try (DuckDBAppender appender = database.connection().createAppender("t")) {
                int at = 0;
                for (Record row : rows) {
                    append(appender, fields, row, at++);
                }
            }
        });
    }

    /// As [#write], of numbers that are at hand by column, without an object for each row.
    ///
    /// @param columns of one length, under names of their own
    public static void write(Path out, List<NumberColumn> columns, Map<String, String> metadata) {
        put(out, metadata, database -> {
            create(database, columns);
            append(database, columns);
        });
    }

    static void create(Database database, List<NumberColumn> columns) throws SQLException {
        create(database, columns.stream().map(Table::declaration).collect(Collectors.joining(", ")));
    }

    /// Puts rows behind those that are there.
    static void append(Database database, List<NumberColumn> columns) throws SQLException {
        int rows = columns.getFirst().rows();
        if (columns.stream().anyMatch(column -> column.rows() != rows)) {
            throw new IllegalArgumentException("columns of different lengths: " + columns);
        }
        try (DuckDBAppender appender = database.connection().createAppender("t")) {
            for (int row = 0; row < rows; row++) {
                appender.beginRow();
                for (NumberColumn column : columns) {
                    append(appender, column, row);
                }
                appender.endRow();
            }
        }
    }

    /// Fills the table `t` of a database.
    private interface Filling {
        void into(Database database) throws SQLException;
    }

    private static void create(Database database, String columns) throws SQLException {
        database.execute("CREATE TABLE t (" + columns + ")");
    }

    private static void put(Path out, Map<String, String> metadata, Filling filling) {
        properties(metadata); // refuses before rows are taken
        Path temporary = beside(out);
        try (Database database = Database.open()) {
            database.execute("SET threads = 1");
            filling.into(database);
            put(database, out, temporary, metadata);
        } catch (SQLException e) {
            throw refused(out, e);
        }
    }

    /// A file for a while beside the target.
    ///
    /// @throws BadInputException where the target's folder is missing
    static Path beside(Path out) {
        Path target = out.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(target)) {
            throw new BadInputException("cannot write the table " + out
                    + "; expected the path of a file in a folder that exists: make the folder, or name another file.");
        }
        return folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    static BadInputException refused(Path out, SQLException why) {
        return new BadInputException("cannot write the table " + out + ": " + Database.message(why), why);
    }

    /// Writes the table `t`, by way of a temporary file.
    static void put(Database database, Path out, Path temporary, Map<String, String> metadata) {
        String properties = properties(metadata);
        Path target = out.toAbsolutePath();
        try {
            database.execute("SET threads = 1"); // the order of rows and the bounds of row groups hang on nothing
            database.execute("COPY t TO " + Database.text(Database.file(temporary))
                    + " (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false" + properties + ")");
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (SQLException e) {
            throw refused(out, e);
        } catch (IOException e) {
            throw new BadInputException("cannot write the table " + out + ": " + e, e);
        } finally {
            deleteIfLeft(temporary);
        }
    }

    private static String declaration(NumberColumn column) {
        return Database.name(column.name())
                + switch (column) {
                    case NumberColumn.Whole _ -> " INTEGER NOT NULL";
                    case NumberColumn.Single _ -> " REAL";
                };
    }

    private static void append(DuckDBAppender appender, NumberColumn column, int row) throws SQLException {
        switch (column) {
            case NumberColumn.Whole whole -> appender.append(whole.values()[row]);
            case NumberColumn.Single single -> {
                float value = single.values()[row];
                if (Float.isNaN(value)) {
                    appender.appendNull();
                } else {
                    appender.append(value);
                }
            }
        }
    }

    private static void append(DuckDBAppender appender, List<Field> fields, Record row, int at) throws SQLException {
        appender.beginRow();
        for (Field field : fields) {
            switch (field.value(row, at)) {
                case null -> appender.appendNull();
                case String value -> appender.append(value);
                case Integer value -> appender.append(value);
                case Long value -> appender.append(value);
                case Double value -> appender.append(value);
                case Boolean value -> appender.append(value);
                case Object value -> throw new IllegalArgumentException(field.name() + " is " + value);
            }
        }
        appender.endRow();
    }

    /// The option of `COPY` that writes the metadata, in the order of its keys; empty where there is none.
    private static String properties(Map<String, String> metadata) {
        var sorted = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER); // as DuckDB compares the keys
        metadata.forEach((key, value) -> {
            if (key.isEmpty() || key.indexOf('\0') >= 0 || sorted.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException("the key \"" + key
                        + "\" of the metadata is empty, holds U+0000 or is there twice but for its case");
            }
        });
        return sorted.isEmpty()
                ? ""
                : sorted.entrySet().stream()
                        .map(entry -> Database.text(entry.getKey()) + ": " + Database.text(entry.getValue()))
                        .collect(Collectors.joining(", ", ", KV_METADATA {", "}"));
    }

    static void deleteIfLeft(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw new BadInputException("cannot delete " + temporary + ": " + e, e);
        }
    }
}
