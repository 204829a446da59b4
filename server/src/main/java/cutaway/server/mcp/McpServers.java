package cutaway.server.mcp;

import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.Route;
import cutaway.server.job.Jobs;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.jackson3.DefaultJsonSchemaValidator;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import jakarta.servlet.http.HttpServlet;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/// The tools, offered over stdin and stdout or over HTTP, by the protocol's own SDK.
public final class McpServers {

    /// Where it is reached over HTTP.
    public static final String PATH = "/mcp";

    private static final String NAME = "cutaway";

    /// Unasked for so long, a session over HTTP is looked after.
    private static final Duration SWEEP = Duration.ofMinutes(10);

    private final Calls calls = new Calls();
    private final Tools tools;
    private final Limits limits;
    private final String version;

    /// With no server over HTTP.
    ///
    /// @param version of Cutaway
    public McpServers(List<Route<?, ?>> routes, Jobs jobs, Limits limits, String version) {
        this(routes, jobs, limits, version, () -> Address.USUAL);
    }

    /// @param version of Cutaway
    /// @param address where the same can be asked over HTTP; looked at when something is answered
    public McpServers(List<Route<?, ?>> routes, Jobs jobs, Limits limits, String version, Supplier<Address> address) {
        this.tools = new Tools(routes, jobs, calls, version, address);
        this.limits = limits;
        this.version = version;
    }

    /// A server over HTTP (streamable HTTP); its doors are the caller's to guard.
    public record Http(HttpServlet servlet, McpSyncServer server) implements AutoCloseable {

        @Override
        public void close() {
            server.close();
        }
    }

    public Http http() {
        HttpServletStreamableServerTransportProvider transport = HttpServletStreamableServerTransportProvider.builder()
                .jsonMapper(mapper())
                .mcpEndpoint(PATH)
                .maxRequestSize(limits.body())
                .sessionSweepInterval(SWEEP)
                .build();
        return new Http(new HeardServlet(transport, calls, limits.body()), set(McpServer.sync(transport)));
    }

    /// Answers on two streams until the first comes to its end.
    ///
    /// @param out gets the protocol and nothing else
    public void talk(InputStream in, OutputStream out) throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Lines lines = new Lines(in, out, mapper(), calls, limits.body(), end::countDown);
        McpSyncServer server = set(
                McpServer.sync(new StdioServerTransportProvider(mapper(), lines.heard(), lines.said(), limits.body())));
        end.await();
        server.closeGracefully();
    }

    private McpSyncServer set(McpServer.SyncSpecification<?> specification) {
        return specification
                .serverInfo(NAME, version)
                .instructions(Offers.INSTRUCTIONS)
                .capabilities(ServerCapabilities.builder().tools(false).build())
                .validateToolInputs(false) // the routes look at what they are asked, and say it in one sentence
                .jsonMapper(mapper())
                .jsonSchemaValidator(new DefaultJsonSchemaValidator(Json.MAPPER))
                .tools(tools.all())
                .build();
    }

    private static McpJsonMapper mapper() {
        return new JacksonMcpJsonMapper(
                JsonMapper.builder().addModule(ErrorsAsMessages.MODULE).build());
    }
}
