package cutaway.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.job.Jobs;
import cutaway.server.model.Turns;
import jakarta.servlet.http.HttpServlet;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// By hand: no client of HTTP sends these.
@Timeout(60)
class EarlyRefusalsTest {

    private static final String END = " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";

    @TempDir
    Path folder;

    private static void assertRefused(int status, String request, HttpServer server) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String what = request.substring(0, Math.min(60, request.length())) + ": " + answer;
            int body = answer.indexOf("\r\n\r\n");
            assertTrue(body > 0, what);
            assertEquals(status, Integer.parseInt(answer.substring(9, 12)), what);
            assertTrue(answer.substring(0, body).contains("Content-Type: application/json"), what);
            assertTrue(answer.substring(0, body).contains("X-Content-Type-Options: nosniff"), what);
            JsonNode said = Json.MAPPER.readTree(answer.substring(body + 4).strip());
            assertEquals(1, said.size(), what);
            assertTrue(said.path("message").asString("").endsWith("."), what);
        }
    }

    @Test
    void whateverIsRefusedBeforeTheRoutesIsOneSentenceToo() throws Exception {
        Turns turns = new Turns();
        try (Jobs jobs = new Jobs(folder, List.of(), turns, 1, 1);
                HttpServer server = HttpServer.start(
                        "127.0.0.1",
                        0,
                        new Guard(Set.of("127.0.0.1"), Optional.empty()),
                        Limits.USUAL,
                        new HttpServer.Served(
                                List.of(), jobs, List.of(new Mounted("/other", new HttpServlet() {})), "1.2.3"))) {
            for (String address : List.of("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%zz")) {
                assertRefused(400, "GET " + address + END, server);
            }
            assertRefused(400, "DELETE /../x" + END, server);
            assertRefused(400, "nonsense\r\n\r\n", server);
            assertRefused(414, "GET /?" + "x".repeat(70_000) + END, server);
            assertRefused(405, "DELETE /other" + END, server);
            assertRefused(404, "GET /a%2fb" + END, server);
        }
    }
}
