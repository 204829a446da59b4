package cutaway.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.probe.Labelled;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ProbeEdit;
import cutaway.interp.probe.ProbeSettings;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.probe.ThroughProbes;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.lab.Export;
import cutaway.lab.Lab;
import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.task.Othello;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.http.HttpServer;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.LearningRate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Stored probes at a token of a model of moves, over HTTP: a board of nine squares is changed at one of them.
class ProbesTest {

    private static final String PROMPT = "b1 a1 a2 a3";
    private static final Site SITE = new Site.Resid(0, Site.Moment.POST);
    private static final List<String> CLASSES = List.of("empty", "other", "same");

    @TempDir
    static Path temporary;

    private static Workbench workbench;
    private static HttpServer server;
    private static String model;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        Recipe recipe = Recipe.usual(new Othello(4))
                .with("rate", LearningRate.constant(1e-3))
                .with("steps", 2L)
                .with("batch", 8);
        Path out = temporary.resolve("othello");
        try (Trained trained = new Lab(temporary.resolve("lab")).train(recipe, Lab.SILENT)) {
            Export.write(trained, out);
        }
        model = out.resolve("seed-" + recipe.instances().getFirst().seed()).toString();
        Path folder = temporary.resolve("folder");
        workbench = Workbench.open(
                new Workbench.Settings(folder, List.of(model), 2_000_000_000L, Limits.USUAL, Optional.empty(), "test"));
        workbench.warmUp(); // with a vocabulary that has no word but moves
        server = workbench.serve("127.0.0.1", 0, Optional.empty());
    }

    @AfterAll
    static void stop() {
        server.close();
        workbench.close();
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode tree(HttpResponse<String> response) {
        assertEquals(200, response.statusCode(), response.body());
        return Json.MAPPER.readTree(response.body());
    }

    private static void assertRefused(int status, String words, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        String message = Json.MAPPER.readTree(response.body()).path("message").asString();
        assertTrue(message.contains(words) && !message.contains("\n"), message);
    }

    /// Squares whose class a number of the state decides; in the file they stand by column.
    private static void keep(Path file, int width, Site site) {
        List<String> squares = new ArrayList<>();
        for (char column = 'a'; column <= 'c'; column++) {
            for (int row = 1; row <= 3; row++) {
                squares.add(column + "" + row);
            }
        }
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(1).normal(600, width);
            float[] numbers = x.toFloats();
            int[][] labels = IntStream.range(0, 600)
                    .mapToObj(row -> IntStream.range(0, 9)
                            .map(i -> numbers[width * row + i] > 0.4 ? 2 : numbers[width * row + i] < -0.4 ? 1 : 0)
                            .toArray())
                    .toArray(int[][]::new);
            Labelled all = new Labelled(x, labels, 3, IntStream.range(0, 600).toArray());
            try (NamedProbe probe = NamedProbe.fit(
                    all, ProbeSettings.of(Kind.LOGISTIC, 1).steps(200), "othello", site, squares, CLASSES)) {
                probe.write(file);
            }
        }
    }

    private static String asked(String more) {
        return "{\"prompt\": \"" + PROMPT + "\", \"position\": 2" + more + "}";
    }

    @Test
    void aSquareIsReadAndChanged() throws Exception {
        Path probes = temporary.resolve("folder").resolve("probes");
        JsonNode none = tree(post("/api/probes", asked("")));
        assertEquals(0, none.path("probes").size());
        assertEquals(probes.toString(), none.path("folder").asString());
        try (Model opened = Model.open(Path.of(model))) {
            int width = opened.sizes().dModel();
            keep(probes.resolve("board.safetensors"), width, SITE);
            keep(probes.resolve("narrow.safetensors"), width - 3, SITE);
            keep(probes.resolve("deep.safetensors"), width, new Site.Resid(9, Site.Moment.POST));
            Files.writeString(probes.resolve("other.safetensors"), "no tensors");
            JsonNode found = tree(post("/api/probes", asked("")));
            assertEquals(3, found.path("leftOut").size(), found.path("leftOut").toString());
            JsonNode board = found.path("probes").path(0);
            assertEquals(3, board.path("side").asInt());
            assertEquals("b1", board.path("things").path(1).path("name").asString(), "row by row");
            try (Scope _ = Scope.open();
                    NamedProbe probe = NamedProbe.read(probes.resolve("board.safetensors"))) {
                Source run = Source.of(Arrays.copyOf(opened.encode(PROMPT).ids(), 3), List.of());
                String read = probe.about("b1").read(state(opened, run)).getFirst();
                assertEquals(read, board.path("things").path(1).path("read").asString());
                String to = read.equals("same") ? "other" : "same";
                JsonNode changed = tree(post(
                        "/api/probes/change",
                        asked(", \"probe\": \"board\", \"thing\": \"b1\", \"to\": \"" + to + "\"")));
                assertEquals(to, changed.path("things").path(1).path("read").asString());
                assertEquals(read, changed.path("moved").path("from").asString());
                List<Edit> edits = ThroughProbes.of(
                                opened, run, Positions.of(2), List.of(probe.about("b1")), to, ProbeEdit.USUAL)
                        .edits();
                double[] before = next(opened, run, List.of());
                double[] after = next(opened, run, edits);
                int squares = 0;
                for (JsonNode next : changed.path("next")) {
                    int id = next.path("id").asInt();
                    assertEquals(before[id], next.path("before").asDouble(), 1e-5);
                    assertEquals(after[id], next.path("after").asDouble(), 1e-5);
                    assertFalse(next.path("random").asDouble()
                            == next.path("before").asDouble());
                    squares += next.path("thing").asString().isEmpty() ? 0 : 1;
                }
                assertEquals(9, squares, "the moves to all squares of the board");
            }
        }
        String change = ", \"probe\": \"%s\", \"thing\": \"%s\", \"to\": \"%s\"";
        String path = "/api/probes/change";
        assertRefused(
                404, "there is no probe \"../board\"", post(path, asked(change.formatted("../board", "b1", "same"))));
        assertRefused(400, "reads nothing called \"d1\"", post(path, asked(change.formatted("board", "d1", "same"))));
        assertRefused(400, "no class \"black\"", post(path, asked(change.formatted("board", "b1", "black"))));
        assertRefused(400, "name one of them", post(path, asked(", \"probe\": \"board\", \"to\": \"same\"")));
        assertRefused(
                400, "positions 0 to 3", post("/api/probes", "{\"prompt\": \"" + PROMPT + "\", \"position\": 4}"));
    }

    /// At the last position, `[1, d]`.
    private static Tensor state(Model opened, Source run) {
        return Scope.keep(() -> {
            try (Trace trace = Runs.run(opened, Batch.of(run.ids(opened)), List.of(), List.of(SITE))) {
                return trace.at(SITE).select(1, 2).copy();
            }
        });
    }

    /// Probabilities after the last position.
    private static double[] next(Model opened, Source run, List<Edit> edits) {
        try (Scope _ = Scope.open();
                Trace trace = Runs.run(opened, Batch.of(run.ids(opened)), edits, List.of())) {
            return trace.logits()
                    .select(0, 0)
                    .select(0, 2)
                    .softmax(-1)
                    .to(Dtype.F64)
                    .toDoubles();
        }
    }
}
