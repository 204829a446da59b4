package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CutawayTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theVersionIsOneLine() {
        assertEquals(0, run("--version"));
        assertTrue(out.toString().matches("cutaway \\S.*\\R"), out.toString());
    }

    @Test
    void helpNamesTheVerbs() {
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains("models"), out.toString());
    }

    @Test
    void whatAUserGaveWrongIsOneSentenceAndExitCodeTwo() {
        assertEquals(2, run("models", "smolm2"));
        assertEquals("", out.toString());
        assertTrue(err.toString().matches("cutaway: no model \"smolm2\".*Did you mean .*\\?\\R"), err.toString());
    }

    private int run(String... arguments) {
        CommandLine line = Cutaway.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
