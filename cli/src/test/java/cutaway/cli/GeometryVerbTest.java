package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.geometry.FitScores;
import cutaway.interp.geometry.LabelFeatures;
import cutaway.interp.geometry.LabelSplit;
import cutaway.interp.geometry.ManifoldFit;
import cutaway.interp.geometry.StoredFit;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway geometry` as a user types it.
class GeometryVerbTest extends TypedCommands {

    private static final String NUMBERS = "../docs/examples/numbers.jsonl";

    @TempDir
    private Path temporary;

    private String lines(String... lines) throws IOException {
        return Files.write(Files.createTempFile(temporary, "prompts", ".jsonl"), List.of(lines))
                .toString();
    }

    @Test
    void whatAFitCannotTakeIsRefused() throws IOException {
        assertRefused("there is no file", "geometry", "fit", "no-such.jsonl");
        assertRefused("expected fourier:2,5", "geometry", "fit", NUMBERS, "--features", "spline:3");
        assertRefused("a share of 1.0", "geometry", "fit", NUMBERS, "--held-out", "1");
        assertRefused("at least 1 shuffle", "geometry", "fit", NUMBERS, "--shuffles", "0");
        assertRefused(
                "line 2 has no", "geometry", "fit", lines("{\"text\": \"a\", \"label\": 1}", "{\"text\": \"b\"}"));
        assertRefused("is not valid JSON", "geometry", "fit", lines("text"));
        assertRefused("has no lines", "geometry", "fit", lines());
        assertRefused("no \"n\" that is a number", "geometry", "fit", NUMBERS, "--label", "n");
        assertRefused("ends in .safetensors", "geometry", "fit", NUMBERS, "--out", "fit.json");
    }

    @Test
    void whatComponentsCannotTakeIsRefused() throws IOException {
        String sums = "../docs/examples/sums.jsonl";
        assertRefused("there is no file", "geometry", "components", "no-such.jsonl");
        assertRefused("no \"c\" that is a number", "geometry", "components", sums, "--inputs", "a,c");
        assertRefused("another that comes out", "geometry", "components", sums, "--inputs", "a,sum");
        assertRefused("at least 1 of each", "geometry", "components", sums, "--pairs", "0");
        assertRefused("between 0 and 1", "geometry", "components", sums, "--least-told", "2");
    }

    private static final String LLAMA = "../model/src/test/resources/golden/llama";

    /// The fit of random activations at the third of the model's blocks, 32 numbers wide.
    private String storedFit() {
        double[] labels = {0, 1, 2, 3, 4, 5, 6, 7};
        LabelFeatures features = LabelFeatures.parse("circle:8");
        LabelSplit split = LabelSplit.of(labels, 0.25, 0);
        Path file = temporary.resolve("fit.safetensors");
        try (Scope _ = Scope.open()) {
            Tensor activations = new Random(2).normal(labels.length, 32);
            FitScores scores = FitScores.of(activations, labels, features, ManifoldFit.Settings.USUAL, split, 1, 0);
            StoredFit.of(
                            activations,
                            labels,
                            features,
                            split,
                            new StoredFit.Facts(
                                    "random",
                                    "blocks.2.hook_resid_post",
                                    -1,
                                    features.text(),
                                    ManifoldFit.Settings.USUAL,
                                    StoredFit.distinct(labels, split.training()),
                                    StoredFit.distinct(labels, split.heldOut()),
                                    scores,
                                    0))
                    .write(file);
        }
        return file.toString();
    }

    @Test
    void aRunIsMovedAlongAFitBesideItsControl() {
        String fit = storedFit();
        String[] run = {"run", "--model", LLAMA, "--ids", "3,41,59", "--fit", fit};
        assertRefused("add --label", run);
        assertRefused("add --fit", "run", "--model", LLAMA, "--ids", "3,41", "--label", "2");
        assertRefused("outside of a prompt of 3", with(run, "--label", "2", "--label-at", "3"));
        assertRefused(
                "the label is 1000000000, and the curve is of labels from 0 to 7; give", with(run, "--label", "1e9"));
        assertEquals(0, run(with(run, "--label", "5", "--json")), err::toString);
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        assertEquals(2, found.path("move").path("position").asInt());
        assertTrue(found.path("move").path("length").asDouble() > 0.1, out::toString);
        assertEquals(1, found.path("edits").size());
        assertTrue(logit(found, "after") != logit(found, "before"), out::toString);
        assertTrue(logit(found, "control") != logit(found, "after"), out::toString);
    }

    private static double logit(JsonNode found, String when) {
        return found.path(when).path(0).path("logit").asDouble();
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void whatIsNoGraphIsRefused() throws IOException {
        assumeModel();
        assertRefused("there is no graph and no file", "geometry", "energy", "--graph", "torus:3");
        assertRefused("a grid of 1 by 2", "geometry", "energy", "--graph", "grid:1x2");
        assertRefused("more than one token", "geometry", "energy", "--graph", "ring:4", "--words", "a,b,c,zzqx");
        assertRefused("one for each node", "geometry", "energy", "--graph", "ring:5", "--words", "a,b,c,d");
        assertRefused("not connected", "geometry", "energy", "--graph", lines("sun moon", "car bus"));
        assertRefused("expected two words", "geometry", "energy", "--graph", lines("sun moon car"));
        assertRefused("layers 0 to 29", "geometry", "energy", "--layers", "30");
    }

    /// The last digit is all that the first block of this model knows at the last token: a period of 10, exactly.
    @Test
    void theLastDigitIsACircleOfTen() throws IOException {
        assumeModel();
        assertEquals(0, run("geometry", "fit", NUMBERS, "--sites", "resid_post[0]", "--periods", "5", "--json"));
        JsonNode scores = JsonMapper.shared()
                .readTree(out.toString())
                .path("sites")
                .path(0)
                .path("scores");
        assertEquals(75, scores.path("labels").asInt());
        assertTrue(scores.path("rows").path(0).path("heldOut").asDouble() > 0.95, scores.toString());
        assertTrue(scores.path("rows").path(2).path("heldOut").asDouble() < 0, scores.toString());
    }
}
