package cutaway.interp.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingTableTest {

    private static final Map<String, String> FACTS = Map.of("from", "a test");

    @TempDir
    private Path folder;

    private static List<NumberColumn> rows(int from, int to) {
        float[] values = new float[to - from];
        for (int i = from; i < to; i++) {
            values[i - from] = (i * 2_654_435_761L) % 1009;
        }
        return List.of(
                new NumberColumn.Whole("n", IntStream.range(from, to).toArray()), new NumberColumn.Single("x", values));
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void holdsTheSameBytesAsATableThatIsWrittenAtOnce() throws IOException {
        Table.write(folder.resolve("whole.parquet"), rows(0, 300_000), FACTS);
        try (GrowingTable table = GrowingTable.open(folder.resolve("grown.parquet"), rows(0, 0))) {
            for (int from = 0; from < 300_000; from += 7_500) {
                table.add(rows(from, from + 7_500));
            }
            table.write(FACTS);
        }
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("whole.parquet")),
                Files.readAllBytes(folder.resolve("grown.parquet")));
        assertEquals(List.of("grown.parquet", "whole.parquet"), files(), "nothing waits");
    }

    /// 96 MB of rows, of which 64 MB may be in memory.
    @Test
    void rowsBeyondMemoryWaitOnTheDisk() throws Exception {
        Path out = folder.resolve("long.parquet");
        int count = 12_000_000;
        try (GrowingTable table = GrowingTable.open(out, rows(0, 0), 64)) {
            for (int from = 0; from < count; from += 250_000) {
                table.add(rows(from, from + 250_000));
            }
            table.write(FACTS);
        }
        try (Database database = Database.open();
                var statement = database.connection().createStatement();
                var found = statement.executeQuery(
                        "SELECT count(*), max(n), sum(abs(n - file_row_number)) FROM read_parquet("
                                + Database.text(Database.file(out)) + ", file_row_number = true)")) {
            found.next();
            assertEquals(count, found.getLong(1));
            assertEquals(count - 1, found.getLong(2));
            assertEquals(0, found.getLong(3), "in the order in which they came");
        }
    }

    @Test
    void leavesTheTargetAsItWasUntilItIsWritten() throws IOException {
        Path out = folder.resolve("kept.parquet");
        Files.writeString(out, "kept");
        try (GrowingTable table = GrowingTable.open(out, rows(0, 10))) {
            table.add(rows(10, 20));
        }
        assertEquals("kept", Files.readString(out));
        assertEquals(List.of("kept.parquet"), files());
        assertThrows(
                BadInputException.class,
                () -> GrowingTable.open(folder.resolve("none/codes.parquet"), rows(0, 0))
                        .close());
    }
}
