package cutaway.model.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MadeModelsTest {

    @TempDir
    Path temp;

    private Hub hub;
    private Path home;

    @BeforeEach
    void aModelThatAScriptMade() throws IOException {
        hub = new Hub(
                new ModelCache(temp, List.of(), new PipDownload("", System.err)),
                new PulledModels(temp),
                new HuggingFaceCache(temp.resolve("hf")));
        home = Files.createDirectories(temp.resolve("models/minilm"));
        Files.writeString(home.resolve("config.json"), "{}");
        Files.writeString(home.resolve("model.safetensors"), "weights");
    }

    @Test
    void itIsFoundAndListedWithTheHashOfItsConfigAndWeights() throws IOException {
        assertEquals(home, hub.path("minilm"));
        Path both = Files.writeString(temp.resolve("both"), "{}weights");
        assertEquals(List.of(new CachedModel("minilm", home, 9, Sha256.of(both))), hub.all());
        assertEquals(hub.all(), hub.all()); // with the stamp

        Files.writeString(home.resolve("model.safetensors"), "other weights");
        assertNotEquals(Sha256.of(both), hub.all().getFirst().sha256());
    }

    @Test
    void itIsRemoved() throws IOException {
        assertEquals(9, hub.removed("minilm"));
        assertFalse(Files.exists(home));
        String said = refusal("minilm");
        assertTrue(said.contains("scripts/minilm"), said);
    }

    @Test
    void noNameLeadsOutOfTheCache() throws IOException {
        Files.writeString(temp.resolve("config.json"), "{}");
        for (String name : List.of("..", ".", "", "minilm/..", "../models/minilm")) {
            assertEquals(Optional.empty(), new MadeModels(temp).find(name), name);
        }
        Files.delete(home.resolve("config.json"));
        refusal("minilm"); // half of one
        assertEquals(List.of(), hub.all());
    }

    private String refusal(String name) {
        return assertThrows(BadInputException.class, () -> hub.path(name)).getMessage();
    }
}
