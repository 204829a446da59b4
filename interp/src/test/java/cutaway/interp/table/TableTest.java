package cutaway.interp.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written is what is read, and a table that cannot be written leaves the old one.
class TableTest {

    private enum Kind {
        INDUCTION,
        COPYING {} // a constant with a body is of a class of its own
    }

    private record Effect(
            String head,
            int layer,
            long seed,
            double meanEffect,
            boolean passed,
            Kind kind,
            @Nullable String note,
            @Nullable Integer dHead,
            @Nullable Long tokens,
            @Nullable Double klDivergence,
            @Nullable Boolean known,
            @Nullable Kind other) {}

    private record Text(@Nullable String text) {}

    private record Number(double value) {}

    @TempDir
    private Path folder;

    @Test
    void numbersAreWrittenByColumn() {
        Path file = folder.resolve("numbers.parquet");
        Table.write(
                file,
                List.of(
                        new NumberColumn.Whole("row", new int[] {0, -7, Integer.MAX_VALUE}),
                        new NumberColumn.Single("norm", new float[] {0.1f, Float.NaN, Float.POSITIVE_INFINITY})),
                Map.of("seed", "7"));
        Answer answer = Query.run("FROM numbers", folder);
        assertEquals(List.of(new Column("row", "INTEGER"), new Column("norm", "FLOAT")), answer.columns());
        assertEquals(
                List.of(List.of(0, 0.1f), Arrays.asList(-7, null), List.of(Integer.MAX_VALUE, Float.POSITIVE_INFINITY)),
                answer.rows());
        assertThrows(
                IllegalArgumentException.class,
                () -> Table.write(
                        file,
                        List.of(
                                new NumberColumn.Whole("row", new int[2]),
                                new NumberColumn.Single("norm", new float[3])),
                        Map.of()));
    }

    @Test
    void textsAreReadInTheOrderOfTheRows() {
        Path file = folder.resolve("texts.parquet");
        List<Text> rows = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            rows.add(new Text(i % 3 == 0 ? null : "text " + i));
        }
        Table.write(file, Text.class, rows, Map.of());
        try (TextColumn column = TextColumn.open(file, "text")) {
            for (Text row : rows) {
                assertTrue(column.next());
                assertEquals(row.text(), column.text());
            }
            assertFalse(column.next());
        }
    }

    @Test
    void columnsAreTheComponentsOfTheRecord() {
        Path file = folder.resolve("effects.parquet");
        Table.write(
                file,
                Effect.class,
                List.of(
                        new Effect(
                                "L1H2", 1, 1L << 40, 0.25, true, Kind.INDUCTION, "a", 64, 7L, 0.5, false, Kind.COPYING),
                        new Effect("", -1, -1, -0.0, false, Kind.COPYING, null, null, null, null, null, null)),
                Map.of());
        Answer answer = Query.run("FROM effects", folder);
        assertEquals(
                List.of(
                        new Column("head", "VARCHAR"),
                        new Column("layer", "INTEGER"),
                        new Column("seed", "BIGINT"),
                        new Column("mean_effect", "DOUBLE"),
                        new Column("passed", "BOOLEAN"),
                        new Column("kind", "VARCHAR"),
                        new Column("note", "VARCHAR"),
                        new Column("d_head", "INTEGER"),
                        new Column("tokens", "BIGINT"),
                        new Column("kl_divergence", "DOUBLE"),
                        new Column("known", "BOOLEAN"),
                        new Column("other", "VARCHAR")),
                answer.columns());
        assertEquals(
                List.of(
                        List.of("L1H2", 1, 1L << 40, 0.25, true, "INDUCTION", "a", 64, 7L, 0.5, false, "COPYING"),
                        Arrays.asList("", -1, -1L, -0.0, false, "COPYING", null, null, null, null, null, null)),
                answer.rows());
    }

    @Test
    void textsComeBackAsTheyWere() {
        List<String> texts = Arrays.asList(
                "",
                " Paris",
                "it's \"quoted\"; DROP TABLE t; --",
                "a\nb\r\n\tc\\n",
                "Größe, 巴黎, 😀👩‍🔬, e\u0301, \u202eabc",
                "a\0b",
                "\u001b[31m",
                null,
                "x".repeat(100_000));
        Table.write(
                folder.resolve("texts.parquet"),
                Text.class,
                texts.stream().map(Text::new).toList(),
                Map.of());
        assertEquals(
                texts,
                Query.run("SELECT text FROM texts", folder).rows().stream()
                        .map(List::getFirst)
                        .toList());
    }

    @Test
    void numbersComeBackBitForBit() {
        List<Double> numbers = new ArrayList<>(List.of(
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                0.0,
                -0.0,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                0.1));
        new Random(7).doubles(200).forEach(value -> numbers.add(Math.exp(1400 * (value - 0.5))));
        Table.write(
                folder.resolve("numbers.parquet"),
                Number.class,
                numbers.stream().map(Number::new).toList(),
                Map.of());
        assertEquals(
                numbers.stream().map(Double::doubleToRawLongBits).toList(),
                Query.run("FROM numbers", folder).rows().stream()
                        .map(row -> Double.doubleToRawLongBits((Double) row.getFirst()))
                        .toList());
        assertEquals(
                List.of(List.of(1L, 2L)),
                Query.run("SELECT count(*) FILTER (isnan(value)), count(*) FILTER (isinf(value)) FROM numbers", folder)
                        .rows());
    }

    /// Sums by hand: 0 + 1 + ... + 99,999 and halves of them.
    @Test
    void aHundredThousandRowsKeepTheirOrder() {
        record Row(int place, double half, @Nullable String name) {}
        List<Row> rows = new ArrayList<>();
        for (int at = 0; at < 100_000; at++) {
            rows.add(new Row(at, at / 2.0, at % 3 == 0 ? null : "head " + at % 97));
        }
        Table.write(folder.resolve("rows.parquet"), Row.class, rows, Map.of());
        assertEquals(
                List.of(List.of(100_000L, 4_999_950_000.0, 2_499_975_000.0, 66_666L, 97L)),
                Query.run(
                                "SELECT count(*), sum(place)::DOUBLE, sum(half), count(name), count(DISTINCT name)"
                                        + " FROM rows",
                                folder)
                        .rows());
        List<List<@Nullable Object>> read = Query.run("FROM rows", folder).rows();
        for (int at = 0; at < rows.size(); at++) {
            Row row = rows.get(at);
            assertEquals(Arrays.asList(row.place, row.half, row.name), read.get(at));
        }
    }

    @Test
    void noRowsAreATable() {
        Table.write(folder.resolve("none.parquet"), Text.class, List.of(), Map.of("model", "tiny"));
        Answer answer = Query.run("FROM none", folder);
        assertEquals(List.of(new Column("text", "VARCHAR")), answer.columns());
        assertEquals(List.of(), answer.rows());
    }

    @Test
    void metadataIsReadBack() {
        Map<String, String> metadata = new HashMap<>(Map.of(
                "model", "it's \"Größe\" 😀",
                "a key", "two\nlines",
                "quote'd \"key\"", "",
                "nul", "a\0b",
                "edits", "[{\"op\": \"zero\", \"site\": \"hook_embed\"}]"));
        Path file = folder.resolve("effects.parquet");
        Table.write(file, Text.class, List.of(new Text("x")), metadata);
        var read = new HashMap<String, String>();
        Query.run("SELECT key, value FROM parquet_kv_metadata('" + file + "')", folder)
                .rows()
                .forEach(row -> read.put((String) row.get(0), (String) row.get(1)));
        assertEquals(metadata, read);
    }

    /// Metadata in another order too: `Map.of` has another one in every JVM.
    @Test
    void theSameRowsAreTheSameBytes() throws IOException {
        List<Number> rows = new Random(3).doubles(300_000).mapToObj(Number::new).toList();
        var metadata = new LinkedHashMap<String, String>();
        metadata.put("seed", "3");
        metadata.put("model", "tiny");
        Table.write(folder.resolve("a.parquet"), Number.class, rows, metadata);
        Table.write(folder.resolve("b.parquet"), Number.class, rows, metadata.reversed());
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("a.parquet")), Files.readAllBytes(folder.resolve("b.parquet")));
    }

    @Test
    void aFailedWriteLeavesTheOldTable() throws IOException {
        record Named(String name) {}
        Path file = folder.resolve("names.parquet");
        Table.write(file, Named.class, List.of(new Named("old")), Map.of());
        byte[] old = Files.readAllBytes(file);
        List<Named> rows = List.of(new Named("new"), new Named(null));
        var e = assertThrows(IllegalArgumentException.class, () -> Table.write(file, Named.class, rows, Map.of()));
        assertEquals("row 1 has no name: its record does not mark it @Nullable", e.getMessage());
        assertArrayEquals(old, Files.readAllBytes(file));
        assertEquals(List.of("names.parquet"), names(folder));
    }

    /// Fails after the new table was written whole: nothing is moved over a folder.
    @Test
    void noTemporaryFileIsLeft() throws IOException {
        Path file = folder.resolve("table.parquet");
        List<Text> rows = new ArrayList<>(List.of(new Text("x"))) {
            @Override
            public java.util.Iterator<Text> iterator() {
                assertTrue(file.toFile().mkdir());
                return super.iterator();
            }
        };
        assertThrows(BadInputException.class, () -> Table.write(file, Text.class, rows, Map.of()));
        assertTrue(Files.isDirectory(file));
        assertEquals(List.of("table.parquet"), names(folder));
    }

    /// By another file in its place, never by writing into it: who reads the old one reads it to the end.
    @Test
    void aTableReplacesTheOldOne() throws IOException {
        Path file = folder.resolve("texts.parquet");
        Path old = folder.resolve("old.parquet");
        Table.write(file, Text.class, List.of(new Text("old")), Map.of());
        Files.createLink(old, file);
        Table.write(file, Text.class, List.of(new Text("new")), Map.of());
        assertEquals(List.of(List.of("new")), Query.run("FROM texts", file).rows());
        assertEquals(List.of(List.of("old")), Query.run("FROM old", old).rows());
    }

    @Test
    void aFileWithoutAFolderIsRefused() {
        for (Path file : List.of(folder.resolve("no/such.parquet"), folder)) {
            var e = assertThrows(BadInputException.class, () -> Table.write(file, Text.class, List.of(), Map.of()));
            assertTrue(e.getMessage().startsWith("cannot write the table " + file), e.getMessage());
        }
    }

    @Test
    void recordsThatAreNoRowsAreRefused() {
        record Nothing() {}
        record Lists(List<String> names) {}
        record Twice(int dHead, int d_head) {}
        Path file = folder.resolve("x.parquet");
        assertRefused("no components", () -> Table.write(file, Nothing.class, List.of(), Map.of()));
        assertRefused("names is a java.util.List", () -> Table.write(file, Lists.class, List.of(), Map.of()));
        assertRefused("the column d_head", () -> Table.write(file, Twice.class, List.of(), Map.of()));
        assertRefused(
                "\"A\"",
                () -> Table.write(
                        file, Text.class, List.of(), new java.util.TreeMap<>(Map.of("a", "1", "A", "2")).reversed()));
        assertFalse(Files.exists(file));
    }

    private static void assertRefused(String word, org.junit.jupiter.api.function.Executable write) {
        var e = assertThrows(IllegalArgumentException.class, write);
        assertTrue(e.getMessage().contains(word), e.getMessage());
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
