package cutaway.interp.table;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// A Parquet file of numbers whose rows come a few at a time: they wait in a file beside the target, however many they
/// are, and memory holds a bounded part of them. The target is as it was until [#write].
///
///     try (GrowingTable table = GrowingTable.open(out, none)) {
///         table.add(some);
///         table.add(more);
///         table.write(facts);
///     }
public final class GrowingTable implements AutoCloseable {

    private static final int MEGABYTES = 256;

    private final Path out;
    private final Path waiting;
    private final Database database;

    private GrowingTable(Path out, Path waiting, Database database) {
        this.out = out;
        this.waiting = waiting;
        this.database = database;
    }

    /// @param first names and kinds of all columns, with the first rows, or none
    /// @throws cutaway.tensor.BadInputException where the folder is missing or the disk refuses
    public static GrowingTable open(Path out, List<NumberColumn> first) {
        return open(out, first, MEGABYTES);
    }

    /// @param megabytes of memory that waiting rows take at most
    static GrowingTable open(Path out, List<NumberColumn> first, int megabytes) {
        Path waiting = Table.beside(out);
        try {
            GrowingTable table = new GrowingTable(out, waiting, Database.inFile(waiting, megabytes));
            table.begin(first);
            return table;
        } catch (SQLException e) {
            delete(waiting);
            throw Table.refused(out, e);
        }
    }

    private void begin(List<NumberColumn> first) throws SQLException {
        try {
            database.execute("SET threads = 1"); // each thread has row groups of its own in memory
            Table.create(database, first);
            Table.append(database, first);
        } catch (SQLException e) {
            database.close();
            throw e;
        }
    }

    /// Puts rows behind those that are there.
    ///
    /// @param columns the same as the first, of one length
    /// @throws cutaway.tensor.BadInputException where the disk refuses
    public void add(List<NumberColumn> columns) {
        try {
            Table.append(database, columns);
        } catch (SQLException e) {
            throw Table.refused(out, e);
        }
    }

    /// Writes all rows to the target, as [Table#write(Path, List, Map)].
    public void write(Map<String, String> metadata) {
        Table.put(database, out, Table.beside(out), metadata);
    }

    @Override
    public void close() {
        try {
            database.close();
        } catch (SQLException e) {
            throw Table.refused(out, e);
        } finally {
            delete(waiting);
        }
    }

    private static void delete(Path waiting) {
        Table.deleteIfLeft(waiting);
        Table.deleteIfLeft(waiting.resolveSibling(waiting.getFileName() + ".wal"));
    }
}
