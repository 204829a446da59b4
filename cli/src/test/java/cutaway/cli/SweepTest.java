package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.Numbers;
import cutaway.interp.site.Site;
import cutaway.model.hub.Hub;
import cutaway.tensor.Random;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway sweep`, as a user types it.
class SweepTest {

    @TempDir
    private Path temporary;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line =
                Cutaway.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Cutaway.execute(line, args);
    }

    private String pairs() throws IOException {
        return Files.writeString(temporary.resolve("pairs.jsonl"), """
            {"prompt": "The sky is", "contrast": "The snow is", "answer": " blue", "against": " white"}
            {"prompt": "A sky is", "contrast": "A snow is", "answer": " blue", "against": " white"}
            """).toString();
    }

    private static void needsTheModel() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
    }

    /// `--json` prints an array of rows, with every column in each.
    @Test
    void jsonIsOneArrayOfRows() throws IOException {
        needsTheModel();
        Path file = temporary.resolve("effects.parquet");
        assertEquals(
                0,
                run("sweep", pairs(), "--sites", "resid_pre[3]@each,head_z[3.*]", "--json", "--out", file.toString()));
        JsonNode rows = JsonMapper.shared().readTree(out.toString());
        assertEquals(2 * (3 + 9), rows.size());
        JsonNode head = rows.get(3);
        assertEquals("head_z", head.path("site").asString());
        assertTrue(head.has("position") && head.path("position").isNull());
        assertEquals(0, head.path("head").asInt());
        assertTrue(Files.size(file) > 0);
        assertEquals(
                "",
                err.toString()
                        .lines()
                        .filter(line -> !line.startsWith("cutaway: pair"))
                        .findFirst()
                        .orElse(""));
    }

    /// Eight random latents at the residual stream of the default model.
    private String dictionary() {
        Site site = new Site.Resid(3, Site.Moment.POST);
        Path folder = temporary.resolve("resid@3");
        Random random = new Random(0);
        try (Dictionary dictionary = new Dictionary(
                new Dictionary.Weights(
                        random.normal(8, 576),
                        random.normal(8),
                        random.normal(8, 576),
                        random.normal(576),
                        Optional.empty()),
                new Activation.TopK(2, false),
                false,
                Scaling.NONE,
                new Origin("smollm2-135m-instruct", List.of(site), List.of(site), Map.of()))) {
            DictionaryFiles.write(dictionary, Format.CUTAWAY, Numbers.FULL, folder);
        }
        return folder.toString();
    }

    /// A sign of the language of sites in the folder's name does not stand in the dictionary's.
    @Test
    void featuresAreAskedAboutAndSteered() throws IOException {
        needsTheModel();
        String dictionary = dictionary();
        String[] asked = {"sweep", pairs(), "--dictionary", dictionary, "--sites", "feature[resid_3:5]@last", "--json"};
        assertEquals(0, run(asked), err.toString());
        JsonNode row = JsonMapper.shared().readTree(out.toString()).get(1);
        assertEquals("feature", row.path("site").asString());
        assertEquals("resid_3", row.path("dictionary").asString());
        assertEquals(5, row.path("feature").asInt());
        assertEquals(3, row.path("layer").asInt());
        out.getBuffer().setLength(0);
        String[] more =
                Stream.concat(Stream.of(asked), Stream.of("--without-error")).toArray(String[]::new);
        assertEquals(0, run(more), err.toString());
        assertNotEquals(
                row.path("value").asDouble(),
                JsonMapper.shared()
                        .readTree(out.toString())
                        .get(1)
                        .path("value")
                        .asDouble());
        assertEquals(
                0, run("run", "The sky is", "--dictionary", dictionary, "--steer", "feature[5]=*0"), err.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, run("run", "The sky is", "--dictionary", dictionary, "--without-error", "--json"));
        JsonNode alone = JsonMapper.shared().readTree(out.toString());
        assertEquals("resid_3", alone.path("withoutErrorOf").asString());
        assertEquals("replace", alone.path("edits").get(0).path("op").asString());
        assertNotEquals(alone.path("before").toString(), alone.path("after").toString());
        out.getBuffer().setLength(0);
        assertEquals(
                0,
                run(
                        "generate",
                        "The sky is",
                        "--max",
                        "2",
                        "--json",
                        "--dictionary",
                        dictionary,
                        "--steer",
                        "feature[5]=-3"));
        JsonNode edit =
                JsonMapper.shared().readTree(out.toString()).path("edits").get(0);
        double[] added = JsonMapper.shared().convertValue(edit.path("values").path("data"), double[].class);
        try (Dictionary read = DictionaryFiles.openOne(Path.of(dictionary))) {
            assertEquals(-3 * read.direction(5)[7], added[7], 1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        sweep PAIRS --without-error                               | add --dictionary
        sweep PAIRS --sites feature                               | add --dictionary DIR
        sweep PAIRS --dictionary DIR --sites head_z               | feature[resid_3:7]
        sweep PAIRS --dictionary DIR --dictionary DIR             | two dictionaries are called resid_3
        explain sky --without-error                               | add --dictionary
        run sky --without-error                                   | add --dictionary
        run sky --dictionary DIR --dictionary DIR --without-error | two dictionaries are called resid_3
        generate sky --dictionary DIR --without-error             | use cutaway run
        generate sky --dictionary DIR                             | for --steer
        generate sky --dictionary DIR --steer feature[1]=*2       | multiplies a code
        generate sky --dictionary DIR --steer feature[1]          | give feature[7]=+8
        generate sky --dictionary DIR --steer feature[8]=+1       | it has 0 to 7
        generate sky --dictionary DIR --steer feature[sae:1]=+1   | name one: feature[resid_3:1]
        """)
    void whatCannotBeAskedOfFeaturesIsRefused(String asked, String said) throws IOException {
        needsTheModel();
        String[] words =
                asked.replace("PAIRS", pairs()).replace("DIR", dictionary()).split(" ");
        assertEquals(2, run(words));
        assertTrue(err.toString().contains(said), err.toString());
    }

    @Test
    void theSummaryNamesTheLargest() throws IOException {
        needsTheModel();
        assertEquals(0, run("sweep", pairs(), "--method", "ablate", "--ablation", "zero", "--sites", "mlp_out@all"));
        assertTrue(out.toString().contains("ablate: 60 effects on 2 pairs"), out.toString());
        assertTrue(out.toString().contains("mlp_out["), out.toString());
        assertTrue(out.toString().contains("Give at least 6"), out.toString());
    }

    /// Which run a KL is from, and where integrated gradients of one begin.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --method patch --sites resid_pre[3]@last                   | KL from the unedited run of the contrast, nats
        --method patch --direction noise --sites resid_pre[3]@last | KL from the unedited run of the prompt, nats
        --method ig --steps 1                                      | KL from the unedited run of the prompt, nats
        --method ig --steps 1                                      | With the embeddings of the contrast it is
        """)
    void theReferenceOfAKlIsSaid(String options, String part) throws IOException {
        needsTheModel();
        assertEquals(0, run(("sweep " + pairs() + " --metric kl " + options).split(" ")));
        assertTrue(out.toString().contains(part), out.toString());
        assertFalse(out.toString().contains("recovered"), out.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --method guess               | no method "guess"; known: patch, path, ablate
        --direction sideways         | no direction "sideways"; known: denoise
        --metric loudness            | no metric "loudness"; known: margin, logit
        --to logits                  | --to does not go with --method patch, which takes --direction
        --method=path                | path patching needs a receiver; give --to
        --ablation=x --method=ablate | no ablation "x"; known: zero, mean, resample
        --positions 3-5              | the positions "3-5" are not known
        --out effects.csv            | a sweep writes Parquet
        --report page.pdf            | --report is "page.pdf"; it is a page for a browser, so give a file that ends in .html
        --method=eap-ig --steps=0    | edge attribution with 0 steps
        --method=ablate --draws=3    | --draws goes with --ablation resample, and mean has nothing to draw; leave it out
        --method=ablate --ablation=zero --draws=1 | --draws goes with --ablation resample, and zero has nothing to draw
        --sites resid_pre[0          | the site "resid_pre[0" has no closing bracket; give resid_pre[0], say
        --sites head_z,resid_pre[    | the site "resid_pre[" has no closing bracket; give resid_pre[0], say
        --sites resid_pre0]          | the site "resid_pre0]" has no opening bracket; give resid_pre[0], say
        --sites head_z[3,4]          | the site "head_z[3,4]" has a comma in its brackets; give one site for each, joined by commas, or a range such as head_z[3..4]
        --sites embed[3]             | embed is before all layers and has no numbers in brackets, as in "embed[3]"; give embed, or embed@3 for a position
        --sites mlp_out[3.1]         | mlp_out is one whole in each layer, without parts as in "mlp_out[3.1]"; give mlp_out[3]
        --sites head_z[3.4.5]        | the numbers in "head_z[3.4.5]" are not known; give a layer, or a layer and a part: head_z[3], head_z[20..29], head_z[3.0]
        """)
    void aWrongQuestionIsRefused(String options, String part) throws IOException {
        String[] words = ("sweep " + pairs() + " " + options).split(" ");
        assertEquals(2, run(words));
        assertTrue(err.toString().contains(part), err.toString());
        assertFalse(Files.exists(Path.of("effects.csv")));
    }

    /// The page carries the rows that `--json` prints, and the command of a single question.
    @Test
    void theReportHasTheRows() throws IOException {
        needsTheModel();
        String page = temporary.resolve("pages").resolve("page.html").toString();
        String pairs = pairs();
        assertEquals(0, run("sweep", pairs, "--sites=resid_pre[3]@last,head_z[3.*]", "--report", page, "--json"));
        JsonNode rows = JsonMapper.shared().readTree(out.toString());
        String text = Files.readString(Path.of(page));
        String start = "<script id=\"record\" type=\"application/json\">";
        int from = text.indexOf(start) + start.length();
        JsonNode record = JsonMapper.shared().readTree(text.substring(from, text.indexOf("</script>", from)));
        assertEquals(
                "./cutaway sweep " + pairs,
                record.path("repeat").path("question").asString());
        assertEquals(
                "./cutaway sweep " + pairs + " '--sites=resid_pre[3]@last,head_z[3.*]' --report " + page + " --json",
                record.path("repeat").path("command").asString());
        assertEquals(20, record.path("extent").path("carriedRows").asInt());
        for (JsonNode row : rows) {
            JsonNode answer = record.path("answers")
                    .valueStream()
                    .filter(one -> one.path("site").equals(row.path("site"))
                            && one.path("head").asInt(-1) == row.path("head").asInt(-1))
                    .findFirst()
                    .orElseThrow();
            for (String name : List.of("value", "effect", "recovered")) {
                assertEquals(
                        row.path(name), answer.path(name).path(row.path("pair").asInt()), row + " in " + answer);
            }
        }
        assertEquals(
                "resid_pre[3]@last",
                record.path("answers")
                        .valueStream()
                        .filter(one -> one.path("site").asString().equals("resid_pre"))
                        .findFirst()
                        .orElseThrow()
                        .path("text")
                        .asString());
    }

    /// No sweep runs for a page that cannot be written.
    @Test
    void aReportThatCannotBeWrittenIsRefusedFirst() throws IOException {
        String file = Files.writeString(temporary.resolve("file"), "").toString();
        for (String page : List.of(
                file + "/page.html",
                Files.createDirectory(temporary.resolve("is.html")).toString())) {
            assertEquals(2, run("sweep", pairs(), "--report", page));
            assertEquals(
                    "cutaway: cannot write the report " + page + ": "
                            + (page.startsWith(file) ? file + " is a file" : "it is a folder")
                            + "; give --report a file in a folder that can be written.",
                    err.toString().strip());
            err.getBuffer().setLength(0);
        }
    }

    @Test
    void aMissingFileIsNamed() {
        assertEquals(2, run("sweep", "nowhere.jsonl"));
        assertTrue(err.toString().contains("there is no file nowhere.jsonl"), err.toString());
    }

    /// Patching agrees with itself wholly, and with its gradient approximation in part; other prompts are refused.
    @Test
    void methodsAreCompared() throws IOException {
        needsTheModel();
        String patch = temporary.resolve("patch.parquet").toString();
        String slope = temporary.resolve("slope.parquet").toString();
        String other = temporary.resolve("other.parquet").toString();
        assertEquals(0, run("sweep", pairs(), "--sites", "head_z[20..29.*]", "--out", patch));
        assertEquals(0, run("sweep", pairs(), "--sites", "head_z", "--method", "attribution", "--out", slope));
        String prompts = Files.writeString(
                        temporary.resolve("other.jsonl"),
                        "{\"prompt\": \"A sea is\", \"contrast\": \"A rose is\", \"answer\": \" blue\", \"against\":"
                                + " \" red\"}")
                .toString();
        assertEquals(0, run("sweep", prompts, "--sites", "head_z", "--out", other));
        out.getBuffer().setLength(0);
        assertEquals(0, run("agree", patch, patch, "--json"));
        JsonNode same = JsonMapper.shared().readTree(out.toString());
        assertEquals(1, same.path("spearman").asDouble(), 1e-12);
        assertEquals(90, same.path("questions").asInt());
        assertEquals(2, same.path("pairs").asInt());
        out.getBuffer().setLength(0);
        assertEquals(0, run("agree", patch, slope, "--misses", "2"));
        assertTrue(out.toString().contains("90 questions that both answer, means over 2 pairs"), out.toString());
        assertEquals(2, run("agree", patch, other));
        assertTrue(
                err.toString().contains(" are not of the same pairs: 2 differ, the first is pair 0; sweep one file"),
                err.toString());
    }

    /// Bringing an answer back and taking it away are two questions: they can be compared, with a word.
    @Test
    void whatIsCountedFromDifferentRunsIsSaid() throws IOException {
        needsTheModel();
        String back = temporary.resolve("back.parquet").toString();
        String away = temporary.resolve("away.parquet").toString();
        assertEquals(0, run("sweep", pairs(), "--sites", "head_z[29.*]", "--out", back));
        assertEquals(0, run("sweep", pairs(), "--sites", "head_z[29.*]", "--direction", "noise", "--out", away));
        String said = "of back.parquet are counted from the contrast and those of away.parquet from the prompt";
        out.getBuffer().setLength(0);
        assertEquals(0, run("agree", back, away));
        assertTrue(out.toString().contains(said), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, run("agree", back, away, "--json"));
        JsonNode json = JsonMapper.shared().readTree(out.toString());
        assertEquals("the contrast", json.path("referenceFrom").asString());
        assertEquals("the prompt", json.path("approximationFrom").asString());
        out.getBuffer().setLength(0);
        assertEquals(0, run("agree", back, back));
        assertFalse(out.toString().contains("counted from"), out.toString());
    }

    /// One row is one row.
    @Test
    void oneIsNoPlural() throws IOException {
        needsTheModel();
        String file = temporary.resolve("one.parquet").toString();
        String one = Files.writeString(
                        temporary.resolve("one.jsonl"),
                        "{\"prompt\": \"The sky is\", \"contrast\": \"The snow is\", \"answer\": \" blue\","
                                + " \"against\": \" white\"}")
                .toString();
        assertEquals(0, run("sweep", one, "--sites", "head_z[3.3]", "--out", file));
        assertTrue(out.toString().contains("one.parquet, 1 row\n"), out.toString());
        assertTrue(out.toString().contains("One pair cannot tell what holds for other prompts"), out.toString());
        assertFalse(out.toString().contains("largest of 1"), out.toString());
        assertEquals(0, run("agree", file, file));
        assertTrue(out.toString().contains("of the largest "), out.toString());
        assertEquals(0, run("sweep", pairs(), "--sites", "head_z[3.3]"));
        assertTrue(out.toString().contains("[3.3]"), out.toString());
        assertFalse(out.toString().contains("1 questions"), out.toString());
    }

    @Test
    void aFolderIsNoFileOfEffects() {
        String folder = temporary.toString();
        assertEquals(2, run("agree", folder, folder));
        assertEquals(
                "cutaway: " + folder + " is a folder; give a file of cutaway sweep --out.",
                err.toString().strip());
    }
}
