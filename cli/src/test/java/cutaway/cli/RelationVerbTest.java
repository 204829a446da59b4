package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway relation` as a user types it.
class RelationVerbTest extends TypedCommands {

    private static final String CAPITALS = "../docs/examples/capitals.json";

    @TempDir
    private Path temporary;

    private String file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(temporary, "facts", ".json"), text)
                .toString();
    }

    @Test
    void whatIsNoRelationIsRefused() throws IOException {
        assertRefused("there is no file", "relation", "fit", "no-such.json");
        assertRefused("is no relation", "relation", "fit", file("{\"name\": \"x\"}"));
        assertRefused(
                "no template with {}",
                "relation",
                "fit",
                file("{\"name\": \"x\", \"prompt_templates\": [\"a\"], \"samples\": []}"));
        assertRefused(
                "without a subject",
                "relation",
                "fit",
                file("{\"name\": \"x\", \"prompt_templates\": [\"{}\"], \"samples\": [{\"subject\": \"\", \"object\":"
                        + " \"b\"}]}"));
        assertRefused("cannot write", "relation", "fit", CAPITALS, "--out", "no/such/folder/x.safetensors");
        assertRefused("no-such", "relation", "read", "no-such.safetensors", "text");
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        assertRefused("holds no file", "relation", "read", empty.toString(), "text");
    }

    @Test
    void whatTheModelCannotGiveIsRefused() throws IOException {
        assumeModel();
        assertRefused("expected at least 2", "relation", "fit", CAPITALS, "--examples", "1");
        assertRefused("layer 29", "relation", "fit", CAPITALS, "--layers", "29");
        assertRefused("examples need at least", "relation", "fit", CAPITALS, "--examples", "30");
    }

    /// Late in the model, where a Jacobian is cheap; what is asked is that the file serves the other verbs.
    @Test
    void aRelationIsFittedAndUsed() {
        assumeModel();
        String file = temporary.resolve("capital.safetensors").toString();
        assertEquals(
                0,
                run("relation", "fit", CAPITALS, "--examples", "2", "--layers", "24", "--out", file, "--json"),
                err.toString());
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        assertEquals(24, found.path("layer").asInt());
        assertTrue(found.path("known").asInt() > 20, out.toString());
        assertEquals(4, found.path("baselines").size());

        assertEquals(0, run("relation", "edit", file, "--subject", "France", "--to", "Spain", "--json"));
        JsonNode swapped = JsonMapper.shared().readTree(out.toString()).path("swapped");
        assertEquals(" Paris", swapped.path("before").path(0).path("token").asString());
        assertEquals(" Madrid", swapped.path("other").path(0).path("token").asString());
        assertFalse(swapped.path("edit").isMissingNode());

        assertEquals(0, run("relation", "read", file, "from Italy to Norway", "--top", "2"), err.toString());
        assertTrue(out.toString().contains("\" Norway\""), out.toString());

        assertEquals(
                0,
                run("relation", "read", file, temporary.toString(), "from Italy to Norway", "--at", "-1", "--json"),
                err.toString());
        JsonNode relations = JsonMapper.shared().readTree(out.toString()).path("relations");
        assertEquals(2, relations.size(), "the file, and the same in its folder");
        assertEquals(1, relations.path(1).path("tokens").size());
        assertEquals(
                " Norway",
                relations.path(1).path("tokens").path(0).path("token").asString());
        assertRefused("outside of a prompt", "relation", "read", file, "from Italy", "--at", "9");
    }
}
