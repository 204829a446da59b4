package cutaway.interp.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a query reads, and all that it must not do.
class QueryTest {

    private record Effect(String head, int layer, double effect) {}

    @TempDir
    private static Path written;

    @TempDir
    private Path folder;

    @BeforeAll
    static void write() {
        table(
                written.resolve("effects.parquet"),
                new Effect("L0H1", 0, 0.5),
                new Effect("L1H2", 1, -2),
                new Effect("L1H0", 1, 3));
        table(written.resolve("heads.parquet"), new Effect("L0H1", 0, 7));
    }

    @BeforeEach
    void copy() throws IOException {
        Files.createDirectories(folder.resolve("run 1"));
        Files.copy(written.resolve("effects.parquet"), folder.resolve("effects.parquet"));
        Files.copy(written.resolve("heads.parquet"), folder.resolve("run 1/heads.parquet"));
    }

    /// Numbered with five digits; of two folders they are two tables, which share a name.
    @Test
    void numberedFilesAreOneTable() throws IOException {
        table(folder.resolve("tokens-00001.parquet"), new Effect("b", 1, 2));
        table(folder.resolve("tokens-00000.parquet"), new Effect("a", 0, 1));
        table(folder.resolve("tokens-1.parquet"), new Effect("c", 2, 3));
        assertEquals(
                List.of(List.of("a"), List.of("b")),
                Query.run("SELECT head FROM tokens ORDER BY layer", folder).rows());
        assertEquals(
                List.of(List.of("c")),
                Query.run("SELECT head FROM tokens_1", folder).rows());
        table(folder.resolve("run 1/tokens-00000.parquet"), new Effect("d", 0, 1));
        BadInputException two = assertThrows(BadInputException.class, () -> Query.run("FROM tokens", folder));
        assertTrue(String.valueOf(two.getMessage()).contains("tokens could be any of"), two::getMessage);
    }

    @Test
    void filesAreTablesUnderTheirNames() {
        assertEquals(
                List.of(Arrays.asList("L1H0", 3.0, null), Arrays.asList("L0H1", 0.5, 7.0)),
                Query.run("""
                    SELECT e.head, e.effect, h.effect FROM effects e LEFT JOIN heads h USING (head)
                    WHERE e.effect > 0 ORDER BY 2 DESC
                    """, folder).rows());
        assertEquals(
                List.of(List.of("effects"), List.of("heads")),
                Query.run("SHOW TABLES", folder).rows());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                " -- a comment\n select count(*) from effects;",
                "WITH best AS (SELECT max(effect) FROM effects) FROM best",
                "FROM effects",
                "(SELECT 1) UNION (SELECT 2)",
                "VALUES (1)",
                "DESCRIBE effects",
                "DESCRIBE SELECT head FROM effects",
                "SHOW effects",
                "SUMMARIZE effects",
                "FROM query('FROM effects')",
                "PIVOT effects ON layer IN (0, 1) USING sum(effect) GROUP BY head",
            })
    void statementsThatReadAreRun(String sql) {
        assertFalse(Query.run(sql, folder).rows().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COPY effects TO 'F/stolen.csv'",
                "COPY effects TO 'F/effects.parquet'",
                "copy (select 1) to 'F/stolen.csv'",
                "/* SELECT */ COPY effects TO 'F/stolen.csv'",
                "EXPORT DATABASE 'F/stolen'",
                "ATTACH 'F/new.db'",
                "INSTALL spatial",
                "LOAD spatial",
                "CREATE TABLE a AS FROM effects",
                "CREATE VIEW a AS FROM effects",
                "CREATE MACRO a() AS 1",
                "DROP VIEW effects",
                "INSERT INTO effects VALUES ('a', 1, 1) RETURNING head",
                "WITH a AS (SELECT 1) DELETE FROM effects RETURNING head",
                "UPDATE effects SET layer = 0",
                "PRAGMA version",
                "CALL pragma_version()",
                "SET enable_external_access = true",
                "RESET lock_configuration",
                "PREPARE a AS SELECT 1",
                "EXECUTE a",
                "BEGIN",
                "VACUUM",
                "CHECKPOINT",
                "USE main",
                "EXPLAIN ANALYZE SELECT 1",
            })
    void statementsThatDoMoreAreRefused(String sql) throws IOException {
        assertRefused(sql, "does not only read; expected SELECT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1; COPY effects TO 'F/stolen.csv'",
                "COPY effects TO 'F/stolen.csv'; SELECT 1",
                "SELECT 1; SELECT 2",
                "SELECT 1 /* ; */ ; -- ;\n SELECT 2",
                "",
                " ;; -- nothing",
                "SELEC 1",
                "SELECT 'open",
                "SELECT ?",
                "SELECT nothing FROM effects",
                "FROM nothing",
                "SELECT 'x'::INTEGER",
                "FROM query('COPY effects TO ''F/stolen.csv''')",
                "SELECT nextval('a')",
                "SELECT '\0",
                "SELECT error(head) FROM effects",
                "SELECT getenv('HOME')",
            })
    void whatIsNoQueryIsOneSentence(String sql) throws IOException {
        assertRefused(sql, "");
    }

    /// The text that is there to be stolen is in a folder beside and in a subfolder of a subfolder.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "FROM read_csv('/etc/passwd')",
                "FROM read_text('/etc/passwd')",
                "FROM read_blob('/etc/passwd')",
                "FROM sniff_csv('/etc/passwd')",
                "FROM '/etc/passwd.csv'",
                "FROM glob('/etc/*')",
                "FROM glob('F/*')",
                "FROM read_text('F/secret.csv')",
                "FROM 'F/secret.csv'",
                "FROM 'F/*.parquet'",
                "FROM 'F/run 1/deep/secret.parquet'",
                "FROM read_parquet('F/run 1/deep/secret.parquet')",
                "FROM read_parquet('F/effects.parquet/../run 1/deep/secret.parquet')",
                "FROM read_parquet('F/run 1/../run 1/deep/secret.parquet')",
                "FROM read_parquet('file://F/run 1/deep/secret.parquet')",
                "FROM 'http://localhost:9/x.parquet'",
                "FROM 'https://localhost:9/x.csv'",
                "FROM 's3://bucket/x.parquet'",
                "FROM query('FROM read_text(''F/secret.csv'')')",
                "FROM query_table('F/secret.csv')",
                "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''F/secret.csv'')'))",
            })
    void otherFilesCannotBeRead(String sql) throws IOException {
        Files.createDirectories(folder.resolve("run 1/deep"));
        table(folder.resolve("run 1/deep/secret.parquet"), new Effect("secret", 1, 1));
        Files.writeString(folder.resolve("secret.csv"), "a,b\n1,secret\n");
        assertRefused(sql, "");
    }

    @Test
    void theMessageOfDuckDbIsKept() {
        assertEquals(
                "the query cannot be run: Binder Error: Referenced column \"efect\" not found in FROM clause!"
                        + " Candidate bindings: \"effect\"",
                refusal("SELECT efect\nFROM effects", folder));
        assertEquals(
                "the query is no SQL that DuckDB knows: syntax error at or near \"selec\"", refusal("selec 1", folder));
        assertEquals(
                "there is no table efects; did you mean effects? there are effects, heads.",
                refusal("FROM efects", folder));
        assertEquals("there is no table wrong; there are effects, heads.", refusal("select * from wrong", folder));
        assertEquals(
                "the query cannot be run: Invalid Input Error: two lines",
                refusal("SELECT error('two' || chr(10) || 'lines')", folder));
        assertTrue(refusal("FROM read_csv('/etc/passwd')", folder).contains("reads only the tables"));
    }

    @Test
    void valuesAreOfPlainTypes() {
        assertEquals(
                List.of(Arrays.asList(
                        1,
                        3L,
                        BigInteger.valueOf(2),
                        new BigDecimal("1.50"),
                        0.25,
                        0.1f,
                        true,
                        "a",
                        null,
                        "2020-01-02",
                        "[1, 2]",
                        "{'x': 1}",
                        "é",
                        "\\xFF")),
                Query.run("""
                    SELECT 1, 3::BIGINT, sum(layer), 1.50, 0.25::DOUBLE, 0.1::FLOAT, true, 'a', NULL,
                        DATE '2020-01-02', [1, 2], {'x': 1}, encode('é'), '\\xFF'::BLOB
                    FROM effects
                    """, folder).rows());
    }

    @Test
    void numbersAreKnownByTheirType() {
        assertEquals(
                List.of(true, true, true, true, false, false),
                Query.run("SELECT 1, 1.5, 1.5::DOUBLE, sum(layer), 'a', true FROM effects", folder).columns().stream()
                        .map(Column::isNumber)
                        .toList());
    }

    @Test
    void namesAreWhatPlainSqlCanSay() {
        table(folder.resolve("2024 größe-*[1]?.x.parquet"), new Effect("a", 1, 1));
        table(folder.resolve("2024 größe-1z.x.parquet"), new Effect("what the pattern would find", 1, 1));
        table(folder.resolve("Select.parquet"), new Effect("b", 1, 1));
        assertEquals(
                List.of(List.of("a")),
                Query.run("SELECT head FROM _2024_größe___1___x", folder).rows());
        assertEquals(
                List.of(List.of("b")),
                Query.run("SELECT head FROM \"select\"", folder).rows());
    }

    /// Golden: written by pyarrow, values as in scripts/golden/make_table.py.
    @Test
    void aTableOfAnotherProgramIsRead() {
        Path table = Path.of("src/test/resources/table");
        assertEquals(
                List.of(
                        List.of("L0H1", 0, " Paris", 0.5, 0.125),
                        Arrays.asList("L1H2", 1, "巴黎", -2.25, null),
                        List.of("L1H0", 1, "\n", 3.0, -0.25),
                        Arrays.asList("L2H3", 2, null, Double.NaN, Double.POSITIVE_INFINITY)),
                Query.run("FROM effects", table).rows());
        assertEquals(
                List.of(List.of("none: made up by hand")),
                Query.run(
                                "SELECT value FROM parquet_kv_metadata('" + table
                                        + "/effects.parquet') WHERE key = 'model'",
                                table)
                        .rows());
    }

    @Test
    void filesCanBeNamed() throws IOException {
        Path other = folder.resolve("other.parq");
        Files.move(folder.resolve("run 1/heads.parquet"), other);
        assertEquals(
                List.of(List.of(7.0)),
                Query.run("SELECT effect FROM other", other).rows());
        assertEquals(
                List.of(List.of(3L, 1L)),
                Query.run(
                                "SELECT (SELECT count(*) FROM effects), (SELECT count(*) FROM other)",
                                List.of(other, folder, folder.resolve("effects.parquet")))
                        .rows());
    }

    @Test
    void linksAreFollowed() throws IOException {
        Path shown = Files.createDirectory(folder.resolve("shown"));
        Files.createSymbolicLink(shown.resolve("linked.parquet"), folder.resolve("effects.parquet"));
        assertEquals(
                List.of(List.of(3L)),
                Query.run("SELECT count(*) FROM linked", shown).rows());
    }

    @Test
    void aNameOfTwoFilesIsRefusedWhereItIsUsed() {
        table(folder.resolve("run 1/Effects.parquet"), new Effect("b", 1, 1));
        String why = refusal("SELECT count(*) FROM main.EFFECTS", folder);
        assertTrue(
                why.startsWith("the table effects could be any of ")
                        && why.contains("effects.parquet, ")
                        && why.contains("Effects.parquet; name the one you mean with --in"),
                why);
        assertEquals(
                List.of(List.of(1L)),
                Query.run("SELECT count(*) FROM heads", folder).rows());
        assertEquals(List.of(), Query.run("SELECT count(*) FROM heads", folder).notes());
        Answer tables = Query.run("SHOW TABLES", folder);
        assertEquals(List.of(List.of("heads")), tables.rows());
        assertEquals(List.of(why), tables.notes());
    }

    @Test
    void aFileThatIsNoParquetIsRefusedWhereItIsUsed() throws IOException {
        byte[] effects = Files.readAllBytes(folder.resolve("effects.parquet"));
        Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(effects, effects.length - 9));
        Files.write(folder.resolve("empty.parquet"), new byte[0]);
        Files.writeString(folder.resolve("text.parquet"), "head,layer\n".repeat(100));
        for (String name : List.of("cut", "empty", "text")) {
            String why = refusal("FROM " + name, folder);
            assertTrue(why.startsWith(folder.resolve(name + ".parquet") + " cannot be read as a Parquet file: "), why);
        }
        assertEquals(
                List.of(List.of(3L)),
                Query.run("SELECT count(*) FROM effects", folder).rows());
        assertEquals(3, Query.run("SHOW TABLES", folder).notes().size());
    }

    @Test
    void aPlaceWithoutTablesIsRefused() throws IOException {
        Path missing = folder.resolve("missing");
        assertEquals(
                "no folder or file " + missing
                        + "; name a Parquet file, or a folder with *.parquet in it or in a direct subfolder.",
                refusal("SELECT 1", missing));
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Files.createDirectories(empty.resolve("a.parquet/b"));
        Files.writeString(empty.resolve(".hidden.parquet"), "");
        Files.writeString(empty.resolve("readme.md"), "");
        assertEquals(
                "no *.parquet is in " + empty
                        + " or a direct subfolder; name a folder or file that has tables with --in.",
                refusal("SELECT 1", empty));
    }

    @Test
    void anAnswerOfMoreThanAMillionRowsIsRefused() {
        assertEquals(1_000_000, Query.run("FROM range(1000000)", folder).rows().size());
        assertTrue(refusal("FROM range(1000001)", folder).contains("more than 1,000,000 rows"));
        assertTrue(refusal("FROM range(1000000000000)", folder).contains("more than 1,000,000 rows"));
    }

    /// 300,007 is a prime: the remainders are a permutation.
    @Test
    void rowsComeInTheOrderThatIsAskedFor() {
        assertEquals(
                LongStream.range(0, 300_007)
                        .boxed()
                        .sorted(Comparator.comparing(n -> n * 7919 % 300_007))
                        .toList(),
                Query.run("SELECT range FROM range(300007) ORDER BY range * 7919 % 300007", folder).rows().stream()
                        .map(List::getFirst)
                        .toList());
    }

    @Test
    void columnsOfOneNameGetTwo() {
        assertEquals(
                List.of("a", "a_1", "b"),
                Query.run("SELECT 1 AS a, 2 AS a, 3 AS b", folder).columns().stream()
                        .map(Column::name)
                        .toList());
    }

    private static void table(Path file, Effect... rows) {
        Table.write(file, Effect.class, List.of(rows), Map.of());
    }

    private static String refusal(String sql, Path place) {
        return assertThrows(BadInputException.class, () -> Query.run(sql, place))
                .getMessage();
    }

    /// One sentence that holds `word`; no file comes, goes or changes. `F` stands for the folder.
    private void assertRefused(String sql, String word) throws IOException {
        List<Path> before = files();
        byte[] effects = Files.readAllBytes(folder.resolve("effects.parquet"));
        String why = refusal(sql.replace("F/", folder + "/"), folder);
        assertTrue(why.contains(word) && !why.contains("secret\n") && !why.contains("Exception"), why);
        assertEquals(before, files());
        assertArrayEquals(effects, Files.readAllBytes(folder.resolve("effects.parquet")));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList();
        }
    }
}
