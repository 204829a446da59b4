package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.hub.Hub;
import cutaway.tensor.Random;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway features judge` as a user types it.
class FeaturesJudgeTest {

    @TempDir
    private Path temporary;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Cutaway.execute(
                Cutaway.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)), args);
    }

    @Test
    void aFolderThatIsNoDictionaryIsRefused() throws IOException {
        Path text = Files.writeString(temporary.resolve("text.txt"), "some text");
        assertEquals(2, run("features", "judge", temporary.toString(), "--text", text.toString()));
        assertEquals("", out.toString());
    }

    /// Random directions, tied, as SAELens would write them; the judge must not think much of them.
    private Path dictionary() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("dictionary"));
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("W_dec", new Random(1).normal(700, 576).times(0.04));
        tensors.put("W_enc", tensors.get("W_dec").transpose(0, 1).contiguous());
        tensors.put("b_enc", Tensor.zeros(700));
        tensors.put("b_dec", Tensor.zeros(576));
        TensorFile.write(folder.resolve("sae_weights.safetensors"), tensors, Map.of());
        Files.writeString(folder.resolve("cfg.json"), """
            {"architecture": "topk", "d_in": 576, "d_sae": 700, "k": 8, "dtype": "float32",
             "apply_b_dec_to_input": true, "normalize_activations": "none", "metadata":
             {"model_name": "smollm2-135m-instruct", "hook_name": "blocks.2.hook_resid_post"}}\
            """);
        return folder;
    }

    @Test
    void aTableStandsBesideItsRivals() throws IOException {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache");
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            words.append("On day ").append(i * 37 % 101).append(" nobody saw the river, which had gone. ");
        }
        Path text = Files.writeString(temporary.resolve("text.txt"), words);
        assertEquals(
                0,
                run(
                        "features",
                        "judge",
                        dictionary().toString(),
                        "--text",
                        text.toString(),
                        "--tokens",
                        "300",
                        "--context",
                        "32",
                        "--json"),
                err.toString());
        JsonNode judged = JsonMapper.shared().readTree(out.toString()).path("judgement");
        assertEquals(8, judged.path("k").asInt());
        JsonNode fvu = judged.path("rows")
                .valueStream()
                .filter(row -> row.path("metric").asString().equals("FVU"))
                .findFirst()
                .orElseThrow();
        double own = fvu.path("value").path("value").asDouble();
        assertTrue(own > fvu.path("rivals").path("PCA").path("value").asDouble(), fvu.toString());
        assertTrue(fvu.path("value").path("interval").path("low").asDouble() < own, fvu.toString());
    }
}
