package cutaway.server.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.Route;
import cutaway.server.http.Guard;
import cutaway.server.http.HttpServer;
import cutaway.server.http.Mounted;
import cutaway.server.job.Job;
import cutaway.server.job.JobAnswers;
import cutaway.server.job.Jobs;
import cutaway.server.job.Work;
import cutaway.server.model.Desk;
import cutaway.server.model.Turns;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `notifications/cancelled` while a tool works, over both ways in, in front of works that never end by themselves.
@Timeout(60)
class CancelledCallsTest {

    private static final String CALL = """
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "%s", "arguments": %s}}\
        """;
    private static final String EXPLAIN = CALL.formatted("explain", "{\"prompt\": \"x\", \"wait\": 50}");
    private static final String LOOK = CALL.formatted("look", "{\"prompt\": \"x\"}");
    private static final String CANCELLED =
            "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/cancelled\", \"params\": {\"requestId\": 2}}";
    private static final String PING = "{\"jsonrpc\": \"2.0\", \"id\": \"p\", \"method\": \"ping\"}";

    @TempDir
    Path folder;

    record Question(String prompt) {}

    private static final class Endless implements Work<Question, Question> {

        final CountDownLatch begun = new CountDownLatch(1);

        @Override
        public Kind<Question, Question> kind() {
            return new Kind<>("explain", "an explanation", Question.class, Question.class);
        }

        @Override
        public Question run(Question asked, Told told) {
            while (true) {
                told.at("waiting", "");
                begun.countDown();
                Thread.onSpinWait();
            }
        }
    }

    private final Endless work = new Endless();
    private final CountDownLatch looking = new CountDownLatch(1);
    private final CountDownLatch lookedEnough = new CountDownLatch(1);
    private final Turns turns = new Turns();
    private final Desk desk = new Desk(turns, 4);
    private Jobs jobs;

    @BeforeEach
    void open() {
        jobs = new Jobs(folder, List.of(work), turns, 1, 4);
    }

    @AfterEach
    void close() {
        jobs.close();
        desk.close();
    }

    private List<Route<?, ?>> routes() {
        List<Route<?, ?>> routes = new ArrayList<>(new JobAnswers(jobs).routes());
        routes.add(Route.post("/api/look", "Looks for ever.", Question.class, Question.class, (asked, at) -> look()));
        return routes;
    }

    private Question look() {
        return desk.askAtLength(pass -> {
            try {
                while (true) {
                    pass.run();
                    looking.countDown();
                }
            } finally {
                lookedEnough.countDown();
            }
        });
    }

    private McpServers agents() {
        return new McpServers(routes(), jobs, Limits.USUAL, "1.2.3");
    }

    /// An agent's side of a connection.
    private interface Agent extends AutoCloseable {

        void say(String message) throws Exception;

        /// All that it was answered, once it is sure that there is no more.
        List<String> heard() throws Exception;

        @Override
        void close() throws Exception;
    }

    private static final class OverStdio implements Agent {

        private final PipedOutputStream say = new PipedOutputStream();
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final List<Thread> threads;

        OverStdio(McpServers agents) throws Exception {
            PipedInputStream in = new PipedInputStream(say);
            PipedOutputStream out = new PipedOutputStream();
            BufferedReader read =
                    new BufferedReader(new InputStreamReader(new PipedInputStream(out), StandardCharsets.UTF_8));
            threads = List.of(
                    Thread.ofPlatform().daemon().start(() -> {
                        try (out) {
                            agents.talk(in, out);
                        } catch (InterruptedException | IOException e) {
                            throw new IllegalStateException(e);
                        }
                    }),
                    Thread.ofPlatform().daemon().start(() -> read.lines().forEach(lines::add)));
            say("{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"initialize\", \"params\": {\"protocolVersion\":"
                    + " \"2025-06-18\", \"capabilities\": {}, \"clientInfo\": {\"name\": \"t\", \"version\": \"1\"}}}");
            lines.take();
            say("{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}");
        }

        @Override
        public void say(String message) throws IOException {
            say.write((message + "\n").getBytes(StandardCharsets.UTF_8));
            say.flush();
        }

        @Override
        public List<String> heard() throws Exception {
            Thread.sleep(300); // for what may come too late
            say(PING);
            List<String> heard = new ArrayList<>();
            while (heard.isEmpty() || !heard.getLast().contains("\"id\":\"p\"")) {
                heard.add(lines.take());
            }
            close();
            heard.addAll(lines);
            return heard;
        }

        @Override
        public void close() throws Exception {
            say.close();
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static final class OverHttp implements Agent {

        private final HttpClient client = HttpClient.newHttpClient();
        private final McpServers.Http agents;
        private final HttpServer server;
        private final String session;
        private final List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();

        OverHttp(McpServers agents, Jobs jobs) throws Exception {
            this.agents = agents.http();
            this.server = HttpServer.start(
                    "127.0.0.1",
                    0,
                    new Guard(Set.of("127.0.0.1"), Optional.empty()),
                    Limits.USUAL,
                    new HttpServer.Served(
                            List.of(), jobs, List.of(new Mounted(McpServers.PATH, this.agents.servlet())), "1.2.3"));
            HttpResponse<String> begun = client.send(
                    asked(
                            "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"initialize\", \"params\":"
                                    + " {\"protocolVersion\": \"2025-06-18\", \"capabilities\": {}, \"clientInfo\":"
                                    + " {\"name\": \"t\", \"version\": \"1\"}}}",
                            Optional.empty()),
                    HttpResponse.BodyHandlers.ofString());
            session = begun.headers().firstValue("Mcp-Session-Id").orElseThrow();
            client.send(
                    asked("{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}", Optional.of(session)),
                    HttpResponse.BodyHandlers.ofString());
        }

        private HttpRequest asked(String message, Optional<String> session) {
            HttpRequest.Builder asked = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.port() + McpServers.PATH))
                    .header("Content-Type", "application/json")
                    .header("Accept", "application/json, text/event-stream")
                    .header("MCP-Protocol-Version", "2025-06-18")
                    .POST(HttpRequest.BodyPublishers.ofString(message));
            session.ifPresent(id -> asked.header("Mcp-Session-Id", id));
            return asked.build();
        }

        @Override
        public void say(String message) {
            answers.add(client.sendAsync(asked(message, Optional.of(session)), HttpResponse.BodyHandlers.ofString()));
        }

        @Override
        public List<String> heard() throws Exception {
            List<String> heard = new ArrayList<>();
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                HttpResponse<String> come = answer.get(20, TimeUnit.SECONDS);
                assertTrue(come.statusCode() < 300, come.body());
                heard.add(come.body());
            }
            return heard;
        }

        @Override
        public void close() {
            client.close();
            server.close();
            agents.close();
        }
    }

    private static void assertNoAnswer(Agent agent) throws Exception {
        for (String heard : agent.heard()) {
            assertFalse(heard.contains("\"id\":2"), heard);
        }
    }

    /// Looks again and again: who listens to a job would wait for it.
    private Job.State end(String id) throws InterruptedException {
        while (!jobs.job(id).state().isEnd()) {
            Thread.sleep(20);
        }
        return jobs.job(id).state();
    }

    private void assertJobStops(Agent agent) throws Exception {
        agent.say(EXPLAIN);
        work.begun.await();
        agent.say(CANCELLED);
        assertEquals(Job.State.CANCELLED, end(jobs.all().getFirst().id()));
        assertNoAnswer(agent);
    }

    private void assertQuestionStops(Agent agent) throws Exception {
        agent.say(LOOK);
        looking.await();
        agent.say(CANCELLED);
        lookedEnough.await();
        assertNoAnswer(agent);
    }

    private void assertJobGoesOnForAnother(Agent agent) throws Exception {
        String id =
                jobs.ask("explain", Json.MAPPER.valueToTree(new Question("x"))).id();
        agent.say(EXPLAIN);
        work.begun.await();
        Thread.sleep(300); // until the call waits too
        agent.say(CANCELLED);
        assertNoAnswer(agent);
        assertEquals(1, jobs.all().size());
        assertEquals(Job.State.RUNNING, jobs.job(id).state());
        jobs.leave(id, "it was left.");
        assertEquals(Job.State.CANCELLED, end(id));
    }

    @Test
    void aJobStopsOverStdio() throws Exception {
        try (Agent agent = new OverStdio(agents())) {
            assertJobStops(agent);
        }
    }

    @Test
    void aJobStopsOverHttp() throws Exception {
        try (Agent agent = new OverHttp(agents(), jobs)) {
            assertJobStops(agent);
        }
    }

    @Test
    void aQuestionStopsOverStdio() throws Exception {
        try (Agent agent = new OverStdio(agents())) {
            assertQuestionStops(agent);
        }
    }

    @Test
    void aQuestionStopsOverHttp() throws Exception {
        try (Agent agent = new OverHttp(agents(), jobs)) {
            assertQuestionStops(agent);
        }
    }

    @Test
    void aJobThatAnotherAskedForGoesOnOverStdio() throws Exception {
        try (Agent agent = new OverStdio(agents())) {
            assertJobGoesOnForAnother(agent);
        }
    }

    @Test
    void aJobThatAnotherAskedForGoesOnOverHttp() throws Exception {
        try (Agent agent = new OverHttp(agents(), jobs)) {
            assertJobGoesOnForAnother(agent);
        }
    }

    /// The specification: what is unknown, or answered already, is ignored.
    @Test
    void whatIsNotGoingOnIsIgnored() throws Exception {
        try (Agent agent = new OverStdio(agents())) {
            agent.say(CANCELLED);
            agent.say(CALL.formatted("jobs", "{}"));
            List<String> heard = agent.heard();
            assertTrue(heard.stream().anyMatch(line -> line.contains("\"id\":2")), heard.toString());
        }
    }
}
