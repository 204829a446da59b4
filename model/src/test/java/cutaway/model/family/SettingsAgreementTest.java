package cutaway.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Batch;
import cutaway.model.Golden;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
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

/// Settings of config.json that a type's code in transformers 5.23 does not read, reads otherwise than their name says,
/// or that contradict each other or the weights: each is computed as transformers does, or refused by its name.
class SettingsAgreementTest {

    @TempDir
    private Path folder;

    /// transformers uses a stored head that differs from the embedding, whatever the settings say of tying.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-neox",
                "granite",
                "llama-rope3",
                "mistral",
                "olmo2",
                "phi",
                "phi3",
                "qwen3",
                "stablelm",
            })
    void aStoredHeadThatDiffersIsUsed(String type) throws IOException {
        copy(type, """
            {"tie_word_embeddings": true}\
            """);
        assertAgrees(type);
    }

    /// Where the two are equal they are one.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma", "gemma2", "gemma3", "qwen2", "starcoder2"})
    void aStoredHeadThatIsTheEmbeddingIsShared(String type) throws IOException {
        copy(type, "{}");
        tensors(all -> all.put("lm_head.weight", all.get("model.embed_tokens.weight")));
        assertAgrees(type);
    }

    /// A stored head of zeros leaves nothing of the prompt in the logits; the embedding does.
    @ParameterizedTest
    @CsvSource({
        "gpt2,lm_head.weight,transformer.wte.weight",
        "bert,cls.predictions.decoder.weight,bert.embeddings.word_embeddings.weight"
    })
    void theHeadsOfGpt2AndBertAreUsedToo(String type, String head, String embedding) throws IOException {
        copy(type, "{}");
        tensors(all -> all.put(head, all.get(embedding).times(0)));
        try (Model model = Model.open(folder);
                Scope scope = Scope.open()) {
            float[] logits =
                    model.forward(Batch.of(new int[] {1, 5, 3}), Tap.NONE).toFloats();
            int vocab = logits.length / 3;
            for (int token = 0; token < vocab; token++) { // only the head's bias is left, the same at each position
                assertEquals(logits[token], logits[2 * vocab + token]);
            }
        }
    }

    /// A beta of 0 means that it is not stated: 32 and 1.
    @Test
    void aYarnBetaOf0IsTheUsualOne() throws IOException {
        String yarn = """
            {"rope_parameters": {"rope_type": "yarn", "rope_theta": 10000, "factor": 4,
             "original_max_position_embeddings": 16, "beta_fast": %s, "beta_slow": %s}}\
            """;
        float[] usual = logits(yarn.formatted("32", "1"));
        assertEquals(0, worst(usual, logits(yarn.formatted("0", "0"))));
        assertTrue(worst(usual, logits(yarn.formatted("32", "0.01"))) > 1e-3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        # a part of each head, in types that turn whole heads
        llama    | {'partial_rotary_factor': 0.5} | partial_rotary_factor = 0.5
        mistral  | {'rope_parameters': {'rope_theta': 1e4, 'rope_type': 'default', 'partial_rotary_factor': 0.5}} | partial_rotary_factor = 0.5
        gemma3   | {'rope_parameters': {'full_attention': {'rope_type': 'default', 'partial_rotary_factor': 0.5}}} | partial_rotary_factor = 0.5
        gpt-neox | {'partial_rotary_factor': 0.5} | partial_rotary_factor = 0.5
        starcoder2 | {'partial_rotary_factor': 0.5} | partial_rotary_factor = 0.5
        # what an unlisted type is not known to read
        granite  | {'sliding_window': 5} | sliding_window = 5
        granite  | {'sliding_window': 5, 'layer_types': ['sliding_attention', 'full_attention']} | layer_types
        stablelm | {'sliding_window': 5} | sliding_window = 5
        stablelm | {'embedding_multiplier': 2} | embedding_multiplier = 2
        stablelm | {'attention_multiplier': 2} | attention_multiplier = 2
        starcoder2 | {'sliding_window': 5, 'use_sliding_window': false} | use_sliding_window = false
        starcoder2 | {'sliding_window': 5, 'layer_types': ['full_attention', 'sliding_attention']} | layer_types
        # two spellings of one setting
        llama    | {'rope_scaling': {'rope_type': 'linear', 'factor': 3}} | both rope_parameters
        gemma3   | {'rope_scaling': {'rope_type': 'linear', 'factor': 3}} | both rope_parameters
        gpt-neox | {'rotary_emb_base': 100, 'rope_theta': 7} | both rotary_emb_base = 100 and rope_theta = 7
        gpt-neox | {'rope_theta': 7} | rope_theta = 7
        gemma3   | {'_sliding_window_pattern': 3, 'layer_types': null} | _sliding_window_pattern = 3
        # numbers that make no sense
        llama    | {'rms_norm_eps': 0} | rms_norm_eps = 0
        llama    | {'rms_norm_eps': -1e-5} | rms_norm_eps = -1.0E-5
        gpt2     | {'layer_norm_epsilon': -1} | layer_norm_epsilon = -1
        llama    | {'rope_parameters': {'rope_theta': 0, 'rope_type': 'default'}} | rope_theta = 0
        llama    | {'rope_parameters': null, 'rope_theta': -5} | rope_theta = -5
        gemma3   | {'rope_parameters': null, 'rope_local_base_freq': 0} | rope_local_base_freq = 0
        llama    | {'rope_parameters': {'rope_type': 'linear', 'factor': 0}} | factor = 0
        llama    | {'rope_parameters': {'rope_type': 'dynamic', 'factor': -2}} | factor = -2
        llama    | {'rope_parameters': {'rope_type': 'longrope', 'short_factor': [1, 0, 1, 1], 'long_factor': [1, 1, 1, 1]}} | short_factor
        llama    | {'rope_parameters': {'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 4, 'high_freq_factor': 4}} | low_freq_factor = 4
        gemma2   | {'attn_logit_softcapping': 0} | attn_logit_softcapping = 0
        gemma2   | {'final_logit_softcapping': 0.0} | final_logit_softcapping = 0.0
        # null means false to transformers
        llama    | {'is_causal': null} | is_causal = null
        gpt2     | {'is_causal': null} | is_causal = null
        stablelm | {'is_causal': null} | is_causal = null
        """)
    void aSettingThatWouldBeComputedOtherwiseIsRefused(String type, String change, String said) throws IOException {
        copy(type, change.replace('\'', '"'));
        assertRefused(said);
    }

    /// transformers leaves such a bias out.
    @ParameterizedTest
    @CsvSource({
        "llama,model.layers.1.self_attn.q_proj.bias,attention_bias",
        "llama,model.layers.1.mlp.down_proj.bias,mlp_bias",
        "qwen3,model.layers.0.self_attn.o_proj.bias,attention_bias",
        "gemma,model.layers.0.self_attn.o_proj.bias,attention_bias",
        "gemma2,model.layers.0.self_attn.o_proj.bias,attention_bias",
        "gemma3,model.layers.0.self_attn.o_proj.bias,attention_bias",
        "olmo2,model.layers.0.self_attn.o_proj.bias,attention_bias",
        "granite,model.layers.0.self_attn.o_proj.bias,attention_bias",
        "mistral,model.layers.0.self_attn.o_proj.bias,remove it",
        "phi3,model.layers.0.self_attn.o_proj.bias,remove it",
        "qwen2,model.layers.0.self_attn.o_proj.bias,remove it"
    })
    void aBiasThatTheSettingsLeaveOutIsRefused(String type, String bias, String said) throws IOException {
        boolean isInner = bias.contains("q_proj");
        copy(type, type.equals("granite") ? "{\"attention_bias\": false}" : "{}");
        tensors(all -> all.put(
                bias,
                all.get(bias.replace(".bias", ".weight"))
                        .select(1, 0)
                        .times(isInner ? 2 : 1)
                        .contiguous()));
        assertRefused(bias);
        assertRefused(said);
    }

    @Test
    void aBiasOfGptNeoxThatTheSettingsLeaveOutIsRefused() throws IOException {
        copy("gpt-neox", "{\"attention_bias\": false}");
        assertRefused("attention.query_key_value.bias");
    }

    /// Which of its types mean tied, and which not, where they do not say so, is nobody's guess.
    @Test
    void anUnlistedTypeWithoutAHeadSaysThatItIsTied() throws IOException {
        copy("granite", "{\"tie_word_embeddings\": null}");
        tensors(all -> all.remove("lm_head.weight"));
        assertRefused("tie_word_embeddings");
    }

    /// Its code gives a scaling to the layers without a window alone, and a base to those of one kind.
    @Test
    void olmo3NeedsTheBaseOfItsOwnFiles() throws IOException {
        copy("olmo3", "{\"rope_theta\": 10000}");
        assertRefused("rope_theta = 10000");
    }

    private float[] logits(String change) throws IOException {
        copy("llama", change);
        try (Model model = Model.open(folder);
                Scope scope = Scope.open()) {
            int[] prompt = new int[40];
            for (int i = 0; i < prompt.length; i++) {
                prompt[i] = i % 7 + 1;
            }
            return model.forward(Batch.of(prompt), Tap.NONE).toFloats();
        }
    }

    private static double worst(float[] a, float[] b) {
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
        }
        return worst;
    }

    private void assertAgrees(String type) {
        Golden.assertLogits(type, folder);
    }

    private void assertRefused(String said) {
        String message = assertThrows(
                        BadInputException.class, () -> Model.open(folder).close())
                .getMessage();
        assertTrue(message.contains(said), message);
    }

    private void tensors(Consumer<Map<String, Tensor>> change) throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Scope scope = Scope.open()) {
            LinkedHashMap<String, Tensor> tensors;
            try (SafetensorsFile stored = SafetensorsFile.open(file)) {
                tensors = new LinkedHashMap<>(TensorFile.readAll(stored));
            }
            change.accept(tensors);
            TensorFile.write(file, tensors, Map.of());
        }
    }

    private void copy(String golden, String change) throws IOException {
        Path from = Golden.folder(golden);
        Files.write(folder.resolve("model.safetensors"), Files.readAllBytes(from.resolve("model.safetensors")));
        ObjectNode config = (ObjectNode)
                JsonMapper.shared().readTree(from.resolve("config.json").toFile());
        config.setAll((ObjectNode) JsonMapper.shared().readTree(change));
        Files.writeString(folder.resolve("config.json"), config.toString());
    }
}
