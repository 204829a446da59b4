package cutaway.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.use.LinearError;
import cutaway.model.hub.Hub;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.Params;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.features.Dictionaries;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The routes of the features, on a dictionary that Cutaway comes with.
class FeaturesTest {

    private static final Path SHIPPED = Path.of("../dictionaries");
    private static final String NAME = "smollm2-135m-instruct/resid-15";
    private static final String PROMPT = "The Eiffel Tower is located in the city of";

    @TempDir
    private static Path folder;

    private static Workbench workbench;

    @BeforeAll
    static void open() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
        Assumptions.assumeTrue(Files.isDirectory(SHIPPED.resolve(NAME)), "skipped: the dictionaries are not here");
        workbench = Workbench.open(new Workbench.Settings(
                folder,
                List.of(Hub.DEFAULT),
                2_000_000_000,
                Limits.USUAL,
                Optional.empty(),
                "test",
                new Dictionaries.Places(Optional.of(SHIPPED), List.of(), List.of())));
    }

    @AfterAll
    static void close() {
        if (workbench != null) {
            workbench.close();
        }
    }

    @Test
    void dictionariesAreNamedAndNoPathIsTold() {
        String said = said("GET /api/dictionaries", "{}");
        assertTrue(said.contains(NAME), said);
        assertFalse(said.contains(".."), said);
        assertFalse(ask("dictionary", Map.of("dictionary", NAME)).toString().contains("../"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc", "/etc/passwd", "../dictionaries/" + NAME, NAME + "/", ""})
    void aPathIsNoName(String path) {
        Refusal refusal = assertThrows(Refusal.class, () -> ask("page", Map.of("dictionary", path, "feature", 1)));
        assertEquals(404, refusal.status());
    }

    @Test
    void aFeatureThatIsNotThereIsRefused() {
        Refusal refusal = assertThrows(Refusal.class, () -> ask("page", Map.of("dictionary", NAME, "feature", 4096)));
        assertEquals("there is no feature 4096; this dictionary has 0 to 4095.", refusal.getMessage());
    }

    /// What is nearest by cosine says the same of the other way round.
    @Test
    void theNearestDirectionIsNearBothWays() {
        JsonNode near = ask("page", Map.of("dictionary", NAME, "feature", 315)).at("/direction/nearest/0");
        JsonNode back = ask(
                        "page",
                        Map.of(
                                "dictionary",
                                NAME,
                                "feature",
                                near.path("latent").asInt()))
                .at("/direction/nearest");
        double found = 0;
        for (JsonNode one : back) {
            if (one.path("latent").asInt() == 315) {
                found = one.path("cosine").asDouble();
            }
        }
        assertEquals(near.path("cosine").asDouble(), found, 1e-6);
    }

    /// Multiplying by 0 is removing, and codes say at which tokens.
    @Test
    void scalingByNothingRemoves() {
        JsonNode removed = steer("REMOVE", 0);
        JsonNode scaled = steer("SCALE", 0);
        assertEquals(removed.path("effect").asDouble(), scaled.path("effect").asDouble(), 1e-6);
        assertEquals(8, removed.path("controls").size());
        JsonNode codes = ask("codes", Map.of("dictionary", NAME, "prompt", PROMPT, "features", List.of(315)))
                .at("/codes/0");
        int active = 0;
        for (JsonNode code : codes) {
            active += code.asDouble() == 0 ? 0 : 1;
        }
        assertEquals(active, removed.path("positions").size());
    }

    /// A sink is not asked about; the others have an error shorter than the activation, and codes from the largest on.
    /// A map that foretells nothing leaves all of the error nonlinear.
    @Test
    void whatIsMissedOfATokenIsItsError() throws IOException {
        JsonNode whole = ask("missed", Map.of("dictionary", NAME, "prompt", PROMPT));
        JsonNode sink = whole.at("/missed/0");
        assertFalse(sink.path("read").asBoolean() || sink.has("explained"), sink.toString());
        assertFalse(whole.has("map") || whole.at("/missed/3").has("linear"), "nothing splits it");
        String copy = "split";
        Path there = folder.resolve("dictionaries").resolve(copy);
        Files.createDirectories(there);
        try (Stream<Path> files = Files.list(SHIPPED.resolve(NAME))) {
            for (Path file : files.toList()) {
                Files.copy(file, there.resolve(file.getFileName()));
            }
        }
        String site = "blocks.15.hook_resid_post";
        LinearError.Facts facts = new LinearError.Facts(
                DictionaryFiles.sha256(there), List.of(site), List.of(site), "acts", 900, 90, 0.25, 0.2, 0.3);
        try (LinearError none =
                new LinearError(facts, Tensor.of(new double[576 * 576], 576, 576), Tensor.of(new double[576], 576))) {
            none.write(LinearError.beside(there));
        }
        JsonNode split = ask("missed", Map.of("dictionary", copy, "prompt", PROMPT));
        assertEquals(900, split.at("/map/fitted").asInt());
        assertFalse(split.toString().contains("acts"), "no path is told");
        for (int i = 1; i < whole.path("missed").size(); i++) {
            JsonNode token = whole.path("missed").get(i);
            JsonNode same = split.path("missed").get(i);
            double error = token.path("error").asDouble();
            assertTrue(0 < error && error < token.path("norm").asDouble(), token.toString());
            assertTrue(token.path("codes").get(0).asDouble()
                    >= token.path("codes").get(1).asDouble());
            assertEquals(error, same.path("error").asDouble(), 1e-9);
            assertEquals(0, same.path("linear").asDouble());
            assertEquals(error, same.path("nonlinear").asDouble(), 1e-9);
        }
        assertEquals(
                404,
                assertThrows(Refusal.class, () -> ask("missed", Map.of("dictionary", "../etc", "prompt", PROMPT)))
                        .status());
    }

    @Test
    void whatWouldChangeNothingIsRefused() {
        assertEquals(409, assertThrows(Refusal.class, () -> steer("SCALE", 1)).status());
        assertEquals(400, assertThrows(Refusal.class, () -> steer("ADD", 0)).status());
    }

    @Test
    void labelsOfPeopleAreKeptApartFromThoseOfMachines() {
        ask("label", Map.of("dictionary", NAME, "feature", 7, "text", " <script>x</script> "));
        JsonNode page = ask("page", Map.of("dictionary", NAME, "feature", 7));
        assertEquals("<script>x</script>", page.at("/person/text").asString());
        assertEquals("the tokens that it raises most", page.at("/machine/from").asString());
        assertFalse(page.at("/machine/explained").asBoolean(), "no machine explained it");
        assertEquals("", page.at("/machine/text").asString());
        for (int i = 0; i < 5; i++) { // token by token, so that none runs into the next
            assertEquals(page.at("/direction/raised/" + i + "/text"), page.at("/machine/raised/" + i), "token " + i);
        }
        ask("label", Map.of("dictionary", NAME, "feature", 7, "text", ""));
        assertTrue(ask("page", Map.of("dictionary", NAME, "feature", 7))
                .path("person")
                .isMissingNode());
    }

    /// A feature's example is a piece of the text, and what has a name already is not made again.
    @Test
    void pagesAreMadeOfATextOnce() throws InterruptedException {
        String text = (PROMPT + " Paris, and Big Ben stands in London. ").repeat(8);
        JsonNode made = made(Map.of("dictionary", NAME, "pages", "towers", "text", text));
        assertEquals(4096, made.path("features").asInt());
        assertTrue(made.path("tokens").asLong() > 100, made.toString());
        JsonNode shown = ask("page", Map.of("dictionary", NAME, "feature", 315)).at("/pages/0");
        assertEquals("towers", shown.path("name").asString());
        assertEquals("towers.txt", shown.at("/texts/0").asString());
        StringBuilder example = new StringBuilder();
        shown.at("/page/top/0/tokens").forEach(token -> example.append(token.asString()));
        assertTrue(text.contains(example), example.toString());
        assertEquals(made, made(Map.of("dictionary", NAME, "pages", "towers", "text", text)), "answered at once");
        Map<String, Object> again = Map.of("dictionary", NAME, "pages", "towers", "text", "Something else.");
        assertEquals(
                "pages of " + NAME + " are called \"towers\" already; give another name.",
                assertThrows(Refusal.class, () -> made(again)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../towers", "a/b", ".hidden", "", "a b"})
    void pagesAreCalledByANameAndNoPath(String name) {
        Map<String, Object> asked = Map.of("dictionary", NAME, "pages", name, "text", PROMPT);
        assertEquals(400, assertThrows(Refusal.class, () -> made(asked)).status());
    }

    private static JsonNode made(Map<String, Object> asked) throws InterruptedException {
        String id = Json.MAPPER
                .readTree(said("POST /api/jobs/pages", Json.text(asked)))
                .path("id")
                .asString();
        JsonNode job;
        do {
            Thread.sleep(100);
            job = Json.MAPPER.readTree(said("GET /api/jobs/{id}", "{}", Map.of("id", id)));
        } while (!Set.of("DONE", "FAILED", "CANCELLED")
                .contains(job.path("state").asString()));
        assertEquals("DONE", job.path("state").asString(), job.toString());
        return Json.MAPPER.readTree(said("GET /api/results/pages/{id}", "{}", Map.of("id", id)));
    }

    private static JsonNode steer(String how, double by) {
        return ask("steer", Map.of("dictionary", NAME, "feature", 315, "prompt", PROMPT, "steer", how, "by", by));
    }

    private static JsonNode ask(String what, Map<String, Object> body) {
        return Json.MAPPER.readTree(said("POST /api/features/" + what, Json.text(body)));
    }

    private static String said(String name, String body) {
        return said(name, body, Map.of());
    }

    private static String said(String name, String body, Map<String, String> parts) {
        Route<?, ?> route = workbench.routes().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return answer(route, body, parts);
    }

    private static <I> String answer(Route<I, ?> route, String body, Map<String, String> parts) {
        return route.answering().answer(Json.read(body, route.takes()), new Params(parts, Map.of()));
    }
}
