package cutaway.interp.table;

import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/// A DuckDB database in memory, gone when it is closed, or in a file; the one place that opens one.
///
/// It fetches nothing: the parquet and json extensions are part of the library, and others are neither installed
/// nor loaded. It spills nothing to disk either: what needs more memory than DuckDB allows itself (80 % of the
/// machine's) fails.
final class Database implements AutoCloseable {

    private final DuckDBConnection connection;

    private Database(DuckDBConnection connection) {
        this.connection = connection;
    }

    /// @throws BadInputException where DuckDB's native library cannot be unpacked or loaded
    static Database open() throws SQLException {
        return open(new Properties());
    }

    /// One whose answers are read as they are computed: an error on the way loses its words (2.0.0.1: "Invalid result
    /// set").
    static Database streaming() throws SQLException {
        var settings = new Properties();
        settings.setProperty("jdbc_stream_results", "true");
        return open(settings);
    }

    /// One whose tables are in a file, of which DuckDB holds only so much in memory; the caller deletes the file.
    ///
    /// @param megabytes of memory at most
    static Database inFile(Path file, int megabytes) throws SQLException {
        var settings = new Properties();
        settings.setProperty("memory_limit", megabytes + "MB");
        return open("jdbc:duckdb:" + file(file), settings);
    }

    private static Database open(Properties settings) throws SQLException {
        return open("jdbc:duckdb:", settings);
    }

    private static Database open(String url, Properties settings) throws SQLException {
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("temp_directory", "");
        try {
            return new Database(DuckDBConnection.newConnection(url, false, url, settings));
        } catch (LinkageError e) {
            throw new BadInputException(
                    "DuckDB's native library cannot be loaded (" + rootOf(e)
                            + "); it is there for Linux, Windows and macOS on Apple silicon, and needs 80 MB in a"
                            + " temporary folder that programs may run from: it is "
                            + System.getProperty("java.io.tmpdir")
                            + ", name another with CUTAWAY_JAVA_OPTS=-Djava.io.tmpdir=FOLDER.",
                    e);
        }
    }

    DuckDBConnection connection() {
        return connection;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /// A text as SQL writes it.
    static String text(String value) {
        return "'" + value.replace("'", "''").replace("\0", "' || chr(0) || '") + "'"; // a literal ends at a NUL
    }

    /// A name as SQL writes it.
    static String name(String value) {
        return "\"" + value.replace("\"", "\"\"") + "\"";
    }

    /// A file as `read_parquet` and `COPY` know it.
    static String file(Path path) {
        return path.toAbsolutePath().toString();
    }

    /// What DuckDB says of a failure, without the place in the statement that it draws below.
    static String message(SQLException failure) {
        return String.valueOf(failure.getMessage())
                .lines()
                .takeWhile(line -> !line.startsWith("LINE "))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static String rootOf(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return String.valueOf(root.getMessage());
    }
}
