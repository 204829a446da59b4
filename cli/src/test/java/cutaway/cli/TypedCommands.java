package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.hub.Hub;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Assumptions;

/// Commands as a user types them, with what they print.
abstract class TypedCommands {

    /// What the last command printed.
    final StringWriter out = new StringWriter();

    /// What it said beside.
    final StringWriter err = new StringWriter();

    /// @return the exit code
    final int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Cutaway.execute(
                Cutaway.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)), args);
    }

    /// One sentence, exit code 2, and nothing printed.
    final void assertRefused(String words, String... args) {
        assertEquals(2, run(args), err.toString());
        assertEquals("", out.toString());
        assertTrue(err.toString().matches("cutaway: \\S.*\\R"), "not one sentence: " + err);
        assertTrue(err.toString().contains(words), err.toString());
    }

    static void assumeModel() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
    }
}
