package cutaway.server.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.server.api.Json;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LinesTest {

    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
    private static final int MOST = 1000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final AtomicBoolean ended = new AtomicBoolean();

    private Lines lines(String in) {
        return new Lines(
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                out,
                new JacksonMcpJsonMapper(JsonMapper.shared()),
                new Calls(),
                MOST,
                () -> ended.set(true));
    }

    private String heard(String in) throws IOException {
        return new String(lines(in).heard().readAllBytes(), StandardCharsets.UTF_8);
    }

    private List<JsonNode> said() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(Json.MAPPER::readTree)
                .toList();
    }

    @Test
    void messagesGoThroughAndTheEndIsTold() throws IOException {
        assertEquals(PING + "\n" + PING + "\n", heard(PING + "\n\n" + PING));
        assertTrue(said().isEmpty());
        assertTrue(ended.get());
    }

    @Test
    void whatIsNoJsonIsAnsweredAndTheNextMessageIsHeard() throws IOException {
        assertEquals(PING + "\n", heard("garbage\n" + PING + "\n"));
        assertEquals(-32700, said().getFirst().at("/error/code").asInt());
        assertTrue(said().getFirst().get("id").isNull());
    }

    @Test
    void whatIsNoMessageIsAnsweredAndTheNextMessageIsHeard() throws IOException {
        for (String bad : List.of("1", "[]", "{}", "\"text\"", "null")) {
            out.reset();
            assertEquals(PING + "\n", heard(bad + "\n" + PING + "\n"), bad);
            assertEquals(-32600, said().getFirst().at("/error/code").asInt(), bad);
        }
    }

    @Test
    void aLineThatIsTooLongIsAnsweredAndTheNextMessageIsHeard() throws IOException {
        assertEquals(PING + "\n", heard("[" + "1,".repeat(MOST) + "1]\n" + PING + "\n"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("more than " + MOST + " bytes"));
    }

    @Test
    void whatIsWrittenInPartsGoesOutAsOneLine() throws IOException {
        OutputStream said = lines("").said();
        said.write("{\"a\":".getBytes(StandardCharsets.UTF_8));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
        said.write("1}\n".getBytes(StandardCharsets.UTF_8));
        assertEquals("{\"a\":1}\n", out.toString(StandardCharsets.UTF_8));
    }
}
