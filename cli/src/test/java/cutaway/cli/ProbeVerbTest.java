package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway probe`, and steering along a probe, as a user types it.
class ProbeVerbTest extends TypedCommands {

    private static final String TOPICS = "../docs/examples/topics.jsonl";

    @TempDir
    private Path temporary;

    @Test
    void everyVerbHasAnExample() {
        assertEquals(0, run("probe", "fit", "--help"));
        assertTrue(out.toString().contains("  cutaway probe fit "), out.toString());
    }

    @Test
    void whatAProbeCannotTakeIsRefused() {
        assertRefused("there is no file", "probe", "fit", "no-such.jsonl");
        assertRefused("expected linear or logistic or mlp", "probe", "fit", TOPICS, "--kind", "cubic");
        assertRefused("ends in .safetensors", "probe", "fit", TOPICS, "--out", "probe.bin");
        assertRefused("a decay of 0 or more", "probe", "fit", TOPICS, "--weight-decay", "-1");
        String llama = "../model/src/test/resources/golden/llama";
        assertRefused("add --probe FILE", "run", "--model", llama, "--ids", "3,14", "--to", "past");
        assertRefused(
                "holds no probe", "run", "--model", llama, "--ids", "3,14", "--probe", llama + "/golden.safetensors");
    }

    @Test
    void tenseIsToldKeptAndSteered() throws Exception {
        assumeModel();
        Path probe = temporary.resolve("tense.safetensors");
        assertEquals(
                0,
                run(
                        "probe",
                        "fit",
                        TOPICS,
                        "--class",
                        "tense",
                        "--sites",
                        "resid_post[15]",
                        "--kind",
                        "linear",
                        "--out",
                        probe.toString(),
                        "--json"),
                err.toString());
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        JsonNode scores = found.path("sites").path(0).path("scores");
        assertTrue(scores.path("accuracy").asDouble() > 0.9, scores.toString());
        assertTrue(scores.path("shuffled").asDouble() < 0.75, scores.toString());
        assertTrue(Files.readString(temporary.resolve("tense.json")).contains("\"future\""));
        assertRefused("add --to with one of future, past", "run", "Now they", "--probe", probe.toString());
        assertRefused("no class \"now\"", "run", "Now they", "--probe", probe.toString(), "--to", "now");
        assertEquals(
                0,
                run("run", "Now they", "--probe", probe.toString(), "--to", "future", "--scale", "3", "--json"),
                err.toString());
        JsonNode steered = JsonMapper.shared().readTree(out.toString());
        assertEquals("add", steered.path("edits").path(0).path("op").asString());
        assertFalse(steered.path("before").equals(steered.path("after")));
    }
}
