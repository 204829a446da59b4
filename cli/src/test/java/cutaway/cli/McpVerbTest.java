package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.intervention.Intervention;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway mcp` as an agent starts it: a process of its own, spoken with by the SDK's client over stdin and stdout.
class McpVerbTest extends TypedCommands {

    @TempDir
    private Path folder;

    @Test
    void anAgentMeasuresAnEditOverStdio() {
        assumeModel();
        try (McpSyncClient client = McpClient.sync(
                        new StdioClientTransport(server(), new JacksonMcpJsonMapper(JsonMapper.shared())))
                .requestTimeout(Duration.ofMinutes(2))
                .build()) {
            assertEquals("cutaway", client.initialize().serverInfo().name());
            List<String> tools =
                    client.listTools().tools().stream().map(Tool::name).toList();
            assertTrue(tools.containsAll(List.of("look", "effect", "explain", "sweep", "ledger_record")), "" + tools);

            JsonNode look = answer(client, "look", Map.of("prompt", "The capital of France is"));
            assertEquals(" Paris", look.at("/result/look/prompt/next/0/text").asString());

            JsonNode effect = answer(
                    client,
                    "effect",
                    Map.of(
                            "base", Map.of("prompt", "The capital of France is"),
                            "edits", List.of(Map.of("op", "zero", "site", "blocks.3.hook_mlp_out", "pos", List.of(3))),
                            "metric", Map.of("metric", "log_probability", "token", 7042)));
            try (Model model = Model.open(Hub.resolve(Hub.DEFAULT));
                    Intervention run = new Intervention(
                            model, Source.of("The capital of France is"), new Metric.LogProbability(7042))) {
                double library = run.measure(
                                List.of(new Edit.Zero(Site.parse("blocks.3.hook_mlp_out"), Positions.of(3))), 8, 0)
                        .effect();
                assertEquals(library, effect.at("/result/effect").asDouble(), 1e-5);
            }

            CallToolResult bad = client.callTool(CallToolRequest.builder("look")
                    .arguments(Map.of("prompt", "x", "model", "smollm3"))
                    .build());
            assertTrue(bad.isError());
            assertTrue(text(bad).startsWith("there is no model \"smollm3\" here; there are: "), text(bad));
            assertEquals(1, text(bad).lines().count());
        }
    }

    @Test
    void aFolderIsOneWorkbenchs() {
        assumeModel();
        try (McpSyncClient client = McpClient.sync(
                        new StdioClientTransport(server(), new JacksonMcpJsonMapper(JsonMapper.shared())))
                .requestTimeout(Duration.ofMinutes(2))
                .build()) {
            client.initialize();
            assertRefused("another workbench has", "mcp", "--folder", folder.toString());
        }
    }

    private ServerParameters server() {
        return ServerParameters.builder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString())
                .args(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Cutaway.class.getName(),
                        "mcp",
                        "--folder",
                        folder.toString())
                .env(System.getenv())
                .build();
    }

    private static JsonNode answer(McpSyncClient client, String tool, Map<String, Object> arguments) {
        CallToolResult result = client.callTool(
                CallToolRequest.builder(tool).arguments(arguments).build());
        assertFalse(result.isError(), text(result));
        return JsonMapper.shared().readTree(text(result));
    }

    private static String text(CallToolResult result) {
        return ((TextContent) result.content().getFirst()).text();
    }
}
