package cutaway.server.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.probe.Labelled;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ProbeSettings;
import cutaway.interp.site.Site;
import cutaway.server.Workbench;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.Params;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Two scorings of one table beside each other, and the tokens of a prompt, on a tiny model whose tokens are the
/// words w0 to w96 and a probe of whether one number of its state is high.
class PairAnswersTest {

    private static final Path MODEL = Path.of("../model/src/test/resources/words");
    private static final String WORDS = "words.csv";

    @TempDir
    private static Path folder;

    private static Workbench workbench;
    private static JsonNode table;

    @BeforeAll
    static void open() throws IOException {
        Path probes = Files.createDirectories(folder.resolve("home/probes"));
        Files.writeString(probes.resolve("none.safetensors"), "no probe");
        try (Scope _ = Scope.open();
                NamedProbe probe = probe()) {
            probe.write(probes.resolve("high.safetensors"));
        }
        workbench = Workbench.open(new Workbench.Settings(
                folder.resolve("home"),
                List.of(MODEL.toString()),
                2_000_000_000,
                Limits.USUAL,
                Optional.empty(),
                "test"));
        table = ask("/api/tables", Map.of("name", WORDS, "text", "a,ok\nw5,1\nw6,0\nw7 w8,1\nw9,0\n"));
    }

    private static NamedProbe probe() {
        int rows = 64;
        int[][] labels = new int[rows][1];
        float[] added = new float[rows * 32];
        for (int row = 0; row < rows; row++) {
            labels[row][0] = row % 2;
            added[row * 32 + 3] = row % 2 * 4;
        }
        Labelled all = new Labelled(
                new Random(2).normal(rows, 32).plus(Tensor.of(added, rows, 32)),
                labels,
                2,
                IntStream.range(0, rows).toArray());
        return NamedProbe.fit(
                all,
                ProbeSettings.of(ProbeSettings.Kind.LOGISTIC, 0),
                "tiny",
                new Site.Resid(0, Site.Moment.POST),
                List.of("low", "high"));
    }

    @AfterAll
    static void close() {
        workbench.close();
    }

    private static JsonNode ask(String path, Map<String, ?> body) {
        return said("POST " + path, Json.text(body), Map.of());
    }

    private static JsonNode said(String name, String body, Map<String, String> parts) {
        Route<?, ?> route = workbench.routes().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return Json.MAPPER.readTree(answer(route, body, parts));
    }

    private static <I> String answer(Route<I, ?> route, String body, Map<String, String> parts) {
        return route.answering().answer(Json.read(body, route.takes()), new Params(parts, Map.of()));
    }

    /// The name of a job that scored a table.
    private static String scored(Map<String, ?> asked) throws InterruptedException {
        String id = ask("/api/jobs/score", asked).path("id").asString();
        JsonNode job;
        do {
            Thread.sleep(20);
            job = said("GET /api/jobs/{id}", "{}", Map.of("id", id));
        } while (!Set.of("DONE", "FAILED", "CANCELLED")
                .contains(job.path("state").asString()));
        assertEquals("DONE", job.path("state").asString(), job.toString());
        return id;
    }

    private static Map<String, Object> prompted(Map<String, ?> more) {
        Map<String, Object> asked = new HashMap<>(Map.of(
                "table",
                WORDS,
                "sha256",
                table.path("sha256").asString(),
                "template",
                "w1 {a} w2",
                "yes",
                " w20",
                "no",
                " w30"));
        asked.putAll(more);
        return asked;
    }

    private static double[] scores(String job) {
        double[] scores = new double[4];
        JsonNode scoring = said("GET /api/results/score/{id}", "{}", Map.of("id", job));
        for (int row = 0; row < 4; row++) {
            scores[row] = scoring.at("/scores/" + row).asDouble();
        }
        return scores;
    }

    /// The plain model, and the model steered along a kept probe: what the comparison says is counted from the
    /// two jobs' scores, and a row that is run again is run in both.
    @Test
    void theSteeredModelStandsBesideThePlainOne() throws InterruptedException {
        String plain = scored(prompted(Map.of()));
        String steered = scored(prompted(Map.of("steer", "high.safetensors", "towards", "high", "scale", 3)));
        double[] first = scores(plain);
        double[] second = scores(steered);
        double distance = IntStream.range(0, 4)
                .mapToDouble(row -> Math.abs(first[row] - second[row]))
                .average()
                .orElseThrow();
        assertTrue(distance > 1e-3, "steering moved scores by " + distance);
        JsonNode found = ask("/api/whatif/compare", Map.of("job", plain, "other", steered));
        assertEquals(distance, found.path("meanDistance").asDouble(), 1e-9);
        double threshold = (first[0] + second[0]) / 2;
        Map<String, Object> judged = Map.of(
                "job",
                plain,
                "label",
                "ok",
                "by",
                List.of(),
                "costRatio",
                1,
                "tolerance",
                0.02,
                "thresholds",
                List.of(threshold));
        found = ask("/api/whatif/compare", Map.of("job", plain, "other", steered, "judged", judged));
        int differ = (int) IntStream.range(0, 4)
                .filter(row -> first[row] >= threshold != second[row] >= threshold)
                .count();
        assertTrue(differ > 0);
        assertEquals(
                differ,
                found.path("firstOnly").asInt() + found.path("secondOnly").asInt());
        assertEquals(differ, found.at("/slices/0/differ").asInt());
        int right = (int) IntStream.range(0, 4)
                .filter(row -> first[row] >= threshold == (row % 2 == 0) && second[row] >= threshold == (row % 2 == 0))
                .count();
        assertEquals(right, found.at("/judged/bothRight").asInt());
        for (String job : List.of(plain, steered)) {
            JsonNode edited =
                    ask("/api/whatif/point", Map.of("job", job, "row", 2, "norm", "L1", "values", List.of("w6", "1")));
            assertEquals(scores(job)[1], edited.path("edited").asDouble(), 1e-6);
        }
    }

    /// A kept probe is offered, what is none is not, and its reading is a score.
    @Test
    void aKeptProbeScoresTheRows() throws InterruptedException {
        JsonNode kept = said("GET /api/whatif/probes", "{}", Map.of());
        assertEquals(1, kept.path("probes").size(), kept.toString());
        assertEquals("high.safetensors", kept.at("/probes/0/file").asString());
        assertEquals("high", kept.at("/probes/0/classes/1").asString());
        assertTrue(kept.at("/probes/0/steers").asBoolean());
        Map<String, String> read = Map.of("template", "w1 {a}", "probe", "high.safetensors");
        Map<String, Object> asked = prompted(read);
        asked.put("positive", "high");
        double[] high = scores(scored(asked));
        asked.put("positive", "low");
        double[] low = scores(scored(asked));
        for (int row = 0; row < 4; row++) {
            assertEquals(1, high[row] + low[row], 1e-6);
        }
        double apart = Math.log(high[0] / low[0]) - Math.log(high[1] / low[1]); // nats
        assertTrue(Math.abs(apart) > 1e-4, "log odds of two rows are " + apart + " apart");
        assertThrows(
                BadInputException.class,
                () -> ask("/api/jobs/score", prompted(Map.of("steer", "high.safetensors", "towards", "warm"))));
    }

    /// A prompt with another token scores as a row with that token does, and leaving a token out is a run.
    @Test
    void aPromptWithAnotherTokenIsRun() throws InterruptedException {
        String job = scored(prompted(Map.of()));
        JsonNode found = ask("/api/whatif/tokens", Map.of("job", job, "prompt", "w1 w9 w2", "leaveOut", true));
        assertEquals(scores(job)[3], found.path("score").asDouble(), 1e-6);
        assertEquals(3, found.path("tokens").size());
        assertEquals(
                found.at("/options/0/logit").asDouble()
                        - found.at("/options/1/logit").asDouble(),
                found.path("margin").asDouble(),
                1e-5);
        JsonNode without = ask("/api/whatif/tokens", Map.of("job", job, "prompt", "w1 w2"));
        assertEquals(
                found.path("margin").asDouble() - without.path("margin").asDouble(),
                found.at("/leftOut/1").asDouble(),
                1e-5);
        assertEquals(0, without.path("leftOut").size());
        assertEquals(2, without.path("gradient").size());
    }

    @Test
    void whatCannotBeComparedIsRefused() throws InterruptedException {
        String job = scored(prompted(Map.of()));
        JsonNode loans = ask("/api/tables/loans", Map.of("rows", 60, "bias", 1.5, "seed", 0));
        String net = scored(Map.of(
                "table",
                loans.path("name").asString(),
                "sha256",
                loans.path("sha256").asString(),
                "learn",
                "approved"));
        assertEquals(
                400,
                assertThrows(Refusal.class, () -> ask("/api/whatif/compare", Map.of("job", job, "other", net)))
                        .status());
        assertEquals(
                400,
                assertThrows(Refusal.class, () -> ask("/api/whatif/tokens", Map.of("job", net, "prompt", "w1")))
                        .status());
    }
}
