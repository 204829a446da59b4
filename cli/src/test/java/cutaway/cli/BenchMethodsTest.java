package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway bench methods`, on its fastest family.
class BenchMethodsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aFamilyIsRatedBesideItsBaselines() {
        assertEquals(0, run("bench", "methods", "--family", "pools", "--seeds", "3"));
        String text = out.toString();
        assertTrue(text.contains("passes (>= 1)"), text);
        assertTrue(text.contains("as many runs, one edit each"), text);
        assertTrue(text.contains("2 of 2 methods pass."), text);
    }

    @Test
    void asJsonItIsTheSameRecord() {
        assertEquals(0, run("bench", "methods", "--family", "pools", "--seeds", "3", "--json"));
        JsonNode rated = JsonMapper.shared().readTree(out.toString());
        assertEquals(3, rated.path("seeds").asInt());
        JsonNode first = rated.path("ratings").path(0);
        assertTrue(first.path("passes").asBoolean());
        assertEquals(3, first.path("ours").size());
        assertEquals(
                "as many runs, one edit each", first.path("gain").path("over").asString());
        assertTrue(first.path("silence").path("values").path(0).isNumber());
    }

    @Test
    void whatCannotBeRatedIsSaid() {
        assertEquals(2, run("bench", "methods", "--family", "pools,lenses"));
        assertTrue(err.toString().contains("--family is lenses; expected circuits, dictionaries"), err.toString());
        assertEquals(2, run("bench", "methods", "--seeds", "2"));
        assertTrue(err.toString().contains("expected 3 to 100"), err.toString());
    }

    @Test
    void helpOfBenchNamesIt() {
        assertEquals(0, run("bench", "--help"));
        assertTrue(out.toString().contains("methods") && out.toString().contains("--peers"), out.toString());
    }

    private int run(String... args) {
        CommandLine command = Cutaway.commandLine();
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.execute(args);
    }
}
