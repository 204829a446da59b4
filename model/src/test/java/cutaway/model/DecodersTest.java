package cutaway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodersTest {

    /// What settings tell is what the open model is.
    @ParameterizedTest
    @ValueSource(strings = {"bert", "gpt2", "llama"})
    void settingsTellWhetherAModelIsADecoder(String family) {
        Path folder = Golden.folder(family);
        try (Model model = Model.open(folder)) {
            assertEquals(model.sizes().isCausal(), new Decoders().contain(folder));
        }
        assertEquals(!family.equals("bert"), new Decoders().contain(folder));
    }

    @Test
    void aNetOfTheLabSaysItItself(@TempDir Path folder) throws IOException {
        for (boolean causal : new boolean[] {true, false}) {
            Files.writeString(
                    folder.resolve("config.json"), "{\"model_type\": \"cutaway_lab\", \"is_causal\": " + causal + "}");
            assertEquals(causal, new Decoders().contain(folder));
        }
    }

    /// What stands in the file is not looked at again while its time and size are the same.
    @Test
    void aFileIsReadAgainWhenItWasChanged(@TempDir Path folder) throws IOException {
        Path config = folder.resolve("config.json");
        FileTime written = FileTime.fromMillis(1_000_000);
        Decoders decoders = new Decoders();
        write(config, "false", written);
        assertFalse(decoders.contain(folder));
        write(config, "true ", written);
        assertFalse(decoders.contain(folder), "it was read again");
        write(config, "true ", FileTime.fromMillis(2_000_000));
        assertTrue(decoders.contain(folder));
        write(config, "false   ", FileTime.fromMillis(2_000_000));
        assertFalse(decoders.contain(folder), "another size");
        Files.delete(config);
        assertTrue(decoders.contain(folder));
    }

    private static void write(Path config, String causal, FileTime at) throws IOException {
        Files.writeString(config, "{\"model_type\": \"cutaway_lab\", \"is_causal\": " + causal + "}");
        Files.setLastModifiedTime(config, at);
    }

    @Test
    void whatCannotBeReadCountsAsOne(@TempDir Path folder) throws IOException {
        assertTrue(new Decoders().contain(folder.resolve("none.gguf")));
        Files.writeString(folder.resolve("config.json"), "{");
        assertTrue(new Decoders().contain(folder));
    }
}
