package cutaway.server.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.hub.Hub;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.Params;
import cutaway.server.api.Route;
import cutaway.server.job.Job;
import cutaway.server.job.Jobs;
import cutaway.server.lens.EffectWork;
import cutaway.server.lens.LensAnswers;
import cutaway.server.model.Desk;
import cutaway.server.model.OpenModels;
import cutaway.server.model.Reading;
import cutaway.server.model.Turns;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What takes long on a long text, with the default model.
@Timeout(300)
class LongTextsTest {

    private static final String TEXT =
            "The river was cold, so the two dogs stayed dry and watched the cat. ".repeat(12);
    private static final String ASKED = "{\"text\": \"" + TEXT + "\"}";
    private static final String EFFECT = """
        {"base": {"prompt": "%s"}, "edits": [{"op": "mean", "site": "blocks.3.attn.hook_z[2]"}],
         "metric": {"metric": "loss"}, "seed": 0, "controls": 3}\
        """.formatted(TEXT);

    @TempDir
    Path folder;

    private final Turns turns = new Turns();
    private Desk desk;
    private OpenModels models;
    private Jobs jobs;
    private List<Route<?, ?>> routes;

    @BeforeEach
    void open() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
        desk = new Desk(turns, 8);
        models = new OpenModels(List.of(Hub.DEFAULT), 2_000_000_000L);
        Reading reading = new Reading(models, desk, Limits.USUAL);
        routes = new ArrayList<>(new AttentionAnswers(reading, new Overviews()).routes());
        routes.addAll(new LensAnswers(reading).routes());
        jobs = new Jobs(
                folder,
                List.of(new AttentionWork(models, Limits.USUAL, new Overviews()), new EffectWork(models, Limits.USUAL)),
                turns,
                2,
                8);
    }

    @AfterEach
    void close() {
        if (jobs != null) {
            jobs.close();
            desk.close();
            models.close();
        }
    }

    private JsonNode answer(String path, String asked) {
        return routes.stream()
                .filter(route -> route.path().equals(path))
                .map(route -> answer(route, asked))
                .findFirst()
                .orElseThrow();
    }

    private static <I> JsonNode answer(Route<I, ?> route, String asked) {
        return Json.MAPPER.readTree(
                route.answering().answer(Json.read(asked, route.takes()), new Params(Map.of(), Map.of())));
    }

    private JsonNode result(Job job) {
        return Json.MAPPER.readTree(jobs.result(job.id(), job.kind()));
    }

    private static JsonNode untimed(JsonNode answer) {
        return ((ObjectNode) answer).without("milliseconds");
    }

    /// Asks, hears all of it, and gives the job at its end.
    private Job followed(String kind, String asked, Consumer<Job> heard) throws Exception {
        Job job = jobs.ask(kind, Json.MAPPER.readTree(asked));
        CompletableFuture<Job> end = new CompletableFuture<>();
        jobs.listen(job.id(), now -> {
            heard.accept(now);
            if (now.state().isEnd()) {
                end.complete(now);
            }
        });
        return end.get();
    }

    @Test
    void aTextThatWasReadWaitsForNoTurn() throws Exception {
        JsonNode first = answer("/api/attention", ASKED);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> turns.take(() -> {
            busy.countDown();
            try {
                return goOn.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }));
        busy.await();
        assertEquals(first, answer("/api/attention", ASKED));
        CompletableFuture<JsonNode> unread =
                CompletableFuture.supplyAsync(() -> answer("/api/attention", "{\"text\": \"Another.\"}"));
        Thread.sleep(1000);
        assertFalse(other.isDone(), "the other work still has the turn");
        assertFalse(unread.isDone(), "what was not read waits");
        goOn.countDown();
        assertEquals(
                "Another.",
                unread.get()
                        .path("tokens")
                        .valueStream()
                        .map(token -> token.path("text").asString())
                        .reduce("", String::concat));
        assertTrue(other.get());
    }

    @Test
    void readingSaysHowFarItIsAndComesToTheSame() throws Exception {
        List<String> told = new ArrayList<>();
        Job job = followed("attention", ASKED, now -> told.add(now.step() + ": " + now.done()));
        assertEquals(Job.State.DONE, job.state());
        assertEquals(untimed(answer("/api/attention", ASKED)), untimed(result(job)));
        List<Integer> layers = told.stream()
                .filter(words -> words.matches("patterns of all heads: \\d+ of 30 layers"))
                .map(words -> Integer.parseInt(words.replaceAll("\\D+(\\d+) of.*", "$1")))
                .distinct()
                .toList();
        assertTrue(layers.size() > 2, told.toString());
        assertEquals(layers.stream().sorted().toList(), layers);
    }

    @Test
    void readingStopsAtTheNextLayer() throws Exception {
        List<String> told = new ArrayList<>();
        Job job = followed("attention", ASKED, now -> {
            told.add(now.done());
            if (now.step().equals("patterns of all heads")) {
                jobs.cancel(now.id());
            }
        });
        assertEquals(Job.State.CANCELLED, job.state());
        assertEquals("", job.problem());
        assertEquals(
                1,
                told.stream()
                        .filter(words -> words.endsWith("layers"))
                        .distinct()
                        .count(),
                told.toString());
    }

    @Test
    void anEffectIsThereBeforeItsControls() throws Exception {
        List<String> steps = new ArrayList<>();
        List<JsonNode> drafts = new ArrayList<>();
        Job job = followed("effect", EFFECT, now -> {
            if (!steps.contains(now.step())) {
                steps.add(now.step());
            }
            if (now.drafts() > drafts.size() && !now.state().isEnd()) {
                drafts.add(Json.MAPPER.readTree(jobs.draft(now.id(), "effect")));
            }
        });
        assertEquals(Job.State.DONE, job.state());
        assertEquals(
                List.of("the text as it is", "the text with the edit", "controls"),
                steps.stream()
                        .filter(step -> step.contains("text") || step.contains("control"))
                        .toList());
        JsonNode found = result(job);
        assertEquals(3, found.path("controls").size());
        assertEquals(1, drafts.size());
        assertEquals(0, drafts.getFirst().path("controls").size());
        assertEquals(found.path("effect"), drafts.getFirst().path("effect"));
        assertEquals(untimed(answer("/api/effect", EFFECT)), untimed(found));
    }

    /// What is kept of the text is as it was, and nothing else stays behind.
    @Test
    void anEffectStopsAtTheNextBlock() throws Exception {
        assertEquals(Job.State.DONE, followed("effect", EFFECT, now -> {}).state());
        long before = Tensor.live();
        for (String at : List.of("the text with the edit", "controls")) {
            List<String> told = new ArrayList<>();
            Job job = followed("effect", EFFECT.replace("\"seed\": 0", "\"seed\": " + at.length()), now -> {
                if (now.step().equals(at)) {
                    told.add(now.done());
                    jobs.cancel(now.id());
                }
            });
            assertEquals(Job.State.CANCELLED, job.state());
            assertEquals(1, told.stream().distinct().count(), told.toString());
            assertEquals(before, Tensor.live());
        }
    }
}
