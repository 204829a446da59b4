package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
