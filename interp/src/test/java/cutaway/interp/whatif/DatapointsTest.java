package cutaway.interp.whatif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatapointsTest {

    private static Datapoints parsed(String text) {
        return DatapointFile.parse(text, "table");
    }

    /// The same rows in both forms, with what makes CSV hard: quotes, commas and line ends within a value.
    @Test
    void csvAndJsonLinesSayTheSame() {
        Datapoints csv = parsed("\uFEFFage, note ,ok\r\n41,\"a, \"\"b\"\"\nc\",true\r\n\r\n,\" x \",false\n");
        Datapoints lines = parsed("""
            {"age": 41, "note": "a, \\"b\\"\\nc", "ok": true}

            {"age": null, "note": " x ", "ok": false}
            """);
        assertEquals(List.of("age", "note", "ok"), csv.names());
        assertEquals(lines.all(), csv.all());
        assertEquals(List.of("41", "a, \"b\"\nc", "true"), csv.row(0));
        assertTrue(csv.column("age").isNumeric());
        assertEquals(41, csv.column("age").number(0));
        assertTrue(Double.isNaN(csv.column("age").number(1)));
        assertFalse(csv.column("note").isNumeric());
        assertEquals(
                List.of(1, 0),
                Arrays.stream(Labels.of(csv, "ok").values()).boxed().toList());
    }

    /// What Java reads as a number and a table does not mean.
    @Test
    void aNumberIsWrittenPlainly() {
        assertEquals(-1.5e3, Column.number("-1.5e3"));
        for (String text : List.of("1d", "0x1p3", "NaN", "Infinity", "1e999", " 1", "", "e")) {
            assertTrue(Double.isNaN(Column.number(text)), text);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a,a'|two columns named",
                "'a,'|without a name",
                "'a'|0 rows",
                "''|is empty",
                "'a,b\n1'|row 0 has 1 values",
                "'a\n\"1'|not closed",
                "'{\"a\": [1]}'|a list or an object",
                "'{\"a\": 1'|not valid JSON"
            })
    void whatIsNoTableIsRefused(String text, String words) {
        String message = String.valueOf(
                assertThrows(BadInputException.class, () -> parsed(text)).getMessage());
        assertTrue(message.startsWith("table: ") && message.contains(words), message);
    }

    @Test
    void whatIsNoLabelIsRefused() {
        Datapoints table = parsed("a,b,c\n1,x,1\n0,y,1\n");
        assertEquals(1, Labels.of(table, "a").values()[0]);
        assertThrows(BadInputException.class, () -> Labels.of(table, "b"));
        assertThrows(BadInputException.class, () -> Labels.of(table, "c"));
        assertThrows(BadInputException.class, () -> Labels.of(table, "d"));
    }

    /// 100 numbers in 4 bins are 25 each; by two columns, every row is in one slice.
    @Test
    void slicesAreQuantilesAndShareTheRowsOut() {
        StringBuilder csv = new StringBuilder("n,town\n");
        IntStream.range(0, 100).forEach(i -> csv.append((i * 37) % 100).append(i % 5 == 0 ? ",a\n" : ",b\n"));
        Datapoints table = parsed(csv.toString());
        List<Slice> bins = Slice.by(table, List.of("n"), 4);
        assertEquals(
                List.of("n 0 to below 25", "n 25 to below 50", "n 50 to below 75", "n 75 to 99"),
                bins.stream().map(Slice::name).toList());
        bins.forEach(bin -> assertEquals(25, bin.rows().length));
        List<Slice> both = Slice.by(table, List.of("n", "town"), 4);
        assertEquals(8, both.size());
        assertEquals(
                IntStream.range(0, 100).boxed().toList(),
                both.stream()
                        .flatMapToInt(slice -> Arrays.stream(slice.rows()))
                        .sorted()
                        .boxed()
                        .toList());
        both.forEach(slice -> Arrays.stream(slice.rows())
                .forEach(row -> assertTrue(slice.name()
                        .endsWith("town = " + table.column("town").texts().get(row)))));
        assertThrows(BadInputException.class, () -> Slice.by(table, List.of("n", "n"), 4));
        assertThrows(BadInputException.class, () -> Slice.by(table, List.of(), 4));
    }

    @Test
    void aColumnIsSummedUp() {
        Datapoints table = parsed("n,town\n0,a\n10,b\n5,a\n,a\n");
        ColumnSummary numbers = ColumnSummary.of(table).getFirst();
        assertEquals(5, numbers.mean());
        assertEquals(Math.sqrt(50 / 3.0), numbers.deviation(), 1e-12);
        assertEquals(1, numbers.missing());
        assertEquals(
                3, numbers.bins().stream().mapToInt(ColumnSummary.Bin::rows).sum());
        assertEquals(10, numbers.bins().size());
        ColumnSummary towns = ColumnSummary.of(table).getLast();
        assertEquals(
                List.of("a", "b"),
                towns.bins().stream().map(ColumnSummary.Bin::text).toList());
    }

    /// Of a score that is a function of the values by definition, the dependence is that function; of a
    /// column that the score does not read, nothing.
    @Test
    void dependenceIsTheScoresOwn() {
        Datapoints table = parsed("n,town,decoy\n0,a,1\n40,b,2\n100,a,3\n");
        Scorer scorer = new Scorer() {
            @Override
            public double[] scores(List<List<String>> points, Heard heard) {
                return points.stream()
                        .mapToDouble(point -> Double.parseDouble(point.get(0)) / 200
                                + (point.get(1).equals("b") ? 0.25 : 0))
                        .toArray();
            }

            @Override
            public String about() {
                return "a sum";
            }
        };
        List<String> point = List.of("30", "b", "1");
        Dependence numbers = Dependence.of(scorer, table, "n", point, 3, 0, Scorer.Heard.NOBODY);
        assertEquals(List.of("0", "30", "40", "100"), numbers.values());
        assertEquals(List.of(0.25, 0.4, 0.45, 0.75), numbers.point());
        assertEquals(0.25 / 3, numbers.mean().getFirst(), 1e-12);
        Dependence towns = Dependence.of(scorer, table, "town", point, 3, 0, Scorer.Heard.NOBODY);
        assertEquals(List.of("a", "b"), towns.values());
        assertEquals(0.25, towns.point().get(1) - towns.point().get(0), 1e-12);
        assertEquals(140 / 600.0, towns.mean().getFirst(), 1e-12);
        Dependence decoy = Dependence.of(scorer, table, "decoy", point, 0, 0, Scorer.Heard.NOBODY);
        assertEquals(1, decoy.point().stream().distinct().count());
        assertTrue(decoy.mean().isEmpty());
    }

    @Test
    void aTemplateIsFilled() {
        Datapoints table = parsed("n,the town\n7,a\n");
        assertEquals("7 in {a}: 7", new RowTemplate("{n} in {{{the town}}}: {n}", table).filled(table.row(0)));
        assertThrows(BadInputException.class, () -> new RowTemplate("{n", table));
        assertThrows(BadInputException.class, () -> new RowTemplate("{m}", table));
        assertThrows(BadInputException.class, () -> new RowTemplate("none {{n}}", table));
    }
}
