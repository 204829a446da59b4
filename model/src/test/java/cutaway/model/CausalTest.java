package cutaway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CausalTest {

    /// What settings tell is what the open model is.
    @ParameterizedTest
    @ValueSource(strings = {"bert", "gpt2", "llama"})
    void settingsTellWhetherAModelIsADecoder(String family) {
        Path folder = Golden.folder(family);
        try (Model model = Model.open(folder)) {
            assertEquals(model.sizes().isCausal(), Model.isCausal(folder));
        }
        assertEquals(!family.equals("bert"), Model.isCausal(folder));
    }

    @Test
    void aNetOfTheLabSaysItItself(@TempDir Path folder) throws IOException {
        for (boolean causal : new boolean[] {true, false}) {
            Files.writeString(
                    folder.resolve("config.json"), "{\"model_type\": \"cutaway_lab\", \"is_causal\": " + causal + "}");
            assertEquals(causal, Model.isCausal(folder));
        }
    }

    @Test
    void whatCannotBeReadCountsAsOne(@TempDir Path folder) throws IOException {
        assertTrue(Model.isCausal(folder.resolve("none.gguf")));
        Files.writeString(folder.resolve("config.json"), "{");
        assertTrue(Model.isCausal(folder));
    }
}
