package cutaway.server.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.server.Workbench;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.Params;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The routes of tables and of what is asked of their scores, on a tiny model whose tokens are the words w0
/// to w96.
class WhatIfAnswersTest {

    private static final Path MODEL = Path.of("../model/src/test/resources/words");
    private static final String WORDS = "words.csv";

    @TempDir
    private static Path folder;

    private static Workbench workbench;
    private static JsonNode loans;

    @BeforeAll
    static void open() throws IOException {
        for (String outside : List.of("outside.csv", "outside.safetensors")) {
            Files.writeString(Files.createDirectories(folder.resolve("home")).resolve(outside), "a\n1\n");
        }
        workbench = Workbench.open(new Workbench.Settings(
                folder.resolve("home"),
                List.of(MODEL.toString()),
                2_000_000_000,
                Limits.USUAL,
                Optional.empty(),
                "test"));
        loans = ask("/api/tables/loans", Map.of("rows", 300, "bias", 1.5, "seed", 0));
    }

    @AfterAll
    static void close() {
        workbench.close();
    }

    private static JsonNode ask(String path, Map<String, ?> body) {
        return said("POST " + path, Json.text(body), Map.of());
    }

    private static JsonNode said(String name, String body, Map<String, String> parts) {
        Route<?, ?> route = workbench.routes().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return Json.MAPPER.readTree(answer(route, body, parts));
    }

    private static <I> String answer(Route<I, ?> route, String body, Map<String, String> parts) {
        return route.answering().answer(Json.read(body, route.takes()), new Params(parts, Map.of()));
    }

    /// The name of a job that scored a table.
    private static String scored(Map<String, ?> asked) throws InterruptedException {
        String id = ask("/api/jobs/score", asked).path("id").asString();
        JsonNode job;
        do {
            Thread.sleep(20);
            job = said("GET /api/jobs/{id}", "{}", Map.of("id", id));
        } while (!Set.of("DONE", "FAILED", "CANCELLED")
                .contains(job.path("state").asString()));
        assertEquals("DONE", job.path("state").asString(), job.toString());
        return id;
    }

    private static String learned() throws InterruptedException {
        return scored(Map.of(
                "table",
                loans.path("name").asString(),
                "sha256",
                loans.path("sha256").asString(),
                "learn",
                "approved",
                "without",
                List.of("repaid")));
    }

    private static Map<String, Object> fairness(String job, String strategy) {
        return new HashMap<>(Map.of(
                "job",
                job,
                "label",
                "repaid",
                "by",
                List.of("region"),
                "costRatio",
                1,
                "tolerance",
                0.02,
                "strategy",
                strategy));
    }

    /// Slices find the planted bias, the thresholds that are told give the confusion that is told, and
    /// equal opportunity closes the gap.
    @Test
    void theBiasIsFoundAndTheGapClosed() throws InterruptedException {
        String job = learned();
        JsonNode single = ask("/api/whatif/fairness", fairness(job, "SINGLE")).path("fairness");
        assertTrue(single.at("/gaps/truePositive").asDouble() > 0.15, single.toString());
        JsonNode equal = ask("/api/whatif/fairness", fairness(job, "EQUAL_OPPORTUNITY"));
        assertTrue(equal.at("/fairness/gaps/truePositive").asDouble() <= 0.02);
        assertEquals(300, equal.path("thresholds").size());
        JsonNode scoring = said("GET /api/results/score/{id}", "{}", Map.of("id", job));
        JsonNode values = ask(
                "/api/tables/values",
                Map.of("table", loans.path("name").asString(), "columns", List.of("region", "repaid")));
        JsonNode east = equal.at("/fairness/slices/0");
        assertEquals("region = east", east.path("name").asString());
        int hits = 0;
        for (int row = 0; row < 300; row++) {
            boolean isEast = values.at("/columns/0/texts/" + row).asString().equals("east");
            if (isEast) {
                assertEquals(
                        east.path("threshold").asDouble(),
                        equal.at("/thresholds/" + row).asDouble());
            }
            hits += isEast
                            && values.at("/columns/1/texts/" + row).asString().equals("1")
                            && scoring.at("/scores/" + row).asDouble()
                                    >= east.path("threshold").asDouble()
                    ? 1
                    : 0;
        }
        assertEquals(hits, east.at("/confusion/truePositives").asInt());
        Map<String, Object> given = fairness(job, "SINGLE");
        given.remove("strategy");
        given.put("thresholds", List.of(0.5));
        JsonNode half = ask("/api/whatif/fairness", given).at("/fairness/all");
        assertEquals(0.5, half.path("threshold").asDouble());
        given.put("thresholds", List.of(0.1, 0.2, 0.3));
        assertEquals(
                400,
                assertThrows(Refusal.class, () -> ask("/api/whatif/fairness", given))
                        .status());
    }

    /// A changed value is run again: as the row itself it scores the same, with another region it does not, and the
    /// dependence on the region goes through both.
    @Test
    void anEditedValueIsRunAgain() throws InterruptedException {
        String job = learned();
        JsonNode plain = ask("/api/whatif/point", Map.of("job", job, "row", 5, "norm", "L1"));
        List<String> values = new ArrayList<>();
        plain.path("values").forEach(value -> values.add(value.asString()));
        JsonNode same = ask("/api/whatif/point", Map.of("job", job, "row", 5, "norm", "L1", "values", values));
        assertEquals(plain.path("score").asDouble(), same.path("edited").asDouble(), 1e-9);
        assertEquals(plain.at("/nearest/row").asInt(), same.at("/nearest/row").asInt());
        assertTrue(plain.at("/nearest/score").asDouble() >= 0.5
                != plain.path("score").asDouble() >= 0.5);
        String region = values.get(4);
        values.set(4, region.equals("east") ? "west" : "east");
        double moved = ask("/api/whatif/point", Map.of("job", job, "row", 5, "norm", "L1", "values", values))
                .path("edited")
                .asDouble();
        assertNotEquals(plain.path("score").asDouble(), moved, 1e-6);
        JsonNode dependence =
                ask("/api/whatif/dependence", Map.of("job", job, "column", "region", "values", values, "rows", 100));
        for (int i = 0; i < 2; i++) {
            boolean isOwn = dependence.at("/values/" + i).asString().equals(region);
            assertEquals(
                    isOwn ? plain.path("score").asDouble() : moved,
                    dependence.at("/point/" + i).asDouble(),
                    1e-6);
        }
        assertEquals(2, dependence.path("mean").size());
    }

    /// The plain model and a steered variant score the same prompts, and not alike.
    @Test
    void aModelScoresPromptsPlainAndSteered() throws InterruptedException {
        String text = "a,ok\nw5,1\nw6,0\nw7 w8,1\n";
        JsonNode table = ask("/api/tables", Map.of("name", WORDS, "text", text));
        assertEquals(
                table.path("sha256").asString(),
                ask("/api/tables", Map.of("name", WORDS, "text", text))
                        .path("sha256")
                        .asString());
        assertEquals(
                409,
                assertThrows(Refusal.class, () -> ask("/api/tables", Map.of("name", WORDS, "text", "a\n1\n")))
                        .status());
        Map<String, Object> asked = new HashMap<>(Map.of(
                "table",
                WORDS,
                "sha256",
                table.path("sha256").asString(),
                "template",
                "w1 {a} w2",
                "yes",
                " w20",
                "no",
                " w30"));
        String plain = scored(asked);
        asked.put("edits", List.of(Map.of("op", "zero", "site", "blocks.1.hook_attn_out")));
        String steered = scored(asked);
        JsonNode at = ask("/api/whatif/point", Map.of("job", plain, "row", 2, "norm", "L2"));
        assertEquals("w1 w7 w8 w2", at.path("prompt").asString());
        assertEquals("[\"a\"]", at.path("seen").toString());
        JsonNode edited =
                ask("/api/whatif/point", Map.of("job", plain, "row", 2, "norm", "L2", "values", List.of("w5", "1")));
        assertEquals(
                said("GET /api/results/score/{id}", "{}", Map.of("id", plain))
                        .at("/scores/0")
                        .asDouble(),
                edited.path("edited").asDouble(),
                1e-6);
        assertNotEquals(
                at.path("score").asDouble(),
                ask("/api/whatif/point", Map.of("job", steered, "row", 2, "norm", "L2"))
                        .path("score")
                        .asDouble(),
                1e-5);
        Map<String, Object> mean = Map.of("job", plain, "column", "a", "values", List.of("w5", "1"), "rows", 51);
        assertEquals(
                400,
                assertThrows(Refusal.class, () -> ask("/api/whatif/dependence", mean))
                        .status());
        asked.put("yes", "no token");
        assertThrows(BadInputException.class, () -> ask("/api/jobs/score", asked));
        asked.put("probe", "../outside.safetensors");
        assertEquals(
                404,
                assertThrows(Refusal.class, () -> ask("/api/jobs/score", asked)).status());
        asked.put("sha256", "0");
        assertEquals(
                409,
                assertThrows(Refusal.class, () -> ask("/api/jobs/score", asked)).status());
    }

    /// What is no number is refused in a column of numbers, whoever asks; nothing at all is a missing value.
    @ParameterizedTest
    @ValueSource(strings = {"abc", "1e400", "2,5", " 3", "NaN"})
    void aCellOfNumbersTakesNumbers(String text) throws InterruptedException {
        String job = learned();
        JsonNode plain = ask("/api/whatif/point", Map.of("job", job, "row", 5, "norm", "L1"));
        List<String> values = new ArrayList<>();
        plain.path("values").forEach(value -> values.add(value.asString()));
        int income = IntStream.range(0, values.size())
                .filter(i -> plain.at("/columns/" + i).asString().equals("income"))
                .findFirst()
                .orElseThrow();
        values.set(income, text);
        Map<String, ?> bad = Map.of("job", job, "row", 5, "norm", "L1", "values", values);
        String said = assertThrows(BadInputException.class, () -> ask("/api/whatif/point", bad))
                .getMessage();
        assertTrue(said.contains("\"income\" holds numbers, and was given \"" + text + "\"; give"), said);
        Map<String, ?> drawn = Map.of("job", job, "column", "age", "values", values, "rows", 0);
        assertThrows(BadInputException.class, () -> ask("/api/whatif/dependence", drawn));
        values.set(income, "");
        assertTrue(ask("/api/whatif/point", bad).has("edited"));
    }

    /// Labels are told apart from other columns of two values, and what a model sees from what it does not.
    @Test
    void columnsAreWhatTheyAre() throws InterruptedException {
        List<String> labels = new ArrayList<>();
        loans.path("columns").forEach(column -> {
            if (column.path("label").asBoolean()) {
                labels.add(column.path("name").asString());
            }
        });
        assertEquals(List.of("approved", "repaid"), labels.stream().sorted().toList());
        List<String> seen = new ArrayList<>();
        ask("/api/whatif/point", Map.of("job", learned(), "row", 5, "norm", "L1"))
                .path("seen")
                .forEach(name -> seen.add(name.asString()));
        assertTrue(seen.contains("region") && seen.contains("income"), seen.toString());
        assertTrue(!seen.contains("approved") && !seen.contains("repaid"), seen.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside.csv", "/etc/passwd", "a/b.csv", "..csv", ".csv", "config.json", "a.csv/", ""})
    void aPathIsNoName(String name) {
        assertEquals(
                400,
                assertThrows(Refusal.class, () -> ask("/api/tables/overview", Map.of("table", name)))
                        .status());
        assertEquals(
                400,
                assertThrows(Refusal.class, () -> ask("/api/tables", Map.of("name", name, "text", "a\n1\n")))
                        .status());
    }

    @Test
    void whatIsNoQuestionIsRefused() throws InterruptedException {
        assertEquals(
                404,
                assertThrows(Refusal.class, () -> ask("/api/tables/overview", Map.of("table", "none.csv")))
                        .status());
        assertThrows(BadInputException.class, () -> ask("/api/tables", Map.of("name", "x.csv", "text", "a,a\n1,2\n")));
        assertEquals(
                400,
                assertThrows(
                                Refusal.class,
                                () -> ask(
                                        "/api/tables/values",
                                        Map.of("table", loans.path("name").asString(), "columns", List.of())))
                        .status());
        Map<String, String> neither = Map.of(
                "table",
                loans.path("name").asString(),
                "sha256",
                loans.path("sha256").asString());
        assertEquals(
                400,
                assertThrows(Refusal.class, () -> ask("/api/jobs/score", neither))
                        .status());
        String job = learned();
        Map<String, ?> few = Map.of("job", job, "row", 0, "norm", "L1", "values", List.of("1"));
        assertEquals(
                400,
                assertThrows(Refusal.class, () -> ask("/api/whatif/point", few)).status());
        Map<String, ?> other = Map.of("job", job, "row", 0, "norm", "L1", "judged", fairness("another", "SINGLE"));
        assertEquals(
                400,
                assertThrows(Refusal.class, () -> ask("/api/whatif/point", other))
                        .status());
        assertThrows(
                BadInputException.class, () -> ask("/api/whatif/point", Map.of("job", job, "row", 300, "norm", "L1")));
    }
}
