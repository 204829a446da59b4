package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway whatif` and `cutaway lab loans` as a user types them.
class WhatIfTest extends TypedCommands {

    private static final String LOANS = "../docs/examples/loans.csv";
    private static final String MODEL = "../model/src/test/resources/words";

    @TempDir
    private Path temporary;

    /// The planted bias: a gap between regions, closed by equal opportunity, and a row whose twin differs
    /// in nothing that counts but the region.
    @Test
    void thePlantedBiasIsFound() {
        assertEquals(
                0,
                run(
                        "whatif",
                        LOANS,
                        "--learn",
                        "approved",
                        "--label",
                        "repaid",
                        "--slice",
                        "region",
                        "--row",
                        "98",
                        "--json"),
                err.toString());
        JsonNode scored = JsonMapper.shared().readTree(out.toString()).at("/scored/0");
        JsonNode strategies = scored.path("strategies");
        assertEquals(5, strategies.size());
        assertEquals("SINGLE", strategies.at("/0/strategy").asString());
        assertTrue(strategies.at("/0/gaps/truePositive").asDouble() > 0.15);
        assertEquals("EQUAL_OPPORTUNITY", strategies.at("/3/strategy").asString());
        assertTrue(strategies.at("/3/gaps/truePositive").asDouble() <= 0.02);
        assertEquals(400, scored.path("scores").size());
        assertTrue(scored.at("/row/nearest/differing").toString().contains("region"));
        double widest = 0;
        String named = "";
        for (JsonNode dependence : scored.at("/row/dependence")) {
            double[] points = StreamSupport.stream(dependence.path("point").spliterator(), false)
                    .mapToDouble(JsonNode::asDouble)
                    .toArray();
            double spread = Arrays.stream(points).max().orElse(0)
                    - Arrays.stream(points).min().orElse(0);
            if (spread > widest) {
                widest = spread;
                named = dependence.path("column").asString();
            }
        }
        assertEquals("region", named);
    }

    /// Two nets on the same rows: the one that learned decisions has the bias, the one that learned what is
    /// true has not, and what is said of the two is counted from their scores.
    @Test
    void aSecondModelStandsBesideTheFirst() {
        String[] asked = {
            "whatif",
            LOANS,
            "--learn",
            "approved",
            "--against-learn",
            "repaid",
            "--label",
            "repaid",
            "--slice",
            "region",
            "--row",
            "98"
        };
        assertEquals(0, run(asked), err.toString());
        assertTrue(out.toString().contains("McNemar"), out.toString());
        String[] json = Arrays.copyOf(asked, asked.length + 1);
        json[asked.length] = "--json";
        assertEquals(0, run(json), err.toString());
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        JsonNode comparison = found.path("comparison");
        double[][] scores = new double[2][400];
        double[] thresholds = new double[2];
        for (int model = 0; model < 2; model++) {
            for (int row = 0; row < 400; row++) {
                scores[model][row] =
                        found.at("/scored/" + model + "/scores/" + row).asDouble();
            }
            thresholds[model] = found.at("/scored/" + model + "/strategies/0/slices/0/threshold")
                    .asDouble(); // one for all
        }
        long differ = IntStream.range(0, 400)
                .filter(row -> scores[0][row] >= thresholds[0] != scores[1][row] >= thresholds[1])
                .count();
        assertTrue(differ > 0);
        assertEquals(
                differ,
                comparison.path("firstOnly").asInt()
                        + comparison.path("secondOnly").asInt());
        for (int model = 0; model < 2; model++) { // each has a counterfactual of its own
            int nearest = found.at("/scored/" + model + "/row/nearest/row").asInt();
            assertTrue(scores[model][98] >= thresholds[model] != scores[model][nearest] >= thresholds[model]);
        }
        assertNotEquals(found.at("/scored/0/row/nearest/row"), found.at("/scored/1/row/nearest/row"));
        assertTrue(found.at("/scored/0/strategies/0/gaps/truePositive").asDouble()
                > found.at("/scored/1/strategies/0/gaps/truePositive").asDouble() + 0.1);
    }

    @Test
    void theTableIsReadable() {
        assertEquals(0, run("whatif", LOANS, "--learn", "approved", "--slice", "region,branch"), err.toString());
        assertTrue(out.toString().contains("region = east, branch = market"), out.toString());
        assertTrue(out.toString().contains("demographic parity"), out.toString());
        Path made = temporary.resolve("loans.csv");
        assertEquals(0, run("lab", "loans", "--rows", "400", "--out", made.toString()), err.toString());
        assertEquals(0, run("whatif", made.toString(), "--learn", "repaid"), err.toString());
    }

    /// A language model, plain and under an edit: each row's prompt is run, and the edit moves the scores.
    @Test
    void aModelScoresPromptsPlainAndSteered() throws IOException {
        Path table = Files.writeString(temporary.resolve("t.jsonl"), """
            {"a": "w5", "ok": true}
            {"a": "w6", "ok": false}
            {"a": "w7 w8", "ok": true}
            """);
        Path edits = Files.writeString(
                temporary.resolve("edits.json"), "[{\"op\": \"zero\", \"site\": \"blocks.1.hook_attn_out\"}]");
        assertEquals(
                0,
                run(
                        "whatif",
                        table.toString(),
                        "--template",
                        "w1 {a} w2",
                        "--yes",
                        " w20",
                        "--no",
                        " w30",
                        "--label",
                        "ok",
                        "--edit",
                        edits.toString(),
                        "--row",
                        "2",
                        "--saliency",
                        "--model",
                        MODEL,
                        "--json"),
                err.toString());
        JsonNode scored = JsonMapper.shared().readTree(out.toString()).path("scored");
        assertEquals(2, scored.size());
        assertEquals(3, scored.at("/0/scores").size());
        for (int row = 0; row < 3; row++) {
            assertNotEquals(
                    scored.at("/0/scores/" + row).asDouble(),
                    scored.at("/1/scores/" + row).asDouble(),
                    1e-5);
        }
        double distance = IntStream.range(0, 3)
                .mapToDouble(row -> Math.abs(scored.at("/0/scores/" + row).asDouble()
                        - scored.at("/1/scores/" + row).asDouble()))
                .average()
                .orElseThrow();
        assertEquals(
                distance,
                JsonMapper.shared()
                        .readTree(out.toString())
                        .at("/comparison/meanDistance")
                        .asDouble(),
                1e-9);
        JsonNode saliency = scored.at("/1/row/saliency");
        assertEquals("w1 w7 w8 w2", saliency.path("prompt").asString());
        assertEquals(4, saliency.path("leftOut").size());
        double score = scored.at("/1/scores/2").asDouble();
        assertEquals(Math.log(score / (1 - score)), saliency.path("margin").asDouble(), 1e-4);
    }

    /// Before anything is read or trained: the table is not there.
    @Test
    void optionsAreCheckedFirst() throws IOException {
        String[] none = {"whatif", "no-such.csv", "--learn", "a"};
        assertRefused("the tolerance is 2.0; give", with(none, "--tolerance", "2"));
        assertRefused("the tolerance is NaN", with(none, "--tolerance", "NaN"));
        assertRefused("the cost ratio is NaN", with(none, "--cost-ratio", "NaN"));
        assertRefused("the cost ratio is -3.0", with(none, "--cost-ratio", "-3"));
        assertRefused("slices have 1 bins of numbers; give 2 to 20", with(none, "--bins", "1"));
        assertRefused("give one column or two", with(none, "--slice", "a,b,c"));
        String[] loans = {"whatif", LOANS, "--learn", "approved"};
        assertRefused("a label is 1 or 0", with(loans, "--against-learn", "region"));
        assertRefused("no column \"town\"", with(loans, "--against-template", "{town}"));
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void whatCannotBeAskedIsRefused() throws IOException {
        assertRefused("there is no file", "whatif", "no-such.csv", "--learn", "a");
        assertRefused("nothing is said to score", "whatif", LOANS);
        assertRefused("two ways", "whatif", LOANS, "--learn", "approved", "--template", "{age}");
        assertRefused("--probe goes with", "whatif", LOANS, "--learn", "approved", "--class", "x");
        assertRefused("--edit and --steer go with", "whatif", LOANS, "--learn", "approved", "--edit", "x.json");
        assertRefused(
                "give one of the two",
                "whatif",
                LOANS,
                "--learn",
                "approved",
                "--against-learn",
                "repaid",
                "--against-model",
                "x");
        assertRefused("give --against-template", "whatif", LOANS, "--learn", "approved", "--against-model", "x");
        assertRefused("go together", "whatif", LOANS, "--template", "{age}", "--steer", "x.safetensors");
        assertRefused("--saliency is of", "whatif", LOANS, "--learn", "approved", "--saliency", "--row", "1");
        assertRefused("no column \"town\"", "whatif", LOANS, "--learn", "approved", "--slice", "town");
        assertRefused("a label is 1 or 0", "whatif", LOANS, "--learn", "region");
        assertRefused("no row 400", "whatif", LOANS, "--learn", "approved", "--row", "400");
        assertRefused("name its column with --label", "whatif", LOANS, "--template", "{age}", "--slice", "region");
        assertRefused("expected single or", "whatif", LOANS, "--learn", "approved", "--strategy", "fair");
        assertRefused("20 to 20,000", "lab", "loans", "--rows", "3", "--out", temporary + "/x.csv");
    }
}
