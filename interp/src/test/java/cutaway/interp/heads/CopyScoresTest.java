package cutaway.interp.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.heads.HeadKinds.Kind;
import cutaway.model.Model;
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
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// In families whose blocks differ, a head is made to write back what it reads, and another the opposite: they
/// are found, and
/// no other head is, not even the one that shares their values.
class CopyScoresTest {

    private static final int HEADS = 4;
    private static final int KV_HEADS = 2;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen3", "gemma2", "olmo2"})
    void aHeadThatWritesWhatItReadsIsFoundInEveryFamily(String name) throws IOException {
        try (Model model = planted(name)) {
            assertEquals(HEADS, model.sizes().heads());
            assertEquals(KV_HEADS, model.sizes().kvHeads());
            List<Kind> kinds = HeadScores.measure(model, 0, layer -> {}).kinds();
            assertEquals(Set.of("L0H2"), members(kinds, "copying"));
            assertEquals(Set.of("L0H1"), members(kinds, "suppressing"));
        }
    }

    private static Set<String> members(List<Kind> kinds, String name) {
        Kind kind = kinds.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return HeadScoresTest.members(kind);
    }

    /// In layer 0 head 2 copies and head 1 suppresses. Embedding and unembedding are the same.
    private Model planted(String name) throws IOException {
        Path from = Path.of("../model/src/test/resources/golden", name);
        Files.copy(from.resolve("config.json"), folder.resolve("config.json"));
        try (SafetensorsFile file = SafetensorsFile.open(from.resolve("model.safetensors"));
                Scope scope = Scope.open()) {
            LinkedHashMap<String, Tensor> weights = TensorFile.readAll(file);
            weights.computeIfPresent("lm_head.weight", (key, rows) -> weights.get("model.embed_tokens.weight"));
            plant(weights, 2, 1);
            plant(weights, 1, -1);
            TensorFile.write(folder.resolve("model.safetensors"), weights, Map.of());
        }
        return Model.open(folder);
    }

    /// `W_O = factor * W_V^T` for one head, with values of its own group: what it reads, in some directions, it writes.
    private static void plant(Map<String, Tensor> weights, int head, double factor) {
        String at = "model.layers.0.self_attn.";
        Tensor out = weights.get(at + "o_proj.weight"); // [dModel, head * dHead]
        Tensor values = weights.get(at + "v_proj.weight"); // [kvHead * dHead, dModel]
        long dHead = out.dim(1) / HEADS;
        long group = head * KV_HEADS / HEADS * dHead;
        long from = head * dHead;
        Tensor back = values.slice(0, group, group + dHead).transpose(0, 1).times(factor); // [dModel, dHead]
        weights.put(
                at + "o_proj.weight",
                Tensor.cat(List.of(out.slice(1, 0, from), back, out.slice(1, from + dHead, out.dim(1))), 1)
                        .contiguous());
    }
}
