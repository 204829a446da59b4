package cutaway.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Golden;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Which folders of unlisted types open, and what the others are refused for. That those which open are right is
/// TransformersAgreementTest's.
class UnlistedTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"stablelm", "starcoder2", "granite"})
    void opensWithANote(String type) {
        try (Model model = Model.open(Golden.folder(type))) {
            assertEquals(type, model.family());
            assertEquals(1, model.notes().size());
            assertTrue(model.notes().getFirst().contains("\"" + type + "\""), model.notes()::toString);
        }
    }

    @Test
    void aListedFamilyHasNoNote() {
        try (Model model = Model.open(Golden.folder("llama"))) {
            assertTrue(model.notes().isEmpty());
        }
    }

    @Test
    void llamaUnderAnotherNameOpens() throws IOException {
        copy("llama", config -> config.put("model_type", "newcomer"));
        try (Model model = Model.open(folder)) {
            assertEquals("newcomer", model.family());
        }
    }

    /// A setting that names no known part is named.
    @ParameterizedTest
    @CsvSource({"stablelm,attention_sink", "starcoder2,clip_qkv", "granite,expert_count"})
    void anUnknownSettingIsNamed(String type, String setting) throws IOException {
        copy(type, config -> config.put(setting, 4));
        refuses(type, setting + " = 4");
    }

    /// In an old StableLM file, what an absent `partial_rotary_factor` means is a quarter, not all; the golden
    /// has a quarter.
    @Test
    void stableLmTurnsAQuarterOfEachHeadUnlessItSaysOtherwise() throws IOException {
        copy("stablelm", config -> ((ObjectNode) config.get("rope_parameters")).remove("partial_rotary_factor"));
        Golden.assertLogits("stablelm", folder);
    }

    @Test
    void anUnknownTensorIsNamed() throws IOException {
        copy("granite", _ -> {});
        Path file = folder.resolve("model.safetensors");
        try (Scope scope = Scope.open()) {
            LinkedHashMap<String, Tensor> tensors;
            try (SafetensorsFile stored = SafetensorsFile.open(file)) {
                tensors = new LinkedHashMap<>(TensorFile.readAll(stored));
            }
            tensors.put("model.layers.1.self_attn.sinks", Tensor.of(new float[] {1, 2}, 2));
            TensorFile.write(file, tensors, Map.of());
        }
        refuses("granite", "model.layers.1.self_attn.sinks");
    }

    /// Settings without a usual default: a guess could be silently wrong.
    @ParameterizedTest
    @CsvSource({
        "granite,hidden_act",
        "granite,rms_norm_eps",
        "granite,rope_parameters",
        "granite,attention_multiplier",
        "granite,max_position_embeddings",
        "starcoder2,norm_epsilon",
        "starcoder2,architectures"
    })
    void aMissingSettingIsNotGuessed(String type, String setting) throws IOException {
        copy(type, config -> config.remove(setting));
        refuses(
                type,
                setting.equals("rope_parameters")
                        ? "rope_theta"
                        : setting.equals("norm_epsilon") ? "rms_norm_eps" : setting);
    }

    /// A LayerNorm is not an RMSNorm, and its biases must agree with the epsilon's name.
    @Test
    void normsThatContradictTheirEpsilonAreRefused() throws IOException {
        copy("starcoder2", config -> config.put("rms_norm_eps", 1e-5));
        refuses("starcoder2", "no RMSNorm has");
    }

    @Test
    void normsOfEitherKindAreRefused() throws IOException {
        copy("granite", config -> {
            config.remove("rms_norm_eps");
            config.put("layer_norm_eps", 1e-5);
        });
        refuses("granite", "RMSNorm or a LayerNorm");
    }

    /// One norm serves both branches only where a setting says so.
    @Test
    void parallelBranchesNeedTheirNorms() throws IOException {
        copy("stablelm", config -> config.put("use_parallel_residual", true));
        refuses("stablelm", "use_parallel_residual true");
    }

    @Test
    void anEncoderIsRefused() throws IOException {
        copy("llama", config -> {
            config.put("model_type", "eurobert");
            config.putArray("architectures").add("EuroBertForMaskedLM");
        });
        refuses("eurobert", "EuroBertForMaskedLM");
    }

    /// Types that would open, and be wrong: the settings and tensors of Llama, another computation.
    @ParameterizedTest
    @CsvSource({
        "glm,neighbouring", "ernie4_5,neighbouring", "helium,neighbouring", "cohere,neighbouring",
        "nemotron,less 1", "olmo,no weights", "smollm3,fourth layer", "exaone4,sliding window"
    })
    void aTypeThatDepartsIsRefusedWithItsReason(String type, String reason) throws IOException {
        copy("llama", config -> config.put("model_type", type));
        refuses(type, reason);
    }

    private void refuses(String type, String part) {
        String said = assertThrows(
                        BadInputException.class, () -> Model.open(folder).close())
                .getMessage();
        assertTrue(said.contains("\"" + type + "\"") && said.contains(part), said);
        assertFalse(said.contains("\n"), said);
    }

    private void copy(String golden, Consumer<ObjectNode> change) throws IOException {
        Path from = Golden.folder(golden);
        Files.copy(from.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        ObjectNode config = (ObjectNode)
                JsonMapper.shared().readTree(from.resolve("config.json").toFile());
        change.accept(config);
        Files.writeString(folder.resolve("config.json"), config.toString());
    }
}
