package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.hub.Hub;
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

class GenerateTest {

    private static final String EIFFEL = "The Eiffel Tower is located in the city of";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /// Golden: transformers' greedy text.
    @Test
    void theTextStreamsAndTheReportFollows() {
        needsTheDefaultModel();
        assertEquals(0, run("generate", EIFFEL, "--max", "4"), err.toString());
        assertEquals(" Paris, France." + System.lineSeparator(), out.toString());
        assertTrue(
                err.toString()
                        .matches("cutaway: 4 tokens after 10, [\\d.]+ tokens/s, [\\d.]+ GB/s of weights; stop: max\\R"),
                err.toString());
    }

    @Test
    void jsonHoldsTheSameWithCountsOfEdits(@TempDir Path folder) throws Exception {
        needsTheDefaultModel();
        Path edits = Files.writeString(
                folder.resolve("edits.json"),
                "[{\"op\": \"scale\", \"site\": \"blocks.3.hook_mlp_out\", \"factor\": 1},"
                        + " {\"op\": \"zero\", \"site\": \"blocks.29.hook_attn_out\", \"pos\": [0, 11]}]");
        assertEquals(0, run("generate", EIFFEL, "--max", "4", "--json", "--edit", edits.toString()), err.toString());
        JsonNode json = JsonMapper.shared().readTree(out.toString());
        assertEquals(" Paris, France.", json.get("text").asString());
        assertEquals("max", json.get("stop").asString());
        assertEquals("[13,2]", json.get("applied").toString()); // 10 of the prompt and 3 tokens that passed through
        assertEquals(2, json.get("edits").size());
        assertEquals("", err.toString());
    }

    @Test
    void aChatEndsWithTheTurn() {
        needsTheDefaultModel();
        assertEquals(
                0,
                run(
                        "generate",
                        "--chat",
                        "--system",
                        "Answer in one word.",
                        "What is the capital of France?",
                        "--json"),
                err.toString());
        JsonNode json = JsonMapper.shared().readTree(out.toString());
        assertTrue(
                json.get("prompt").asString().contains("<|im_start|>system\nAnswer in one word.<|im_end|>"),
                out.toString());
        assertEquals("end", json.get("stop").asString());
        assertTrue(json.get("text").asString().contains("Paris"), out.toString());
        assertFalse(json.get("text").asString().contains("<|"), out.toString());
    }

    @Test
    void whatIsGivenWrongIsOneSentence() {
        refused("the prompt is empty", "generate", "");
        refused("--system is a message of a chat; add --chat", "generate", "a", "--system", "b");
        refused("the temperature is -1.0", "generate", "a", "--temperature", "-1");
        refused("top-p is 2.0", "generate", "a", "--top-p", "2");
        refused("there is no file absent.json", "generate", "a", "--edit", "absent.json");
    }

    private void refused(String expected, String... arguments) {
        err.getBuffer().setLength(0);
        assertEquals(2, run(arguments));
        assertEquals("", out.toString());
        assertTrue(err.toString().startsWith("cutaway: " + expected), err.toString());
        assertEquals(1, err.toString().lines().count());
    }

    private static void needsTheDefaultModel() {
        boolean here = Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT));
        Assumptions.assumeTrue(
                here, "skipped: the default model is not in the cache; fetch it with: cutaway models " + Hub.DEFAULT);
    }

    private int run(String... arguments) {
        CommandLine line = Cutaway.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
