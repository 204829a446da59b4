package cutaway.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.parts.BetweenBlocks;
import cutaway.server.api.Awaited;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.Route;
import cutaway.server.job.Job;
import cutaway.server.job.JobAnswers;
import cutaway.server.job.Jobs;
import cutaway.server.job.Work;
import cutaway.server.model.Desk;
import cutaway.server.model.Turns;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is asked by pages that are closed before they are answered, in front of works that go on until they are let go.
@Timeout(60)
class ClosedPagesTest {

    @TempDir
    Path folder;

    record Text(String text) {}

    private final Turns turns = new Turns();
    private final Desk desk = new Desk(turns, 8);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);
    private final AtomicInteger quick = new AtomicInteger();
    private Jobs jobs;
    private HttpServer server;

    /// @param name of the kind
    private record Waits(String name, boolean isForItsPage) implements Work<Text, Text> {

        @Override
        public Kind<Text, Text> kind() {
            return new Kind<>(name, "a text again", Text.class, Text.class);
        }

        @Override
        public Text run(Text asked, Told told) {
            while (true) {
                told.at("waiting", "");
                Thread.onSpinWait();
            }
        }
    }

    @BeforeEach
    void serve() {
        jobs = new Jobs(folder, List.of(new Waits("glance", true), new Waits("study", false)), turns, 2, 4);
        List<Route<?, ?>> routes = new ArrayList<>(new JobAnswers(jobs).routes());
        routes.add(Route.post("/api/slow", "Waits.", Text.class, Text.class, (asked, at) -> slow(asked)));
        routes.add(Route.post("/api/blocks", "Waits.", Text.class, Text.class, (asked, at) -> blocks(asked)));
        routes.add(Route.post(
                "/api/kept", "Waits.", Text.class, Text.class, (asked, at) -> Awaited.anyway(() -> blocks(asked))));
        routes.add(Route.post(
                "/api/quick",
                "Answers.",
                Text.class,
                Text.class,
                (asked, at) -> desk.ask(() -> {
                    quick.incrementAndGet();
                    return asked;
                })));
        server = HttpServer.start(
                "127.0.0.1",
                0,
                new Guard(Set.of("127.0.0.1"), Optional.empty()),
                Limits.USUAL,
                new HttpServer.Served(routes, jobs, List.of(), "1.2.3"));
    }

    @AfterEach
    void stop() {
        letGo.countDown();
        server.close();
        jobs.close();
        desk.close();
    }

    private Text slow(Text asked) {
        return desk.askAtLength(pass -> {
            try {
                while (letGo.getCount() > 0) {
                    pass.run();
                    begun.countDown();
                    Thread.onSpinWait();
                }
                return asked;
            } finally {
                left.countDown();
            }
        });
    }

    /// A quick question that goes through a model's blocks.
    private Text blocks(Text asked) {
        return desk.ask(() -> {
            try {
                while (letGo.getCount() > 0) {
                    BetweenBlocks.ofThisThread().at(0, 1);
                    begun.countDown();
                    Thread.onSpinWait();
                }
                return asked;
            } finally {
                left.countDown();
            }
        });
    }

    private Socket asking(String request) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        say(socket, request);
        return socket;
    }

    private static void say(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    }

    private static String post(String path) {
        String body = "{\"text\": \"x\"}";
        return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    private static String events(String id) {
        return "GET /api/jobs/" + id + "/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
    }

    /// Reads until a text has come.
    private static String heard(Socket socket, String until) throws IOException {
        StringBuilder heard = new StringBuilder();
        while (heard.indexOf(until) < 0) {
            int read = socket.getInputStream().read();
            assertTrue(read >= 0, "the end came first: " + heard);
            heard.append((char) read);
        }
        return heard.toString();
    }

    private void stopsWithItsPage(String question) throws Exception {
        try (Socket page = asking(post(question))) {
            begun.await();
            assertFalse(left.await(1, TimeUnit.SECONDS), "it stopped before the page was closed");
            page.close();
            left.await();
            assertTrue(letGo.getCount() > 0);
        }
    }

    @Test
    void aQuestionStopsWhenItsPageIsClosed() throws Exception {
        stopsWithItsPage("/api/slow");
    }

    @Test
    void aQuickQuestionStopsBeforeTheNextBlock() throws Exception {
        stopsWithItsPage("/api/blocks");
    }

    @Test
    void whatIsAskedToBeKeptGoesOnWhenItsPageIsClosed() throws Exception {
        try (Socket page = asking(post("/api/kept"))) {
            begun.await();
            page.close();
            assertFalse(left.await(1500, TimeUnit.MILLISECONDS), "it stopped with its page");
        }
    }

    @Test
    void aQuestionThatWaitsIsNotBegunWhenItsPageIsClosed() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread other = Thread.ofVirtual()
                .start(() -> desk.ask(() -> {
                    busy.countDown();
                    try {
                        return goOn.await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        busy.await();
        Socket closed = asking(post("/api/quick"));
        try (Socket open = asking(post("/api/quick"))) {
            Thread.sleep(300);
            closed.close();
            Thread.sleep(1000); // until that is noticed
            goOn.countDown();
            heard(open, "{\"text\":\"x\"}");
            assertEquals(1, quick.get());
        }
        other.join();
    }

    @Test
    void whoWaitsLongIsAnsweredAndAsksAgainOnTheSameConnection() throws Exception {
        try (Socket page = asking(post("/api/slow"))) {
            begun.await();
            Thread.sleep(800); // looked at a few times
            letGo.countDown();
            heard(page, "{\"text\":\"x\"}");
            say(page, post("/api/quick"));
            assertTrue(heard(page, "{\"text\":\"x\"}").contains("200 OK"));
        }
    }

    @Test
    void whoAsksTheNextBeforeTheAnswerIsToldToAskItAgain() throws Exception {
        try (Socket page = asking(post("/api/slow"))) {
            begun.await();
            say(page, post("/api/quick"));
            Thread.sleep(800);
            letGo.countDown();
            String answer = heard(page, "{\"text\":\"x\"}");
            assertTrue(answer.contains("200 OK"), answer);
            assertTrue(answer.contains("Connection: close"), answer);
        }
    }

    private String asked(String kind) {
        return asked(kind, "x");
    }

    private String asked(String kind, String text) {
        return jobs.ask(kind, Json.MAPPER.valueToTree(new Text(text))).id();
    }

    private void awaitState(String id, Job.State state) throws InterruptedException {
        while (jobs.job(id).state() != state) {
            Thread.sleep(20);
        }
    }

    @Test
    void aWorkForItsPageStopsWhenThePageIsClosedAndAStudyGoesOn() throws Exception {
        String glance = asked("glance");
        String study = asked("study");
        for (String id : List.of(glance, study)) {
            try (Socket page = asking(events(id))) {
                heard(page, "RUNNING");
            }
        }
        awaitState(glance, Job.State.CANCELLED);
        assertEquals(
                "its page was closed or left, and nobody else had asked for it.",
                jobs.job(glance).problem());
        assertEquals(Job.State.RUNNING, jobs.job(study).state());
        jobs.cancel(study);
        awaitState(study, Job.State.CANCELLED);
        assertEquals("", jobs.job(study).problem());
    }

    @Test
    void aWorkForItsPageDoesNotWaitForStudies() throws Exception {
        asked("study");
        awaitState(asked("study", "y"), Job.State.RUNNING);
        String third = asked("study", "z");
        awaitState(asked("glance"), Job.State.RUNNING);
        assertEquals(Job.State.QUEUED, jobs.job(third).state());
    }

    @Test
    void aWorkThatWaitsForItsTurnStopsToo() throws Exception {
        asked("glance", "y");
        awaitState(asked("glance", "z"), Job.State.RUNNING);
        String glance = asked("glance"); // nothing is told of it
        try (Socket page = asking(events(glance))) {
            heard(page, "QUEUED");
        }
        awaitState(glance, Job.State.CANCELLED);
        assertTrue(jobs.job(glance).problem().startsWith("its page was closed"));
    }

    @Test
    void aPageThatIsLoadedAgainKeepsItsWork() throws Exception {
        String id = asked("glance");
        try (Socket page = asking(events(id))) {
            heard(page, "RUNNING");
        }
        assertEquals(id, asked("glance"));
        try (Socket page = asking(events(id))) {
            heard(page, "RUNNING");
            Thread.sleep(6500);
            assertEquals(Job.State.RUNNING, jobs.job(id).state());
        }
        awaitState(id, Job.State.CANCELLED);
    }

    /// A program that asks and looks again and again waits too.
    @Test
    void aWorkThatAnotherAskedForGoesOn() throws Exception {
        String id = asked("glance");
        asked("glance");
        try (Socket page = asking(events(id))) {
            heard(page, "RUNNING");
        }
        Thread.sleep(6500);
        assertEquals(Job.State.RUNNING, jobs.job(id).state());
    }
}
