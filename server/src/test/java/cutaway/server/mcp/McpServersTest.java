package cutaway.server.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.intervention.Intervention;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.server.Workbench;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.http.HttpServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// An agent at the workbench over HTTP, by the SDK's own client.
class McpServersTest {

    private static final String PROMPT = "The capital of France is";
    private static final String PAIR = """
        {"prompt": "The capital of France is", "contrast": "The capital of Italy is", "answer": " Paris", "against": " Rome"}\
        """;

    @TempDir
    private static Path folder;

    private static Workbench workbench;
    private static HttpServer server;
    private static McpSyncClient client;
    private static final List<ProgressNotification> PROGRESS = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void serve() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
        workbench = Workbench.open(new Workbench.Settings(
                folder, List.of(Hub.DEFAULT), 2_000_000_000, Limits.USUAL, Optional.empty(), "1.2.3"));
        server = workbench.serve("127.0.0.1", 0, Optional.empty());
        client = McpClient.sync(HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + server.port())
                        .endpoint("/mcp")
                        .build())
                .requestTimeout(Duration.ofMinutes(3))
                .progressConsumer(PROGRESS::add)
                .build();
        client.initialize();
    }

    @AfterAll
    static void stop() {
        Stream.<AutoCloseable>of(client, server, workbench).forEach(one -> {
            try {
                if (one != null) {
                    one.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static CallToolResult call(String tool, String arguments) {
        @SuppressWarnings("unchecked") // a JSON object
        Map<String, Object> given = Json.read(arguments, Map.class);
        return client.callTool(CallToolRequest.builder(tool)
                .arguments(given)
                .progressToken("p-" + tool)
                .build());
    }

    private static String text(CallToolResult result) {
        return ((TextContent) result.content().getFirst()).text();
    }

    private static JsonNode answer(String tool, String arguments) {
        CallToolResult result = call(tool, arguments);
        assertFalse(result.isError(), text(result));
        return Json.MAPPER.readTree(text(result));
    }

    private static void assertRefused(String words, String tool, String arguments) {
        CallToolResult result = call(tool, arguments);
        assertTrue(result.isError(), text(result));
        assertTrue(text(result).contains(words), text(result));
        assertTrue(text(result).lines().count() == 1 && text(result).endsWith("."), text(result));
        assertFalse(text(result).contains("should not have happened"), text(result));
    }

    @Test
    void whatIsNoMessageIsAnsweredAsOneWithoutTheInsides() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String body : List.of("garbage", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}")) {
                HttpRequest asked = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/mcp"))
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json, text/event-stream")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
                HttpResponse<String> answer = http.send(asked, HttpResponse.BodyHandlers.ofString());
                JsonNode said = Json.MAPPER.readTree(answer.body());
                assertEquals(400, answer.statusCode(), answer.body());
                assertEquals("2.0", said.at("/jsonrpc").asString(), answer.body());
                assertTrue(said.at("/error/code").asInt() < 0, answer.body());
                assertFalse(answer.body().contains("stackTrace"), answer.body());
            }
        }
    }

    @Test
    void eachToolSaysWhatItTakes() {
        List<Tool> tools = client.listTools().tools();
        List<String> names = tools.stream().map(Tool::name).toList();
        for (Offer offer : Offers.ALL) { // a dictionary's answers may be left out of a workbench, the others not
            assertTrue(names.contains(offer.name()) || offer.name().startsWith("features_"), offer.name());
        }
        for (Tool tool : tools) {
            assertTrue(tool.description().length() > 40, tool.name());
            JsonNode schema = Json.MAPPER.valueToTree(tool.inputSchema());
            String text = schema.toString();
            for (String reference : text.split("#/\\$defs/", -1)) {
                String name = reference.replaceFirst("(?s)\".*", "");
                assertTrue(
                        reference.equals(text.split("#/\\$defs/", -1)[0])
                                || schema.path("$defs").has(name),
                        tool.name() + " names no " + name);
            }
        }
    }

    /// Golden by another way: the library measures the same edit without server and protocol.
    @Test
    void anEffectIsTheLibrarysForTheSameEdit() {
        JsonNode answer = answer("effect", """
            {"base": {"prompt": "The capital of France is"}, "metric": {"metric": "log_probability", "token": 7042},
             "edits": [{"op": "zero", "site": "blocks.3.hook_mlp_out", "pos": [3]}], "seed": 5}\
            """);
        try (Model model = Model.open(Hub.resolve(Hub.DEFAULT));
                Intervention run = new Intervention(model, Source.of(PROMPT), new Metric.LogProbability(7042))) {
            Intervention.Effect effect =
                    run.measure(List.of(new Edit.Zero(Site.parse("blocks.3.hook_mlp_out"), Positions.of(3))), 8, 5);
            assertEquals(effect.effect(), answer.at("/result/effect").asDouble(), 1e-5);
            assertEquals(effect.threshold(), answer.at("/result/threshold").asDouble(), 1e-5);
            assertEquals(model.sha256(), answer.at("/receipt/weights").asString());
        }
        assertEquals(5, answer.at("/receipt/seed").asInt());
        assertEquals("1.2.3", answer.at("/receipt/version").asString());
        assertEquals("POST /api/effect", answer.at("/receipt/request").asString());
        String command = answer.at("/receipt/command").asString();
        assertTrue(command.startsWith("curl -s -X POST 'http://127.0.0.1:" + server.port() + "/api/effect' "), command);
    }

    /// What an agent gets is what the page gets, and the receipt's sum is that of the result as it stands there.
    @Test
    void aReceiptIsOfTheResultAndItsRequestHasItAgain() throws Exception {
        String question = "{\"prompt\": \"" + PROMPT + "\"}";
        CallToolResult result = call("look", question);
        String text = text(result);
        JsonNode answer = Json.MAPPER.readTree(text);
        String written = text.substring("{\"result\":".length(), text.indexOf(",\"receipt\":"));
        assertEquals(
                HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-256").digest(written.getBytes(StandardCharsets.UTF_8))),
                answer.at("/receipt/sha256").asString());
        try (HttpClient http = HttpClient.newHttpClient()) {
            String path = answer.at("/receipt/request").asString().replaceFirst("POST ", "");
            HttpRequest again = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            answer.at("/receipt/arguments").toString()))
                    .build();
            JsonNode page = Json.MAPPER.readTree(
                    http.send(again, HttpResponse.BodyHandlers.ofString()).body());
            assertEquals(page.at("/look/prompt/next/0/text"), answer.at("/result/look/prompt/next/0/text"));
            assertEquals(
                    page.at("/look/prompt/next/0/probability").asDouble(),
                    answer.at("/result/look/prompt/next/0/probability").asDouble(),
                    1e-5);
        }
        assertEquals(" Paris", answer.at("/result/look/prompt/next/0/text").asString());
    }

    @Test
    void aBadQuestionIsOneSentence() {
        String base = "\"base\": {\"prompt\": \"" + PROMPT + "\"}, \"metric\": {\"metric\": \"loss\"}";
        assertRefused("edits is missing", "effect", "{" + base + "}");
        assertRefused("edits is empty", "effect", "{" + base + ", \"edits\": []}");
        assertRefused(
                "layers 0 to 29",
                "effect",
                "{" + base + ", \"edits\": [{\"op\": \"zero\", \"site\": \"blocks.99.hook_mlp_out\"}]}");
        assertRefused("no argument \"prompts\"", "look", "{\"prompts\": \"x\"}");
        assertRefused("prompt is of the type number", "look", "{\"prompt\": 3}");
        assertRefused("no model", "look", "{\"prompt\": \"x\", \"model\": \"/etc/passwd\"}");
        assertRefused("the text is empty", "look", "{\"prompt\": \" \"}");
        assertRefused("id is", "job", "{\"id\": \"../../etc/passwd\"}");
        assertRefused("there is no job", "job", "{\"id\": \"none\"}");
        assertRefused("there is no claim", "ledger_support", "{\"id\": \"none\"}");
        assertRefused("method is \"cut\"", "sweep", "{\"pairs\": " + Json.text(PAIR) + ", \"method\": \"cut\"}");
        assertRefused("line 1", "sweep", "{\"pairs\": \"x\"}");
        assertRefused("no sites \"heads\"", "sweep", "{\"pairs\": " + Json.text(PAIR) + ", \"sites\": \"heads\"}");
    }

    /// The sweep's own number of its strongest place is that of the edit that stands beside it.
    @Test
    void aSweepShowsEditsThatHaveItsEffectsAgain() {
        for (String how : List.of(
                "\"method\": \"ablate\", \"ablation\": \"zero\", \"sites\": \"mlp_out[0..3]@all,head_z[3.*]\"",
                "\"method\": \"ablate\", \"sites\": \"mlp_out[0..3]\"",
                "\"method\": \"patch\", \"sites\": \"resid_pre[0..9],head_z[20.*]\"",
                "\"method\": \"patch\", \"direction\": \"noise\", \"sites\": \"resid_pre[0..9]\"")) {
            JsonNode answer =
                    answer("sweep", "{\"pairs\": " + Json.text(PAIR) + ", \"rows\": 5, \"wait\": 120, " + how + "}");
            JsonNode strongest = answer.at("/result/strongest");
            assertEquals(5, strongest.size(), answer.toString());
            for (JsonNode place : strongest) {
                assertEquals(
                        place.path("effect").asDouble(),
                        place.at("/control/effect").asDouble(),
                        1e-4,
                        place.toString());
                assertEquals(8, place.at("/control/controls").size());
            }
            JsonNode control = strongest.get(0).path("control");
            JsonNode again = answer(
                    "effect",
                    "{\"base\": " + control.path("base") + ", \"edits\": " + control.path("edits") + ", \"metric\": "
                            + control.path("metric") + "}");
            assertEquals(
                    control.path("effect").asDouble(),
                    again.at("/result/effect").asDouble(),
                    1e-4);
        }
        assertTrue(PROGRESS.stream().anyMatch(told -> told.progressToken().equals("p-sweep")), "no progress was told");
    }

    @Test
    void aClaimIsRefusedUntilItsPartsAreMeasured() {
        JsonNode claim = answer("ledger_record", """
            {"says": "MLP 0 is needed", "prompt": {"prompt": "The capital of France is"}, "inContrast": false,
             "edits": [{"op": "zero", "site": "blocks.0.hook_mlp_out"}],
             "metric": {"metric": "log_probability", "token": 7042}}\
            """);
        String id = claim.at("/result/id").asString();
        assertEquals("SUGGESTED", claim.at("/result/standing/status").asString());
        assertEquals(Hub.DEFAULT, claim.at("/receipt/model").asString());
        assertRefused("control is missing", "ledger_support", "{\"id\": \"" + id + "\"}");
        JsonNode controlled = answer("ledger_control", "{\"id\": \"" + id + "\", \"seeds\": 4}");
        assertEquals(4, controlled.at("/result/claim/control/seeds").size());
        assertTrue(answer("ledger_list", "{}").at("/result/claims").toString().contains(id));
    }

    @Test
    void aJobThatIsNotWaitedForCanBeCancelled() throws InterruptedException {
        JsonNode begun = answer("explain", "{\"prompt\": \"The opposite of hot is\", \"wait\": 0}");
        String id = begun.at("/result/id").asString();
        assertTrue(begun.path("next").asString().contains(id));
        answer("job_cancel", "{\"id\": \"" + id + "\"}");
        assertRefused("was cancelled", "job", "{\"id\": \"" + id + "\", \"wait\": 60}");
    }

    /// A page of elsewhere: its script reaches the port, under a name or from an origin that is not this server's.
    @Test
    void theDoorsAreThoseOfTheOtherRoutes() throws Exception {
        assertEquals(403, status("Host: evil.example"));
        assertEquals(403, status("Host: 127.0.0.1", "Origin: http://evil.example"));
        assertEquals(403, status("Host: 127.0.0.1", "Sec-Fetch-Site: cross-site"));
        assertNotEquals(403, status("Host: 127.0.0.1"));
        try (HttpServer guarded = workbench.serve("127.0.0.1", 0, Optional.of("0123456789abcdef"))) {
            assertEquals(401, status(guarded, "{}", "Host: 127.0.0.1"));
            assertNotEquals(401, status(guarded, "{}", "Host: 127.0.0.1", "Authorization: Bearer 0123456789abcdef"));
        }
    }

    /// By its length alone: who sends it all may find the connection closed before the answer is read.
    @Test
    void aLargeBodyIsRefused() throws Exception {
        assertEquals(413, status(server, Limits.USUAL.body() + 1L, "", "Host: 127.0.0.1"));
    }

    private static int status(String... headers) throws Exception {
        return status(server, "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}", headers);
    }

    private static int status(HttpServer to, String body, String... headers) throws Exception {
        return status(to, body.length(), body, headers);
    }

    /// By hand: no client of HTTP sends these headers.
    ///
    /// @param length that is said; what is sent of it may be less
    private static int status(HttpServer to, long length, String body, String... headers) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", to.port())) {
            String head = "POST /mcp HTTP/1.1\r\n" + String.join("\r\n", headers)
                    + "\r\n"
                    + "Accept: application/json, text/event-stream\r\n"
                    + "Content-Type: application/json\r\n"
                    + "Content-Length: "
                    + length + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
            return Integer.parseInt(answer.substring(9, 12));
        }
    }
}
