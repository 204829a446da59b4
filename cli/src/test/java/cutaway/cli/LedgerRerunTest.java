package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.evidence.Claim;
import cutaway.interp.evidence.ClaimTest;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.server.api.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerRerunTest extends TypedCommands {

    @TempDir
    Path folder;

    @Test
    void claimsAreMeasuredAgainAndANumberThatDiffersIsSaid() throws IOException {
        assumeModel();
        Claim claim;
        try (Model model = Model.open(Hub.resolve(Hub.DEFAULT))) {
            ClaimTest test = new ClaimTest(model);
            claim = test.claim(
                    "MLP 0 carries it",
                    "one prompt",
                    new ModelFacts(Hub.DEFAULT, model.sha256(), "llama", 30, 9, 576, "cpu", "float32"),
                    Source.of("The capital of France is"),
                    null,
                    false,
                    List.of(new Edit.Zero(new Site.MlpOut(0), Positions.ALL)),
                    new Metric.LogProbability(7042));
            claim = claim.with(test.control(claim, 3, 5));
            List<PromptPair> others = List.of(
                    PromptPair.of("The capital of Italy is", "The capital of Spain is", " Rome", " Madrid"),
                    PromptPair.of("The capital of Japan is", "The capital of China is", " Tokyo", " Beijing"));
            claim = claim.with(test.heldOut(claim, others, 2, _ -> {}));
        }
        Path file = folder.resolve("claims.jsonl");
        String line = Json.text(claim);
        Files.writeString(file, line + "\n");
        assertEquals(0, run("ledger", "rerun", file.toString()), err.toString());
        assertTrue(out.toString().contains("same"), out.toString());
        assertTrue(out.toString().contains("suggested"), out.toString());
        Files.writeString(file, line.replaceFirst("\"edited\":-?\\d+", "\"edited\":-77") + "\n");
        assertEquals(1, run("ledger", "rerun", file.toString()), err.toString());
        assertTrue(out.toString().contains("DIFFERS"), out.toString());
        for (String[] changed : new String[][] {
            {"seeds", "\"seeds\":\\[5,6,7\\]", "\"seeds\":[5,6,8]"},
            {"interval", "\"interval\":\\{\"low\":-?\\d+", "\"interval\":{\"low\":-99"}
        }) {
            String other = line.replaceFirst(changed[1], changed[2]);
            assertNotEquals(line, other);
            Files.writeString(file, other + "\n");
            assertEquals(1, run("ledger", "rerun", file.toString()), err.toString());
            assertTrue(out.toString().contains("(" + changed[0] + ")"), out.toString());
        }
        Files.writeString(file, line.replace(claim.model().sha256(), "0".repeat(64)) + "\n");
        assertRefused("are not those", "ledger", "rerun", file.toString());
    }

    /// A file of claims comes from anywhere, and so does the name of the model in it.
    @Test
    void aClaimOfWhatIsNoModelHereIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("passwd"), "root:x:0:0\n");
        Path file = folder.resolve("claims.jsonl");
        for (String name : List.of(text.toString(), "../../no/such/file", "no-such-model", "")) {
            Claim claim = new Claim(
                    "MLP 0 carries it",
                    "",
                    new ModelFacts(name, "0".repeat(64), "llama", 30, 9, 576, "cpu", "float32"),
                    Source.of("The capital of France is"),
                    null,
                    false,
                    List.of(new Edit.Zero(new Site.MlpOut(0), Positions.ALL)),
                    new Metric.LogProbability(7042),
                    -1,
                    -2,
                    null,
                    null);
            Files.writeString(file, Json.text(claim) + "\n");
            assertRefused(
                    "the model \"" + name + "\" of the claim \"MLP 0 carries it\"", "ledger", "rerun", file.toString());
            assertTrue(err.toString().contains("give --model"), err.toString());
        }
    }

    @Test
    void whatIsNoClaimIsRefused() throws IOException {
        Path file = folder.resolve("claims.jsonl");
        assertRefused("cannot read", "ledger", "rerun", file.toString());
        Files.writeString(file, "\n");
        assertRefused("holds no claims", "ledger", "rerun", file.toString());
        Files.writeString(file, "{\"says\": 1}\n");
        assertRefused("line 1", "ledger", "rerun", file.toString());
    }
}
