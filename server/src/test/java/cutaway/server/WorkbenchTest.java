package cutaway.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Prompts;
import cutaway.interp.geometry.FitScores;
import cutaway.interp.geometry.LabelFeatures;
import cutaway.interp.geometry.LabelSplit;
import cutaway.interp.geometry.ManifoldFit;
import cutaway.interp.geometry.StoredFit;
import cutaway.interp.heads.HeadTexts;
import cutaway.interp.heads.JointCloud;
import cutaway.interp.heads.QueryKeys;
import cutaway.interp.relations.LinearRelation;
import cutaway.interp.relations.StoredRelation;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.http.HttpServer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.ProcessMemory;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The server over HTTP, with the default model: what it answers is what the library gives, and what it must refuse, it
/// refuses in one sentence.
class WorkbenchTest {

    private static final String PROMPT = "The Eiffel Tower is located in the city of";

    @TempDir
    static Path folder;

    private static Workbench workbench;
    private static HttpServer server;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
        workbench = Workbench.open(settings(folder));
        server = workbench.serve("127.0.0.1", 0, Optional.empty());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
            workbench.close();
        }
    }

    private static Workbench.Settings settings(Path folder) {
        return new Workbench.Settings(
                folder, List.of(Hub.DEFAULT), 2_000_000_000L, Limits.USUAL, Optional.empty(), "test");
    }

    private static HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(at(path).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private static JsonNode tree(HttpResponse<String> response) {
        assertEquals(200, response.statusCode(), response.body());
        return Json.MAPPER.readTree(response.body());
    }

    /// One sentence, and nothing of the inside.
    private static void assertRefused(int status, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        JsonNode problem = Json.MAPPER.readTree(response.body());
        assertEquals(1, problem.size());
        String message = problem.path("message").asString();
        assertTrue(message.matches("[^\\n]+"), message);
        assertFalse(message.contains("Exception"), message);
    }

    /// A map of nothing, whose offset is the model's own end after a prompt: of whatever token, it reads what the
    /// model says there. A file of something else and a relation of another width are left out with a word.
    @Test
    void relationsThatAreKeptReadAToken() throws Exception {
        String body = "{\"prompt\": \"from Italy to Norway\", \"position\": 3}";
        Path relations = folder.resolve("relations");
        assertEquals(0, tree(post("/api/relations", body)).path("relations").size());
        Files.createDirectories(relations);
        Site last = new Site.Resid(29, Site.Moment.POST);
        try (Model model = Model.open(Hub.resolve(Hub.DEFAULT));
                Trace trace = Runs.toLast(model, Source.of(PROMPT), List.of(last))) {
            float[] end = Scope.free(() -> {
                Tensor all = trace.at(last).select(0, 0);
                return all.select(0, all.dim(0) - 1).toFloats();
            });
            new StoredRelation(
                            new StoredRelation.About("city", "{}", List.of(), "m", 4, 1, 1, 0.5),
                            new LinearRelation(4, new float[576 * 576], end, 1))
                    .write(relations.resolve("city.safetensors"));
        }
        new StoredRelation(
                        new StoredRelation.About("narrow", "{}", List.of(), "m", 4, 1, 1, 0.5),
                        new LinearRelation(4, new float[4], new float[2], 1))
                .write(relations.resolve("narrow.safetensors"));
        Files.writeString(relations.resolve("other.safetensors"), "no tensors");
        JsonNode found = tree(post("/api/relations", body));
        assertEquals(" Norway", found.path("token").asString());
        assertEquals(1, found.path("relations").size());
        assertEquals(
                " Paris",
                found.path("relations")
                        .path(0)
                        .path("objects")
                        .path(0)
                        .path("token")
                        .asString());
        assertEquals(2, found.path("leftOut").size());
        assertRefused(400, post("/api/relations", "{\"prompt\": \"from Italy\", \"position\": 9}"));
    }

    /// Queries and keys over three lines: places as the library lays them out, and the mean of the three patterns.
    @Test
    void aHeadOverManyTextsIsWhatTheLibraryLaysOut() throws Exception {
        List<String> texts = List.of("The cat sat on the mat.", "A dog barked.", "The cat and the dog slept.");
        String asked = "{\"text\": \"" + String.join("\\n", texts)
                + "\", \"split\": \"LINES\", \"layer\": 3, \"head\": %d, \"layout\": \"%s\", \"seed\": 0}";
        JsonNode found = tree(post("/api/joint/head", asked.formatted(0, "PCA")));
        try (Model model = Model.open(Hub.resolve(Hub.DEFAULT))) {
            List<int[]> ids =
                    texts.stream().map(text -> model.encode(text).ids()).toList();
            QueryKeys head = new HeadTexts(model, ids).head(3, 0);
            JointCloud cloud = JointCloud.of(head, JointCloud.Layout.PCA, 0, () -> {});
            ByteBuffer places = packed(found, "places");
            assertEquals(head.rows(), found.path("rows").asInt());
            assertEquals(16 * head.rows(), places.remaining());
            for (double[] place : cloud.places()) {
                assertEquals(place[0], places.getFloat(), 1e-3);
                assertEquals(place[1], places.getFloat(), 1e-3);
            }
            int second = ids.stream().map(text -> text.length).sorted().toList().get(1);
            assertEquals(second, found.path("span").asInt());
            double mean = 0;
            for (int text = 0; text < 3; text++) {
                mean += head.pattern(text)[2 * ids.get(text).length + 1] / 3; // from position 2 to 1
            }
            assertEquals(mean, (packed(found, "mean").getShort(2 * (2 * second + 1)) & 0xffff) / 65535.0, 1e-4);
        }
        assertRefused(400, post("/api/joint/head", asked.formatted(9, "PCA")));
        for (var wrong : Map.of(" ", 400, "a", 400, "a b ".repeat(12_501), 413, "1\\n".repeat(10_001), 413)
                .entrySet()) {
            String body = "{\"text\": \"" + wrong.getKey()
                    + "\", \"split\": \"LINES\", \"layer\": 0, \"head\": 0, \"layout\": \"PCA\", \"seed\": 0}";
            assertRefused(wrong.getValue(), post("/api/joint/head", body));
        }
        assertRefused(400, post("/api/jobs/joint", "{\"text\": \" \", \"split\": \"LINES\"}"));
    }

    private static ByteBuffer packed(JsonNode found, String part) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(found.path(part).asString()))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /// A curve through random activations: moved to a number, the page's answer is that of a run with the library's
    /// edit. A fit of another width is left out with a word, and one that is not kept is not looked for elsewhere.
    @Test
    void aTokenIsMovedAlongAStoredCurve() throws Exception {
        String body = "{\"prompt\": \"" + PROMPT + "\", \"position\": 3";
        Path fits = folder.resolve("fits");
        assertEquals(0, tree(post("/api/fits", body + "}")).path("fits").size());
        StoredFit fit = randomFit(576);
        Files.createDirectories(fits);
        fit.write(fits.resolve("numbers.safetensors"));
        randomFit(4).write(fits.resolve("narrow.safetensors"));
        JsonNode found = tree(post("/api/fits", body + "}"));
        assertEquals(1, found.path("fits").size());
        assertEquals(1, found.path("leftOut").size());
        JsonNode curve = found.path("fits").path(0).path("curve");
        assertEquals(8, curve.path("labels").size());
        JsonNode moved = tree(post("/api/fits/move", body + ", \"fit\": \"numbers\", \"label\": 2}"));
        try (Model model = Model.open(Hub.resolve(Hub.DEFAULT))) {
            int[] ids = model.encode(PROMPT).ids();
            try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), List.of(fit.site()));
                    Scope _ = Scope.open()) {
                Tensor x = trace.at(fit.site()).select(0, 0).select(0, 3).reshape(-1);
                for (var each : Map.of("after", fit.to(2, x, 3), "control", fit.control(2, x, 3))
                        .entrySet()) {
                    assertEquals(
                            Prompts.next(model, Source.of(ids, List.of(each.getValue())))
                                    .getFirst()
                                    .probability(),
                            moved.path(each.getKey())
                                    .path(0)
                                    .path("probability")
                                    .asDouble(),
                            1e-4);
                }
            }
        }
        assertRefused(404, post("/api/fits/move", body + ", \"fit\": \"../fits/numbers\", \"label\": 2}"));
        assertRefused(400, post("/api/fits/move", body + ", \"fit\": \"narrow\", \"label\": 2}"));
        assertRefused(400, post("/api/fits/move", body + ", \"fit\": \"numbers\", \"label\": 1e9}"));
        assertRefused(400, post("/api/fits", "{\"prompt\": \"one\", \"position\": 9}"));
    }

    private static StoredFit randomFit(int width) {
        double[] labels = {0, 1, 2, 3, 4, 5, 6, 7};
        LabelFeatures features = LabelFeatures.parse("circle:8");
        LabelSplit split = LabelSplit.of(labels, 0.25, 0);
        try (Scope _ = Scope.open()) {
            Tensor activations = new cutaway.tensor.Random(2).normal(labels.length, width);
            return StoredFit.of(
                    activations,
                    labels,
                    features,
                    split,
                    new StoredFit.Facts(
                            "random",
                            "blocks.2.hook_resid_post",
                            -1,
                            features.text(),
                            ManifoldFit.Settings.USUAL,
                            StoredFit.distinct(labels, split.training()),
                            StoredFit.distinct(labels, split.heldOut()),
                            FitScores.of(activations, labels, features, ManifoldFit.Settings.USUAL, split, 1, 0),
                            0));
        }
    }

    @Test
    void theFirstLookIsWhatTheLibrarySees() throws Exception {
        JsonNode look =
                tree(post("/api/look", "{\"prompt\": \"" + PROMPT + "\"}")).path("look");
        assertEquals(" Paris", look.path("answerText").asString());
        assertEquals(
                0.70,
                look.path("prompt").path("next").get(0).path("probability").asDouble(),
                0.01);
        JsonNode last = look.path("lens").path("rank").get(30);
        assertEquals(0, last.get(last.size() - 1).asInt());
    }

    @Test
    void anEffectIsTheNumberOfTheLibraryForTheSameEdit() throws Exception {
        try (Model model = Model.open(Hub.resolve(Hub.DEFAULT))) {
            int[] ids = model.encode(PROMPT).ids();
            int paris = model.tokenizer().idOf(" Paris").getAsInt();
            Metric metric = new Metric.LogProbability(paris);
            Edit edit = new Edit.Zero(new Site.MlpOut(0), Positions.ALL);
            double expected =
                    Runs.measure(model, ids, List.of(edit), metric) - Runs.measure(model, ids, List.of(), metric);
            JsonNode found = tree(post(
                    "/api/effect",
                    "{\"base\": {\"prompt\": \"" + PROMPT + "\"}, \"edits\": [{\"op\": \"zero\", \"site\":"
                            + " \"blocks.0.hook_mlp_out\"}], \"metric\": {\"metric\": \"log_probability\", \"token\": "
                            + paris + "}}"));
            assertEquals(expected, found.path("effect").asDouble(), 1e-3 * Math.abs(expected));
            assertEquals(8, found.path("controls").size());
            double largest = 0;
            for (JsonNode control : found.path("controls")) {
                largest = Math.max(largest, Math.abs(control.asDouble()));
            }
            assertEquals(largest, found.path("threshold").asDouble());
            assertEquals(
                    Math.abs(found.path("effect").asDouble()) > largest,
                    found.path("told").asBoolean());
            assertEquals(" Paris", found.path("before").get(0).path("text").asString());
        }
    }

    @Test
    void aClaimIsRefusedAsSupportedUntilEachPartIsThere() throws Exception {
        JsonNode claim = tree(post(
                "/api/claims",
                "{\"says\": \"MLP 0 carries it\", \"prompt\": {\"prompt\": \"" + PROMPT
                        + "\"}, \"inContrast\": false, \"edits\": [{\"op\": \"zero\", \"site\":"
                        + " \"blocks.0.hook_mlp_out\"}], \"metric\": {\"metric\": \"log_probability\","
                        + " \"token\": 7042}}"));
        String id = claim.path("id").asString();
        String support = "/api/claims/" + id + "/support";
        HttpResponse<String> refused =
                send(at(support).POST(HttpRequest.BodyPublishers.noBody()).build());
        assertRefused(409, refused);
        for (String part : List.of("control", "held-out data", "seeds", "interval", "scope")) {
            assertTrue(refused.body().contains(part + " is missing: "), refused.body());
        }
        tree(post("/api/claims/" + id + "/control", "{}"));
        refused = send(at(support).POST(HttpRequest.BodyPublishers.noBody()).build());
        assertRefused(409, refused);
        assertTrue(refused.body().contains("held-out data is missing"), refused.body());
        String pairs = String.join(
                "\\n",
                List.of("France", "Italy", "Spain", "Germany", "Japan", "China", "Russia", "Egypt", "Greece", "Poland")
                        .stream()
                        .map(land -> "{\\\"prompt\\\": \\\"The capital of " + land
                                + " is the city of\\\", \\\"contrast\\\": \\\"The middle of " + land
                                + " is the city of\\\"}")
                        .toList());
        String job = tree(post(
                        "/api/jobs/held-out",
                        "{\"claim\": \"" + id + "\", \"pairs\": \"" + pairs + "\", \"seeds\": 3}"))
                .path("id")
                .asString();
        await(job);
        tree(post("/api/claims/" + id + "/scope", "{\"scope\": \"capitals, this model\"}"));
        JsonNode whole = tree(send(at("/api/claims/" + id).build()));
        assertEquals(0, whole.path("standing").path("missing").size(), whole.toString());
        HttpResponse<String> asked =
                send(at(support).POST(HttpRequest.BodyPublishers.noBody()).build());
        // what the numbers say decides, and nobody else
        assertEquals(
                whole.path("standing").path("status").asString().equals("SUPPORTED") ? 200 : 409,
                asked.statusCode(),
                asked.body());
        JsonNode export = tree(send(at("/api/ledger").build()));
        String report = export.path("report").asString();
        for (String told : List.of(
                "MLP 0 carries it",
                "\"op\":\"zero\"",
                "prompt: `" + PROMPT + "`",
                "log p(\" Paris\")",
                "`The capital of Poland is the city of`")) {
            assertTrue(report.contains(told), told + " in " + report);
        }
        assertTrue(export.path("script").asString().contains("ledger rerun"));
    }

    /// A long text takes its time: a view of it that is opened again has it at once.
    @Test
    void aTextIsReadOnce() throws Exception {
        String asked = "{\"text\": \"" + PROMPT + "\"}";
        JsonNode first = tree(post("/api/attention", asked));
        assertEquals(first, tree(post("/api/attention", asked))); // with the time that it took
        JsonNode other = tree(post("/api/attention", "{\"text\": \"" + PROMPT + " not\"}"));
        assertEquals(first.path("tokens").size() + 1, other.path("tokens").size());
    }

    /// What a reader saw beside the effect is in the claim: measured here, never taken from the page.
    @Test
    void aClaimTakesTheControlsAlongThatItsEffectWasShownWith() throws Exception {
        String measured = "\"edits\": [{\"op\": \"zero\", \"site\": \"blocks.0.hook_mlp_out\"}], \"metric\":"
                + " {\"metric\": \"log_probability\", \"token\": 7042}, \"controls\": 5, \"seed\": 3";
        String run = "{\"prompt\": \"" + PROMPT + "\"}";
        JsonNode shown = tree(post("/api/effect", "{\"base\": " + run + ", " + measured + "}"));
        String claim = "{\"says\": \"MLP 0 carries it\", \"prompt\": " + run + ", \"inContrast\": false, ";
        JsonNode entry = tree(post("/api/claims", claim + measured + "}"));
        JsonNode control = entry.at("/claim/control");
        assertEquals("[3,4,5,6,7]", control.path("seeds").toString());
        assertEquals(shown.path("control"), control.path("words"));
        for (int i = 0; i < 5; i++) {
            double seen = shown.path("controls").get(i).asDouble();
            assertEquals(seen, control.path("changes").get(i).asDouble(), 1e-5 * Math.abs(seen));
        }
        assertEquals("held-out data", entry.at("/standing/missing/0/part").asString());
        assertRefused(400, post("/api/claims", claim + measured.replace("5", "65") + "}"));
    }

    @Test
    void anEditThatNoNumberComesOfIsRefusedAndNotRecorded() throws Exception {
        String run = "{\"prompt\": \"" + PROMPT + "\"}";
        String measured = "\"edits\": [{\"op\": \"scale\", \"site\": \"blocks.3.attn.hook_z[0]\", \"factor\": 1e38}],"
                + " \"metric\": {\"metric\": \"log_probability\", \"token\": 7042}, \"controls\": 4}";
        int claims = tree(send(at("/api/claims").build())).path("claims").size();
        for (HttpResponse<String> refused : List.of(
                post("/api/effect", "{\"base\": " + run + ", " + measured),
                post(
                        "/api/claims",
                        "{\"says\": \"too much\", \"prompt\": " + run + ", \"inContrast\": false, " + measured))) {
            assertRefused(400, refused);
            assertTrue(refused.body().contains("give smaller edits"), refused.body());
        }
        assertEquals(
                claims, tree(send(at("/api/claims").build())).path("claims").size());
    }

    @Test
    void jobsAreListedByKindAndAsManyAsAreAskedFor() throws Exception {
        assertEquals(
                0,
                tree(send(at("/api/jobs?kind=sweep&ended=0").build()))
                        .path("jobs")
                        .size());
        HttpResponse<String> refused = send(at("/api/jobs?ended=many").build());
        assertRefused(400, refused);
        assertTrue(refused.body().contains("ended is"), refused.body());
    }

    private static JsonNode await(String job) throws Exception {
        for (int i = 0; i < 1200; i++) {
            JsonNode now = tree(send(at("/api/jobs/" + job).build()));
            if (List.of("DONE", "FAILED", "CANCELLED")
                    .contains(now.path("state").asString())) {
                assertEquals("DONE", now.path("state").asString(), now.toString());
                return now;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("the job " + job + " did not come to its end");
    }

    @Test
    void thePageRunsItsOwnScriptsAndNoOthers() throws Exception {
        for (String path : List.of("/", "/lens", "/attention?prompt=x", "/ledger")) {
            HttpResponse<String> page = send(at(path).build());
            assertEquals(200, page.statusCode());
            String policy = page.headers().firstValue("content-security-policy").orElseThrow();
            assertTrue(policy.startsWith("default-src 'none'; script-src 'sha256-"), policy);
            assertFalse(policy.contains("script-src 'unsafe-inline'"), policy);
            assertEquals(
                    "nosniff",
                    page.headers().firstValue("x-content-type-options").orElseThrow());
        }
    }

    @Test
    void otherHostsAndOriginsAreRefused() throws Exception {
        for (String host : List.of("evil.example", "evil.example:" + server.port())) {
            assertTrue(raw("GET /api/about HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .startsWith("HTTP/1.1 403"));
            assertTrue(raw("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                    .startsWith("HTTP/1.1 403"));
        }
        assertRefused(
                403,
                send(at("/api/about").header("Origin", "http://evil.example").build()));
        assertRefused(
                403,
                send(at("/api/about").header("Sec-Fetch-Site", "cross-site").build()));
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void anAddressForOthersNeedsAToken() {
        assertThrows(BadInputException.class, () -> workbench.serve("0.0.0.0", 0, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"prompt\": 3, \"more\": 1}",
                "{\"text\": \"x\"}",
                "{\"prompt\": \"\"}",
                "{\"prompt\": \"x\", \"model\": \"../../etc/passwd\"}",
                "{\"prompt\": \"x\", \"model\": \"/etc/passwd\"}",
                "{\"prompt\": \"x\"} {\"prompt\": \"y\"}",
                "\"x\"",
                "{\"prompt\": \"x\", \"answer\": \" not one token at all\"}"
            })
    void aMalformedQuestionIsRefusedInOneSentence(String body) throws Exception {
        HttpResponse<String> response = post("/api/look", body);
        assertRefused(body.contains("model") ? 404 : 400, response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"study\": \"noise\"}",
                "{\"study\": \"noise2self\", \"seeds\": 0}",
                "{\"study\": \"noise2self\", \"seeds\": 11}",
                "{\"study\": \"noise2self\", \"set\": [{\"name\": \"tea\", \"value\": 3}]}",
                "{\"study\": \"superposition-compute\", \"set\": [{\"name\": \"trials\", \"value\": 1e12}]}",
                "{\"study\": \"superposition-compute\", \"set\": [{\"name\": \"most\", \"value\": -1}]}",
                "{\"study\": \"group-testing\", \"set\": [{\"name\": \"repeats\", \"value\": 0.5}]}",
                "{\"study\": \"lre-relations\", \"set\": [{\"name\": \"relations\", \"value\": 15}]}"
            })
    void aPlanThatNoStudyHasIsRefusedBeforeItRuns(String body) throws Exception {
        assertRefused(400, post("/api/jobs/study", body));
    }

    @Test
    void anAddressThatIsNoViewIsSaidAsTheAskerReadsIt() throws Exception {
        HttpResponse<String> toBrowser =
                send(at("/nonsense").header("Accept", "text/html,*/*").build());
        assertEquals(404, toBrowser.statusCode());
        assertTrue(toBrowser.body().contains("<a href=\"/\">"), toBrowser.body());
        assertRefused(404, send(at("/nonsense").build()));
        assertRefused(
                404, send(at("/api/claims/none").header("Accept", "text/html").build()));
    }

    @Test
    void whatIsTooLargeIsRefused() throws Exception {
        assertRefused(413, post("/api/look", "{\"prompt\": \"" + "a".repeat(Limits.USUAL.text() + 1) + "\"}"));
        assertRefused(413, post("/api/look", "{\"prompt\": \"" + "a".repeat(Limits.USUAL.body()) + "\"}"));
        assertRefused(
                415,
                send(at("/api/look")
                        .header("content-type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\": \"x\"}"))
                        .build()));
    }

    /// Bodies made of pieces of good ones: never a fault, never an answer that takes the server down.
    @Test
    void fuzzedBodiesAreAnsweredOrRefused() throws Exception {
        String good = "{\"base\": {\"prompt\": \"" + PROMPT + "\"}, \"edits\": [{\"op\": \"zero\", \"site\":"
                + " \"blocks.8.attn.hook_z[3]\"}], \"metric\": {\"metric\": \"log_probability\", \"token\": 7042}}";
        Random random = new Random(1);
        String alphabet = "{}[]\",:0123456789eE.-truefalsn\\u0000é ";
        for (int i = 0; i < 60; i++) {
            StringBuilder body = new StringBuilder(good);
            for (int change = random.nextInt(4); change >= 0; change--) {
                int place = random.nextInt(body.length());
                switch (random.nextInt(3)) {
                    case 0 -> body.setCharAt(place, alphabet.charAt(random.nextInt(alphabet.length())));
                    case 1 -> body.deleteCharAt(place);
                    default -> body.insert(place, alphabet.charAt(random.nextInt(alphabet.length())));
                }
            }
            HttpResponse<String> response = post("/api/effect", body.toString());
            assertTrue(response.statusCode() < 500, body + " gave " + response.body());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/jobs/..%2f..%2fetc%2fpasswd",
                "/api/jobs/%2e%2e",
                "/api/claims/..%2f..%2fx",
                "/api/results/explain/..%2fjob",
                "/api/studies/..%2f..%2fREADME/result",
                "/api/nothing",
                "/workbench.html/../../x"
            })
    void noPathLeadsOut(String path) throws Exception {
        String answer =
                raw("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\nConnection: close\r\n\r\n");
        assertTrue(answer.matches("(?s)HTTP/1.1 40[04].*"), answer);
        assertFalse(answer.contains("root:"), answer);
    }

    @Test
    void scriptInAPromptStaysText() throws Exception {
        String prompt = "<script>alert(1)</script>";
        HttpResponse<String> look = post("/api/look", Json.text(java.util.Map.of("prompt", prompt)));
        assertEquals(prompt, tree(look).path("look").path("prompt").path("text").asString());
        assertEquals(
                "application/json", look.headers().firstValue("content-type").orElseThrow());
    }

    /// Readers at once: every answer is the one that a reader alone gets, and native memory stays flat.
    @Test
    void manyReadersGetTheSameAnswersAndMemoryStaysFlat() throws Exception {
        List<String> bodies = List.of(
                "{\"prompt\": \"" + PROMPT + "\"}", "{\"prompt\": \"One two three\"}", "{\"prompt\": \"The sky is\"}");
        List<String> alone = new ArrayList<>();
        for (String body : bodies) {
            alone.add(tree(post("/api/look", body)).path("look").toString());
        }
        double before = 0;
        try (ExecutorService readers = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 3; round++) {
                List<Callable<String>> asking = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    String body = bodies.get(i % bodies.size());
                    asking.add(() -> tree(post("/api/look", body)).path("look").toString());
                }
                List<Future<String>> answers = readers.invokeAll(asking);
                for (int i = 0; i < answers.size(); i++) {
                    assertEquals(alone.get(i % bodies.size()), answers.get(i).get());
                }
                if (round == 0) {
                    before = ProcessMemory.settledMb();
                }
            }
        }
        double grown = ProcessMemory.settledMb() - before;
        assertTrue(grown < 100, "two rounds of readers took " + grown + " MB");
    }

    @Test
    void aLedgerThatTheDiskRefusesSaysSo(@TempDir Path other) throws Exception {
        Files.writeString(other.resolve("ledger"), "in the way");
        try (Workbench full = Workbench.open(settings(other));
                HttpServer refusing = full.serve("127.0.0.1", 0, Optional.empty())) {
            HttpResponse<String> response = CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + refusing.port() + "/api/claims"))
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"says\": \"x\", \"prompt\": {\"prompt\": \"One two\"}, \"inContrast\": false,"
                                            + " \"edits\": [{\"op\": \"zero\", \"site\": \"blocks.0.hook_mlp_out\"}],"
                                            + " \"metric\": {\"metric\": \"log_probability\", \"token\": 7042}}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertRefused(507, response);
        }
    }
}
