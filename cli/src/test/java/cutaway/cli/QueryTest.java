package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.table.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// `cutaway query` as a user types it.
class QueryTest {

    private record Effect(String token, int layer, @Nullable Double effect) {}

    @TempDir
    private static Path folder;

    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    @BeforeAll
    static void write() {
        Table.write(
                folder.resolve("effects.parquet"),
                Effect.class,
                List.of(
                        new Effect(" Paris", 3, 1234567.75),
                        new Effect("a,\"b\"\n", 10, -1.0 / 3),
                        new Effect("", 0, Double.NaN),
                        new Effect("巴黎\u001b[31m", 0, null)),
                Map.of("model", "tiny"));
    }

    /// Each of the two Chinese letters takes two columns, the escape the six of its code point.
    @Test
    void aTableIsAligned() {
        assertEquals(0, ask("FROM effects"));
        assertEquals("""
            token           layer     effect
             Paris              3    1234568
            a,"b"\\n            10  -0.333333
                                0        NaN
            巴黎\\u001b[31m      0
            """, out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void jsonIsAnArrayOfObjects() {
        assertEquals(0, ask("FROM effects", "--json"));
        assertEquals(
                "[{\"token\":\" Paris\",\"layer\":3,\"effect\":1234567.75},"
                        + "{\"token\":\"a,\\\"b\\\"\\n\",\"layer\":10,\"effect\":-0.3333333333333333},"
                        + "{\"token\":\"\",\"layer\":0,\"effect\":\"NaN\"},"
                        + "{\"token\":\"巴黎\\u001B[31m\",\"layer\":0,\"effect\":null}]\n",
                out.toString());
    }

    /// RFC 4180: lines end with CR LF, quotes are doubled.
    @Test
    void csvIsRfc4180() {
        assertEquals(0, ask("FROM effects", "--csv"));
        assertEquals(
                "token,layer,effect\r\n\" Paris\",3,1234567.75\r\n\"a,\"\"b\"\"\n\",10,-0.3333333333333333\r\n"
                        + "\"\",0,NaN\r\n巴黎\u001b[31m,0,\r\n",
                out.toString());
    }

    @Test
    void noRowsAreSaid() {
        assertEquals(0, ask("SELECT token, effect FROM effects WHERE layer > 10"));
        assertEquals("token  effect\n", out.toString());
        assertEquals("cutaway: no rows\n", err.toString());
        assertEquals(0, ask("FROM effects WHERE layer > 10", "--json"));
        assertEquals("[]\n", out.toString());
        assertEquals(0, ask("FROM effects WHERE layer > 10", "--csv"));
        assertEquals("token,layer,effect\r\n", out.toString());
    }

    /// 100 columns are the width where nothing says another one.
    @Test
    void whatDoesNotFitIsCutOrNamed() {
        assertEquals(0, ask("SELECT repeat('ab', 99) AS text, 123456789 AS number"));
        assertEquals(
                List.of("text" + " ".repeat(87) + "   number", "ab".repeat(44) + "…" + "  123456789"),
                out.toString().lines().toList());
        String columns = "abcdefghij".replaceAll("(.)", "1234567890 AS $1,");
        assertEquals(0, ask("SELECT " + columns.substring(0, columns.length() - 1)));
        assertTrue(err.toString().startsWith("cutaway: no room for the columns i, j;"), err.toString());
        assertEquals(94, out.toString().lines().toList().getLast().length());
    }

    @Test
    void filesThatCannotBeAskedAreNoted() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.parq"), "no table");
        assertEquals(0, run("query", "SHOW TABLES", "--in", folder.toString(), "--in", bad.toString()));
        assertEquals("name\neffects\n", out.toString());
        assertTrue(
                err.toString().startsWith("cutaway: " + bad + " cannot be read as a Parquet file: "), err.toString());
    }

    @Test
    void theCurrentFolderIsTheDefault() {
        assertEquals(2, run("query", "SHOW TABLES")); // the module's folder has no tables
        assertTrue(err.toString().startsWith("cutaway: no *.parquet is in the current folder"), err.toString());
    }

    @Test
    void whatIsWrongIsOneSentence() {
        for (List<String> line : List.of(
                List.of("query"),
                List.of("query", "SHOW TABLES", "--in"),
                List.of("query", "SHOW", "TABLES"),
                List.of("query", "SHOW TABLES", "--in", "no/such/folder"),
                List.of("query", "FROM effects", "--csv", "--json", "--in", folder.toString()),
                List.of("query", "FROM missing", "--in", folder.toString()),
                List.of("query", "COPY effects TO 'x.csv'", "--in", folder.toString()),
                List.of("query", "FROM read_csv('/etc/passwd')", "--in", folder.toString()))) {
            assertEquals(2, run(line.toArray(String[]::new)), line.toString());
            assertEquals("", out.toString());
            String said = err.toString();
            assertTrue(said.matches("cutaway: \\S.*\\R") && !said.contains("Exception"), said);
        }
    }

    /// Rounded by hand.
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "0.5, 0.5",
        "3, 3",
        "0.123456789, 0.123457",
        "-12.3456789, -12.3457",
        "123456.4, 123456",
        "999999.6, 1000000",
        "1234567.5, 1234568",
        "123456789012, 123456789012",
        "0.0001, 0.0001",
        "0.000012345678, 1.23457e-05",
        "-1e-9, -1e-09",
        "1.5e15, 1.5e+15",
        "1e300, 1e+300",
        "NaN, NaN",
        "-Infinity, -Infinity"
    })
    void numbersHaveSixDigits(double value, String shown) {
        assertEquals(shown, Query.sixDigits(value));
    }

    private int ask(String sql, String... options) {
        String[] arguments = Arrays.copyOf(new String[] {"query", sql, "--in", folder.toString()}, 4 + options.length);
        System.arraycopy(options, 0, arguments, 4, options.length);
        return run(arguments);
    }

    private int run(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        CommandLine line = Cutaway.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return Cutaway.execute(line, arguments);
    }
}
