package cutaway.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.parts.RotaryScaling;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Numbers in GGUF metadata that no file of a working model has: each is refused by its name.
class GgufSettingsTest {

    private static final Dimensions DIMS = new Dimensions(2, 32, 4, 2, 8, 48, 97, 64, 1e-6);

    @ParameterizedTest
    @CsvSource({
        "rope.freq_base, NaN",
        "rope.freq_base, 0",
        "rope.freq_base, -1",
        "rope.scaling.factor, NaN",
        "rope.scaling.factor, -2",
        "rope.scale_linear, Infinity",
        "rope.scaling.original_context_length, 0",
        "rope.scaling.attn_factor, 1.5", // which converters write for LongRoPE alone
    })
    void aRotaryNumberIsRefused(String key, double value) {
        BadInputException refused = assertThrows(BadInputException.class, () -> rotary(Map.of(key, value), Map.of()));
        assertTrue(refused.getMessage().contains("llama." + key + " = "), refused::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"yarn, attn_factor, 1.5", "yarn, yarn_beta_fast, 0", "linear, attn_factor, 1.5"})
    void aNumberOfAScalingIsRefused(String type, String key, double value) {
        Map<String, Object> settings =
                Map.of("rope.scaling.type", type, "rope.scaling.factor", 4.0, "rope.scaling." + key, value);
        BadInputException refused = assertThrows(BadInputException.class, () -> rotary(settings, Map.of()));
        assertTrue(refused.getMessage().contains("llama.rope.scaling." + key + " = "), refused::getMessage);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aDivisorIsRefused(double divisor) {
        Map<String, double[]> divisors = Map.of("rope_freqs.weight", new double[] {1, divisor, 2, 4});
        BadInputException refused = assertThrows(BadInputException.class, () -> rotary(Map.of(), divisors));
        assertTrue(refused.getMessage().contains("rope_freqs.weight"), refused::getMessage);
    }

    /// A factor of 0 means that there is none; a magnitude of 1 changes nothing.
    @Test
    void whatChangesNothingIsAccepted() {
        Map<String, Object> settings = Map.of("rope.scaling.factor", 0.0, "rope.scaling.attn_factor", 1.0);
        assertEquals(RotaryScaling.NONE, rotary(settings, Map.of()));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1e-5, Double.NaN, Double.POSITIVE_INFINITY})
    void anEpsilonIsRefused(double epsilon) {
        Settings metadata = settings(Map.of(
                "embedding_length", 32,
                "block_count", 2,
                "attention.head_count", 4,
                "context_length", 64,
                "attention.layer_norm_rms_epsilon", epsilon));
        Map<String, Shape> shapes =
                Map.of("blk.0.ffn_down.weight", new Shape(32, 48), "token_embd.weight", new Shape(97, 32));
        try (Scope scope = Scope.open();
                RecordedWeights weights = new RecordedWeights(shapes, Set.of(), Map.of())) {
            BadInputException refused = assertThrows(
                    BadInputException.class,
                    () -> Dimensions.fromGguf(metadata, "llama", "layer_norm_rms_epsilon", weights));
            assertTrue(refused.getMessage().contains("layer_norm_rms_epsilon = " + epsilon), refused::getMessage);
        }
    }

    private static RotaryScaling rotary(Map<String, ?> values, Map<String, double[]> numbers) {
        try (Scope scope = Scope.open();
                RecordedWeights weights = new RecordedWeights(Map.of(), Set.of(), numbers)) {
            return Rotaries.fromGguf(settings(values), "llama", DIMS, weights).scaling();
        }
    }

    private static Settings settings(Map<String, ?> values) {
        Map<String, Object> named = new TreeMap<>();
        values.forEach((key, value) -> named.put("llama." + key, value));
        return new Settings("the file", named);
    }
}
