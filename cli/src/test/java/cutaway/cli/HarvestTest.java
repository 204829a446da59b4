package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.hub.Hub;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway harvest`, as a user types it.
class HarvestTest {

    @TempDir
    private Path temporary;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        out.getBuffer().setLength(0);
        CommandLine line =
                Cutaway.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Cutaway.execute(line, args);
    }

    private static void needsTheModel() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
    }

    /// "The cat sat on the mat." is seven tokens; the store is there when it is asked for again.
    @Test
    void aStoreIsMadeAndQueried() throws IOException {
        needsTheModel();
        String text = Files.writeString(temporary.resolve("text.txt"), "The cat sat on the mat.")
                .toString();
        String acts = temporary.resolve("acts").toString();
        String[] command = {
            "harvest", text, "--sites", "resid_post[3],blocks.1.attn.hook_z", "--out", acts, "--json", "--no-sinks"
        };
        assertEquals(0, run(command), err::toString);
        JsonNode made = JsonMapper.shared().readTree(out.toString());
        assertEquals(2, made.path("facts").path("layout").path("widths").size());
        assertTrue(made.path("vectors").asInt() <= 7);
        assertEquals(
                0,
                run(
                        "query",
                        "SELECT text FROM tokens JOIN vocabulary USING (token) WHERE text = ' cat'",
                        "--in",
                        acts,
                        "--csv"));
        assertTrue(out.toString().contains(" cat"), out::toString);
        assertEquals(0, run(command), err::toString);
        assertTrue(err.toString().contains("this is harvested already"), err::toString);
    }

    @Test
    void whatIsWrongIsSaidInASentence() throws IOException {
        needsTheModel();
        String text =
                Files.writeString(temporary.resolve("text.txt"), "The cat").toString();
        String acts = temporary.resolve("acts").toString();
        assertEquals(2, run("harvest", text, "--sites", "resid_post[99]", "--out", acts));
        assertTrue(err.toString().contains("no sites \"resid_post[99]\"; it has layers 0 to 29"), err::toString);
        assertEquals(2, run("harvest", text, "--sites", "resid_post[3]@last", "--out", acts));
        assertTrue(err.toString().contains("a harvest keeps all of them"), err::toString);
        assertEquals(2, run("harvest", text, "--sites", "resid_post[3]", "--out", acts, "--max-size", "lots"));
        assertTrue(err.toString().contains("--max-size is lots; expected a size"), err::toString);
        assertEquals(2, run("harvest", text, "--sites", "resid_post[3]", "--out", acts, "--memory", "1MB"));
        assertTrue(err.toString().contains("MB of memory are too little to harvest contexts"), err::toString);
        assertTrue(Files.notExists(temporary.resolve("acts")));
    }
}
