package cutaway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Tap;
import cutaway.tensor.Autograd;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Golden: written by Hugging Face transformers 5.23.0 (float32, eager attention) from the same weights.
class TransformersAgreementTest {

    private static final double TOLERANCE = 1e-4;

    private static final List<String> DECODERS = List.of(
            "llama",
            "llama-rope3",
            "gpt2",
            "gpt-neox",
            "mistral",
            "qwen2",
            "qwen3",
            "gemma2",
            "gemma3",
            "phi",
            "phi3",
            "olmo2",
            "gemma",
            "stablelm",
            "starcoder2",
            "granite",
            "olmo3");

    static Stream<String> decoders() {
        return DECODERS.stream();
    }

    static Stream<String> all() {
        return Stream.concat(decoders(), Stream.of("bert"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyActivationAgrees(String name) {
        try (Golden golden = Golden.of(name);
                Model model = Model.open(Golden.folder(name));
                Scope scope = Scope.open()) {
            Map<Point, Tensor> seen = new HashMap<>();
            Tap keep = (point, value) -> {
                seen.put(point, Scope.detach(value.alias()));
                return value;
            };
            Batch batch = Batch.of(List.of(golden.ids("input_ids", 0), golden.ids("input_ids", 1)), Batch.Side.RIGHT);
            agrees("logits", golden.floats("logits"), model.forward(batch, keep));
            int layers = model.sizes().layers();
            for (int layer = 0; layer < layers; layer++) {
                agrees("hidden", golden.floats("hidden." + layer), seen.get(new Point(Kind.RESID_PRE, layer)));
                agrees("pattern", golden.floats("pattern." + layer), seen.get(new Point(Kind.PATTERN, layer)));
            }
            seen.values().forEach(Tensor::close);
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void aPaddedPromptAgrees(String name) {
        try (Golden golden = Golden.of(name);
                Model model = Model.open(Golden.folder(name));
                Scope scope = Scope.open()) {
            int[] ids = Arrays.copyOf(golden.ids("input_ids", 0), 7);
            int[] longer = golden.ids("input_ids", 1);
            Tensor logits = model.forward(Batch.of(List.of(ids, longer), Batch.Side.LEFT), Tap.NONE);
            agrees(
                    "padded",
                    golden.floats("padded.logits"),
                    logits.slice(0, 0, 1).slice(1, 6, 13));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void lossAndItsGradientAgree(String name) {
        try (Golden golden = Golden.of(name);
                Model model = Model.open(Golden.folder(name));
                Scope scope = Scope.open()) {
            Tensor[] embedded = new Tensor[1];
            Tap track = (point, value) ->
                    point.kind() == Kind.EMBED ? embedded[0] = Scope.detach(Autograd.track(value)) : value;
            int shift = model.sizes().isCausal() ? 1 : 0; // an encoder predicts the token at its own position
            int[] first = golden.ids("input_ids", 0);
            int[] second = golden.ids("input_ids", 1);
            Tensor logits = model.forward(Batch.of(List.of(first, second), Batch.Side.RIGHT), track);
            Tensor next = Tensor.of(
                    IntStream.concat(IntStream.of(first), IntStream.of(second))
                            .asLongStream()
                            .toArray(),
                    2,
                    first.length);
            int n = first.length;
            Tensor loss = logits.slice(1, 0, n - shift)
                    .logSoftmax(-1)
                    .gather(-1, next.slice(1, shift, n).unsqueeze(-1))
                    .mean()
                    .negate();
            assertEquals(golden.floats("loss")[0], loss.item(), 1e-5);
            double after =
                    name.equals("granite") ? 3 : 1; // its embedding_multiplier, behind transformers' input embeddings
            agrees(
                    "gradient",
                    golden.floats("grad.embed"),
                    Autograd.gradients(loss, List.of(embedded[0])).getFirst().times(after));
        }
    }

    @Test
    void theDefaultModelAgrees() {
        try (Golden golden = Golden.of("smollm2");
                Model model = Model.open(DefaultModel.gguf())) {
            for (int k = 0; k < 4; k++) {
                try (Scope scope = Scope.open()) {
                    Map<Integer, Tensor> hidden = new HashMap<>();
                    Tap keep = (point, value) -> {
                        if (point.kind() == Kind.RESID_PRE) {
                            hidden.put(point.layer(), Scope.detach(value.alias()));
                        }
                        return value;
                    };
                    Tensor logits = model.forward(Batch.of(golden.ids(k + ".ids")), keep);
                    agrees("logits", golden.floats(k + ".logits.last"), logits.select(1, logits.dim(1) - 1));
                    for (int layer : new int[] {0, 10, 20}) {
                        agrees("hidden " + layer, golden.floats(k + ".hidden." + layer), hidden.get(layer));
                    }
                    hidden.values().forEach(Tensor::close);
                }
            }
        }
    }

    private static void agrees(String what, float[] expected, Tensor actual) {
        double worst = Golden.worst(expected, actual);
        assertTrue(worst <= TOLERANCE, () -> what + ": " + worst);
    }
}
