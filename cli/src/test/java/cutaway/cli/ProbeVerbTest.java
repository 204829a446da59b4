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
import java.util.stream.Stream;
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
        for (String verb : List.of("fit", "saliency", "compare", "heads")) {
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

    /// The boards of a model's own game: one probe reads all squares, is asked one of them, and is held against heads.
    @Test
    void theSquaresOfABoardAreReadByOneProbe() throws Exception {
        Path games = temporary.resolve("games.jsonl");
        assertEquals(
                0,
                run("lab", "games", "--size", "4", "--games", "30", "--out", games.toString(), "--json"),
                err.toString());
        String squares =
                JsonMapper.shared().readTree(out.toString()).path("squares").asString();
        List<String> lines = Files.readAllLines(games);
        for (String line : lines) {
            JsonNode board = JsonMapper.shared().readTree(line);
            int moves = board.path("text").asString().split(" ", -1).length;
            long discs = List.of(squares.split(",", -1)).stream()
                    .filter(square -> !board.path(square).asString().equals("empty"))
                    .count();
            assertEquals(4 + moves, discs, line);
        }
        JsonNode first = JsonMapper.shared().readTree(lines.getFirst());
        assertEquals("black", first.path(first.path("text").asString()).asString(), "black begins");
        assertEquals("white", first.path("next").asString());
        Path lab = temporary.resolve("lab");
        assertEquals(
                0,
                run(
                        "lab",
                        "train",
                        "othello",
                        "--with",
                        "task.size=4",
                        "--with",
                        "net.layers=2",
                        "--steps",
                        "3",
                        "--batch",
                        "8",
                        "--cache",
                        temporary.resolve("cache").toString(),
                        "--out",
                        lab.toString()),
                err.toString());
        String model = lab.resolve("seed-0").toString();
        String probe = temporary.resolve("board.safetensors").toString();
        String[] fit = {
            "probe",
            "fit",
            games.toString(),
            "--class",
            squares,
            "--relative-to",
            "next",
            "--kind",
            "linear",
            "--model",
            model,
            "--sites"
        };
        assertEquals(0, run(with(fit, "resid_post[0]", "--out", probe)), err.toString());
        assertTrue(out.toString().contains("--probe " + probe + " --of a1 --to"), out.toString());
        assertEquals(0, run(with(fit, "resid_post[0..1]", "--json")), err.toString());
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        assertEquals(16, found.path("readFrom").size());
        assertEquals(16, found.path("sites").path(1).path("told").size());
        for (JsonNode from : found.path("readFrom")) {
            assertTrue(
                    from.path("site").isMissingNode()
                            || from.path("accuracy").asDouble()
                                            - from.path("commonest").asDouble()
                                    >= 0.9
                                                    * (from.path("best").asDouble()
                                                            - from.path("commonest")
                                                                    .asDouble())
                                            - 1e-9,
                    from.toString());
        }
        assertEquals(0, run(with(fit, "resid_post[0..1]")), err.toString());
        assertTrue(out.toString().contains("labels first read: embedding "), out.toString());
        assertRefused("--share is 0.0", with(fit, "resid_post[0]", "--share", "0"));
        String text = JsonMapper.shared().readTree(lines.get(3)).path("text").asString();
        String[] run = {"run", text, "--model", model, "--probe", probe, "--to", "empty", "--through"};
        assertEquals(0, run(with(run, "--of", "a1", "--json")), err.toString());
        assertEquals(
                "empty",
                JsonMapper.shared()
                        .readTree(out.toString())
                        .path("through")
                        .path(0)
                        .path("to")
                        .asString());
        assertRefused("name one of them with --of, such as a1", run);
        assertRefused("reads nothing called \"e5\"", with(run, "--of", "e5"));
        String[] heads = {"probe", "heads", games.toString(), "--model", model};
        assertEquals(
                0, run(with(heads, "--probe", probe, "--to", "same", "--from", "other", "--json")), err.toString());
        JsonNode writes = JsonMapper.shared().readTree(out.toString()).path("writes");
        assertTrue(writes.path("tokens").asInt() >= 8, writes.toString());
        assertEquals(0, run(heads), err.toString());
        assertTrue(out.toString().contains("by chance up to"), out.toString());
        assertEquals(0, run(with(heads, "--texts", "20", "--silence", "3")), err.toString());
        assertTrue(out.toString().contains("silenced "), out.toString());
        assertRefused("--silence reads texts behind the first 1000", with(heads, "--texts", "1000", "--silence", "3"));
        assertRefused("--silence is -1", with(heads, "--silence", "-1"));
        assertRefused("--probe, --to and --from work together", with(heads, "--to", "same"));
        assertRefused("reads one thing", with(heads, "--probe", kept(Kind.LINEAR, 1), "--to", "up"));
        assertRefused("has no text \"words\"", with(heads, "--field", "words"));
        assertRefused("--games is 0", "lab", "games", "--games", "0", "--out", games.toString());
    }

    private static String[] with(String[] first, String... more) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    }
}
