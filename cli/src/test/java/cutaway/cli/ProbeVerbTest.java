package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.probe.Labelled;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ProbeSettings;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.site.Site;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway probe`, and steering along a probe, as a user types it.
class ProbeVerbTest extends TypedCommands {

    private static final String TOPICS = "../docs/examples/topics.jsonl";
    private static final String LLAMA = "../model/src/test/resources/golden/llama";

    @TempDir
    private Path temporary;

    @Test
    void everyVerbHasAnExample() {
        for (String verb : List.of("fit", "saliency", "compare")) {
            assertEquals(0, run("probe", verb, "--help"));
            assertTrue(out.toString().contains("  cutaway probe " + verb + " "), out.toString());
        }
    }

    @Test
    void whatAProbeCannotTakeIsRefused() {
        assertRefused("there is no file", "probe", "fit", "no-such.jsonl");
        assertRefused("expected linear or logistic or mlp", "probe", "fit", TOPICS, "--kind", "cubic");
        assertRefused("ends in .safetensors", "probe", "fit", TOPICS, "--out", "probe.bin");
        assertRefused("a decay of 0 or more", "probe", "fit", TOPICS, "--weight-decay", "-1");
        String llama = LLAMA;
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
        String past = "Yesterday, the children";
        assertEquals(
                0,
                run(
                        "generate",
                        past,
                        "--max",
                        "3",
                        "--probe",
                        probe.toString(),
                        "--to",
                        "future",
                        "--through",
                        "--json"),
                err.toString());
        JsonNode written = JsonMapper.shared().readTree(out.toString());
        assertEquals("future", written.path("through").path(0).path("to").asString());
        assertEquals("[1]", written.path("applied").toString());
    }

    /// A probe of what a tiny model holds after a block, of two classes that numbers 3 and 5 tell apart.
    private String kept(Kind kind, int layer) {
        Path file = temporary.resolve(kind + "-" + layer + ".safetensors");
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(layer).normal(400, 32);
            float[] numbers = x.toFloats();
            int[][] labels = IntStream.range(0, 400)
                    .mapToObj(row -> new int[] {numbers[32 * row + 3] > numbers[32 * row + 5] ? 1 : 0})
                    .toArray(int[][]::new);
            Labelled all = new Labelled(x, labels, 2, IntStream.range(0, 400).toArray());
            Site site = new Site.Resid(layer, Site.Moment.POST);
            try (NamedProbe probe =
                    NamedProbe.fit(all, ProbeSettings.of(kind, 1).steps(200), "llama", site, List.of("down", "up"))) {
                probe.write(file);
            }
        }
        return file.toString();
    }

    @Test
    void aRunIsEditedThroughAnMlpOfEachLayer() {
        String probes = kept(Kind.MLP, 1) + "," + kept(Kind.MLP, 2);
        String other = null;
        for (String to : List.of("up", "down")) {
            assertEquals(
                    0,
                    run(
                            "run",
                            "--model",
                            LLAMA,
                            "--ids",
                            "3,14,15",
                            "--probe",
                            probes,
                            "--to",
                            to,
                            "--through",
                            "--at",
                            "1,-1",
                            "--json"),
                    err.toString());
            JsonNode edited = JsonMapper.shared().readTree(out.toString());
            assertEquals(2, edited.path("edits").size());
            assertEquals(4, edited.path("through").size());
            for (JsonNode moved : edited.path("through")) {
                assertEquals(to, moved.path("to").asString());
                assertEquals(
                        !moved.path("from").asString().equals(to),
                        moved.path("share").asDouble() > 0.01);
            }
            assertFalse(edited.path("after").toString().equals(other), "to another class, another answer");
            other = edited.path("after").toString();
        }
        assertRefused(
                "leave --from and --scale out",
                "run",
                "--model",
                LLAMA,
                "--ids",
                "3,14",
                "--probe",
                probes,
                "--to",
                "up",
                "--through",
                "--scale",
                "2");
        assertRefused("or add --through", "run", "--model", LLAMA, "--ids", "3,14", "--probe", probes, "--to", "up");
        assertRefused(
                "position 7 is outside",
                "run",
                "--model",
                LLAMA,
                "--ids",
                "3,14",
                "--probe",
                probes,
                "--to",
                "up",
                "--through",
                "--at",
                "7");
    }

    /// The change of the logit is that of the run that is edited through the same probe.
    @Test
    void saliencyIsWhatTheEditedRunChangesBy() {
        String probe = kept(Kind.LOGISTIC, 1);
        assertEquals(
                0,
                run("probe", "saliency", "--model", LLAMA, "--ids", "3,14,15", "--probe", probe, "--json"),
                err.toString());
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        JsonNode turned = found.path("things").path(0).path("turned").path(0);
        assertTrue(turned.path("isRead").asBoolean(), turned.toString());
        assertTrue(turned.path("saliency").path("random").asDouble() > 0, turned.toString());
        String to = turned.path("to").asString();
        assertFalse(to.equals(turned.path("from").asString()));
        Path logits = temporary.resolve("logits.safetensors");
        assertEquals(
                0,
                run(
                        "run",
                        "--model",
                        LLAMA,
                        "--ids",
                        "3,14,15",
                        "--probe",
                        probe,
                        "--to",
                        to,
                        "--through",
                        "--site",
                        "unembed.hook_out",
                        "--out",
                        logits.toString()),
                err.toString());
        try (SafetensorsFile file = SafetensorsFile.open(logits);
                Scope _ = Scope.open()) {
            double edited = TensorFile.readAll(file)
                    .values()
                    .iterator()
                    .next()
                    .select(0, 2)
                    .select(0, found.path("token").asInt())
                    .item();
            assertEquals(
                    edited - found.path("logit").asDouble(),
                    turned.path("saliency").path("change").asDouble(),
                    1e-4);
        }
        assertRefused(
                "no such file", "probe", "saliency", "--model", LLAMA, "--ids", "3", "--probe", "none.safetensors");
    }

    @Test
    void directionsAreCompared() {
        String one = kept(Kind.LINEAR, 1);
        String other = kept(Kind.LOGISTIC, 2);
        assertEquals(0, run("probe", "compare", one, other, "--json"), err.toString());
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        assertEquals(
                "blocks.2.hook_resid_post",
                found.path("directions").path(1).path("site").asString());
        assertTrue(found.path("cosines").path(0).path(1).asDouble() > 0.85, found.toString()); // 300 rows to fit on
        assertEquals(0, run("probe", "compare", one, other));
        assertTrue(out.toString().contains("down less up"), out.toString());
        assertRefused("an MLP probe has no one direction", "probe", "compare", one, kept(Kind.MLP, 1));
    }
}
