package cutaway.features.exchange;

import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every file that is not what it says is refused in a sentence that names the file and the fault, and leaves no
/// tensor.
final class BadDictionaryTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "saelens/topk | \"k\": 3 | \"k\": 14 | \"k\" is 14; expected at most d_sae, 13",
                "saelens/topk | \"k\": 3 | \"k\": 0 | \"k\" is 0; expected a whole number above 0",
                "saelens/topk | \"d_sae\": 13 | \"d_sae\": 12 | W_enc is [6, 13]; expected [6, 12]",
                "saelens/topk | \"d_in\": 6 | \"d_in\": \"6\" | \"d_in\" is \"6\"; expected a whole number",
                "saelens/topk | \"topk\" | \"temporal\" | Cutaway has no dictionary of the architecture temporal",
                "saelens/topk | \"topk\" | \"abstopk\" | Cutaway has no dictionary of the architecture abstopk",
                "saelens/topk | \"topk\" | \"matching_pursuit\" | no dictionary of the architecture matching_pursuit",
                "saelens/topk | \"topk\" | \"other\" | \"architecture\" is \"other\"; expected standard",
                "saelens/topk | \"topk\" | \"jumprelu\" | holds no threshold; it holds",
                "saelens/jumprelu | \"jumprelu\" | \"standard\" | holds threshold, which a dictionary",
                "saelens/standard | _activations\": \"none\", \"r | _activations\": \"covariance_whitening\", \"r |"
                        + " whitened",
                "saelens/transcoder | _activations\": \"none\", \"r | _activations\": \"layer_norm\", \"r | does not"
                        + " scale",
                "saelens/transcoder | \"apply_b_dec_to_input\": false | \"apply_b_dec_to_input\": true | expected"
                        + " false",
                "saelens/old-flat | \"topk\" | \"tanh-relu\" | \"activation_fn_str\" is \"tanh-relu\"; expected relu",
                "saelens/topk | {\"d_in\" | \"d_in\" | cfg.json",
                "sparsify/layers.2 | \"topk\" | \"groupmax\" | \"activation\" is \"groupmax\"; expected topk",
                "sparsify/layers.2 | \"num_latents\": 13 | \"num_latents\": 0 | encoder.weight is [13, 6]; expected"
                        + " [192, 6]",
                "sparsify/layers.2 | \"skip_connection\": false | \"skip_connection\": true | holds no W_skip",
                "sparsify/layers.2.mlp | \"skip_connection\": true | \"skip_connection\": false | holds W_skip, which",
                "dictionary_learning/AutoEncoderTopK | \"k\": 3 | \"k\": 4 | expected the one that ae.pt holds",
                "dictionary_learning/AutoEncoder | \"AutoEncoder\" | \"Other\" | \"dict_class\" is \"Other\"; expected",
                "dictionary_learning/AutoEncoder | \"AutoEncoder\" | \"AutoEncoderNew\" | holds no decoder.bias",
                "dictionary_learning/AutoEncoder | \"dict_size\": 13 | \"dict_size\": 12 | encoder.bias is [13]",
                "circuit-tracer/relu | transcoder_set | other | \"model_kind\" is other; expected transcoder_set",
                "circuit-tracer/relu | feature_input_hook: | hook: | has no \"feature_input_hook\"",
                "circuit-tracer/relu | model_kind: | &model_kind | is not understood",
                "circuit-tracer/relu | transcoder_set | cross_layer_transcoder | holds the encoders of 0 layers",
                "gemma-scope-2-1b-pt/transcoder/layer_2_width_13_l0_small_affine | jump_relu | topk | expected"
                        + " jump_relu"
            })
    void refusesSettings(String golden, String text, String by, String said) throws IOException {
        Path copy = Faults.copy(Golden.of(golden), folder.resolve("copy"));
        Path settings = copy.resolve("cfg.json");
        for (String name : new String[] {"config.json", "config.yaml"}) {
            settings = Files.exists(copy.resolve(name)) ? copy.resolve(name) : settings;
        }
        Faults.replace(settings, text, by);
        Faults.assertRefused(copy, said);
    }

    @Test
    void refusesTensors() throws IOException {
        tensors("saelens/gated", t -> t.remove("r_mag"), "holds no r_mag; it holds");
        tensors("saelens/gated", t -> t.put("b_enc", Tensor.zeros(13)), "holds b_enc, which a dictionary of the");
        tensors("saelens/topk", t -> t.put("b_dec", Tensor.zeros(13)), "b_dec is [13]; expected [6]");
        tensors("saelens/topk", t -> t.put("b_dec", Tensor.full(Double.NaN, type(t), 6)), "b_dec holds NaN");
        tensors(
                "saelens/jumprelu",
                t -> t.put("threshold", Tensor.full(Double.NaN, type(t), 13)),
                "threshold holds NaN");
        tensors("saelens/topk", t -> t.put("b_dec", Tensor.of(new long[6], 6)), "b_dec is of type I64; expected F64");
        tensors("saelens/topk", t -> t.put("scaling_factor", Tensor.zeros(13)), "holds other numbers than 1");
        tensors("circuit-tracer/relu", t -> t.remove("b_dec"), "layer_0.safetensors holds no b_dec");
        tensors(
                "circuit-tracer/cross-layer-jumprelu",
                t -> t.remove("threshold_1"),
                "holds no threshold_1, unlike layer 0");
    }

    private static cutaway.tensor.Dtype type(Map<String, Tensor> tensors) {
        return tensors.values().iterator().next().dtype();
    }

    private void tensors(String golden, Consumer<Map<String, Tensor>> change, String said) throws IOException {
        Path copy = Faults.copy(Golden.of(golden), folder.resolve("t" + Math.abs(said.hashCode())));
        String file = golden.startsWith("saelens")
                ? "sae_weights.safetensors"
                : golden.contains("cross") ? "W_enc_1.safetensors" : "layer_0.safetensors";
        try (cutaway.tensor.Scope _ = cutaway.tensor.Scope.open()) {
            Faults.change(copy.resolve(file), change);
        }
        Faults.assertRefused(copy, said);
    }

    @Test
    void refusesFoldersThatAreNone() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Faults.assertRefused(empty, "holds no dictionary that Cutaway knows");
        Faults.assertRefused(folder.resolve("missing"), "there is no ");
        Faults.assertRefused(Golden.of("sparsify"), "folders of its own; give one of them: layers.2, layers.2.mlp");
        Faults.assertRefused(Files.writeString(folder.resolve("file"), "x"), "is no file of a dictionary");
        Path bare = Faults.copy(Golden.of("saelens/topk"), folder.resolve("bare"));
        Files.delete(bare.resolve("sae_weights.safetensors"));
        Faults.assertRefused(bare, "holds cfg.json and no weights");
        Path numbers = Faults.copy(Golden.of("saelens/topk"), folder.resolve("numbers"));
        Files.delete(numbers.resolve("cfg.json"));
        Faults.assertRefused(numbers, "without cfg.json");
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(
                elsewhere.resolve("config.yaml"),
                "model_kind: transcoder_set\n"
                        + "feature_input_hook: a\n"
                        + "feature_output_hook: b\n"
                        + "transcoders:\n"
                        + "- hf://a/b/c.npz\n");
        Faults.assertRefused(elsewhere, "lists lie elsewhere");
        Path decoders = Faults.copy(Golden.of("circuit-tracer/cross-layer-relu"), folder.resolve("decoders"));
        Files.delete(decoders.resolve("W_dec_2.safetensors"));
        Faults.assertRefused(decoders, "the encoders of 3 layers and the decoders of 2");
    }

    /// A single file cut short anywhere is refused, never read as something else.
    @ParameterizedTest
    @CsvSource({
        "gemma-scope-2b-pt-res/layer_2/width_13/average_l0_4, params.npz",
        "dictionary_learning/AutoEncoder, ae.pt",
        "saelens/topk, sae_weights.safetensors"
    })
    void refusesFilesThatAreCutShort(String golden, String name) throws IOException {
        Path copy = Faults.copy(Golden.of(golden), folder.resolve("copy"));
        byte[] whole = Files.readAllBytes(copy.resolve(name));
        for (int length : new int[] {0, 1, 100, whole.length / 2, whole.length - 30}) {
            Files.write(copy.resolve(name), Objects.requireNonNull(java.util.Arrays.copyOf(whole, length)));
            Faults.assertRefused(copy, name);
        }
    }
}
