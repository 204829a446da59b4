package cutaway.interp.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// The reference values are transformers' own; see the note beside them.
class CheckTest {

    private static final Path GOLDEN = Path.of("../model/src/test/resources/golden");

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-rope3", "gpt2"})
    void aTrueModelPasses(String name) {
        Certificate certificate = certify(GOLDEN.resolve(name), GOLDEN.resolve(name + "/golden.safetensors"));
        assertEquals(List.of(), failures(certificate));
        assertTrue(certificate.passed());
        for (String check :
                List.of("golden", "null edit", "null patch", "random edit", "batched", "padded left", "cached")) {
            assertTrue(
                    certificate.checks().stream()
                            .anyMatch(finding -> finding.name().equals(check)),
                    check);
        }
    }

    /// A null edit changes no bit there either; what float32 leaves between two shapes is gone.
    @ParameterizedTest
    @ValueSource(strings = {"llama-rope3", "gpt2", "gemma2", "qwen3", "bert"})
    void aTrueModelPassesInFloat64(String name) {
        try (Model model = Model.open(GOLDEN.resolve(name), WeightOptions.in(Arithmetic.F64))) {
            Path golden = GOLDEN.resolve(name + "/golden.safetensors");
            Certificate certificate = Check.certify(model, Optional.of(golden), 7, (what, part) -> {});
            assertEquals(List.of(), failures(certificate));
            for (Finding finding : certificate.checks()) {
                if (List.of("batched", "padded left", "padded right", "cached").contains(finding.name())) {
                    assertEquals(Check.SAME_IN_F64, finding.limit());
                    assertTrue(finding.worst() < 1e-12, finding.toString());
                }
            }
        }
    }

    /// Where a query sees its own position only, no query, key or score can change anything; nor is one a failure.
    @ParameterizedTest
    @ValueSource(strings = {"mistral", "gemma2", "gemma3"})
    void aWindowOfOnePasses(String name) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        Files.copy(GOLDEN.resolve(name + "/model.safetensors"), folder.resolve("model.safetensors"));
        String config = Files.readString(GOLDEN.resolve(name + "/config.json"));
        String narrow = config.replace("\"sliding_window\": 5", "\"sliding_window\": 1");
        assertNotEquals(config, narrow);
        Files.writeString(folder.resolve("config.json"), narrow);
        try (Model model = Model.open(folder)) {
            Certificate certificate = Check.certify(model, Optional.empty(), 7, (what, part) -> {});
            assertEquals(List.of(), failures(certificate));
            assertTrue(certificate.checks().stream().allMatch(finding -> Double.isFinite(finding.worst())));
            Finding scores = finding(certificate, "random edit", "blocks.*.attn.hook_attn_scores");
            assertTrue(scores.note().contains("sees its own position only"), scores.note());
            assertEquals(name.equals("mistral"), scores.worst() == 0, scores.toString()); // Gemma has other layers
            assertTrue(
                    finding(certificate, "random edit", "blocks.*.attn.hook_v").worst() > 1e-3);
        }
    }

    private static Finding finding(Certificate certificate, String name, String subject) {
        return certificate.checks().stream()
                .filter(finding ->
                        finding.name().equals(name) && finding.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    /// A wrong value at one place of one tensor is found, and nothing else is.
    @ParameterizedTest
    @ValueSource(strings = {"logits", "hidden.0", "hidden.3", "pattern.1", "loss", "grad.embed", "padded.logits"})
    void aWrongReferenceIsNamed(String name) {
        Path golden = perturbed("llama", tensors -> {
            float[] values = tensors.get(name).toFloats();
            values[values.length / 2] += 0.01f * (Math.abs(values[values.length / 2]) + 1);
            tensors.put(
                    name, Tensor.of(values).reshape(tensors.get(name).shape().dims()));
        });
        assertEquals(List.of("golden " + name), failures(certify(GOLDEN.resolve("llama"), golden)));
    }

    @Test
    void aWrongGreedyTokenIsNamed() {
        Path golden = perturbed("gpt2", tensors -> {
            long[] tokens = tensors.get("greedy").toLongs();
            tokens[19] = (tokens[19] + 1) % 97;
            tensors.put("greedy", Tensor.of(tokens, tokens.length));
        });
        assertEquals(List.of("golden greedy"), failures(certify(GOLDEN.resolve("gpt2"), golden)));
    }

    /// One weight of the second block: what lies before it still agrees.
    @Test
    void aWrongWeightIsFound() throws IOException {
        Path copy = temporary.resolve("llama");
        Files.createDirectory(copy);
        Files.copy(GOLDEN.resolve("llama/config.json"), copy.resolve("config.json"));
        String wrong = "model.layers.1.self_attn.o_proj.weight";
        rewrite(
                GOLDEN.resolve("llama/model.safetensors"),
                copy.resolve("model.safetensors"),
                tensors -> tensors.put(wrong, tensors.get(wrong).transpose(0, 1).contiguous()));
        List<String> failures = failures(certify(copy, GOLDEN.resolve("llama/golden.safetensors")));
        assertTrue(failures.contains("golden logits") && failures.contains("golden hidden.2"), failures.toString());
        assertFalse(
                failures.contains("golden hidden.1") || failures.contains("null edit hook_embed"), failures.toString());
    }

    /// A value that is not a number is worse than any other.
    @Test
    void aReferenceThatIsNotANumberFails() {
        Path golden = perturbed("llama", tensors -> {
            float[] values = tensors.get("hidden.1").toFloats();
            values[40] = Float.NaN;
            tensors.put(
                    "hidden.1",
                    Tensor.of(values, tensors.get("hidden.1").shape().dims()));
        });
        assertEquals(List.of("golden hidden.1"), failures(certify(GOLDEN.resolve("llama"), golden)));
    }

    @Test
    void aPartOfTheTensorsIsEnough() {
        Path golden = perturbed("llama", tensors -> tensors.keySet().retainAll(List.of("input_ids", "hidden.1")));
        Certificate certificate = certify(GOLDEN.resolve("llama"), golden);
        assertEquals(
                List.of("hidden.1"),
                certificate.checks().stream()
                        .filter(finding -> finding.name().equals("golden"))
                        .map(Finding::subject)
                        .toList());
    }

    @Test
    void anUnknownTensorIsRefusedByName() {
        assertRefused("\"hiden.1\"", tensors -> tensors.put("hiden.1", Tensor.ones(2)));
    }

    @Test
    void aTensorOfAnotherShapeIsRefused() {
        assertRefused("\"hidden.1\" is [2, 13, 31]", tensors -> tensors.put("hidden.1", Tensor.ones(2, 13, 31)));
    }

    @Test
    void aLayerThatTheModelLacksIsRefused() {
        assertRefused("\"hidden.4\"", tensors -> tensors.put("hidden.4", Tensor.ones(2, 13, 32)));
    }

    @Test
    void logitsWithoutTheirPromptsAreRefused() {
        assertRefused("\"input_ids\"", tensors -> tensors.remove("input_ids"));
    }

    @Test
    void theCertificateIsJson() {
        Certificate certificate = certify(GOLDEN.resolve("gpt2"), GOLDEN.resolve("gpt2/golden.safetensors"));
        JsonMapper json = JsonMapper.shared();
        assertEquals(certificate, json.readValue(json.writeValueAsString(certificate), Certificate.class));
    }

    private void assertRefused(String part, Consumer<Map<String, Tensor>> change) {
        Path golden = perturbed("llama", change);
        var refused = assertThrows(BadInputException.class, () -> certify(GOLDEN.resolve("llama"), golden));
        assertTrue(String.valueOf(refused.getMessage()).contains(part), refused.getMessage());
    }

    private Path perturbed(String model, Consumer<Map<String, Tensor>> change) {
        Path golden = temporary.resolve("golden.safetensors");
        rewrite(GOLDEN.resolve(model + "/golden.safetensors"), golden, change);
        return golden;
    }

    private static void rewrite(Path from, Path to, Consumer<Map<String, Tensor>> change) {
        try (SafetensorsFile file = SafetensorsFile.open(from);
                Scope scope = Scope.open()) {
            LinkedHashMap<String, Tensor> tensors = TensorFile.readAll(file);
            change.accept(tensors);
            TensorFile.write(to, tensors, Map.of());
        }
    }

    private static Certificate certify(Path path, Path golden) {
        try (Model model = Model.open(path)) {
            return Check.certify(model, Optional.of(golden), 7, (what, part) -> {});
        }
    }

    private static List<String> failures(Certificate certificate) {
        return certificate.checks().stream()
                .filter(finding -> !finding.passed())
                .map(finding -> finding.name() + " " + finding.subject())
                .toList();
    }
}
