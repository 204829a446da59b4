package cutaway.interp.lens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model of two blocks without norms, whose texts have one token each, so that attention is a linear map: the first
/// block does nothing, the second adds `W h + b`. The lens in front of the second is to find W and b.
class TunedLensTest {

    private static final int WIDTH = 6;
    private static final int VOCAB = 40;
    private static final LensSettings SETTINGS = new LensSettings(1500, 64, 0.2, 3);

    @TempDir
    private Path temporary;

    /// @param strength of the second block; 0 for one that does nothing
    private Model planted(double strength) throws IOException {
        Path folder = Files.createTempDirectory(temporary, "planted");
        Files.writeString(folder.resolve("config.json"), """
            {"model_type": "cutaway_lab", "num_hidden_layers": 2, "hidden_size": 6, "num_attention_heads": 1,
             "head_dim": 6, "intermediate_size": 0, "vocab_size": 40, "max_position_embeddings": 4, "norm": "none",
             "positions": "none", "hidden_act": "relu", "bias": true, "tie_word_embeddings": false,
             "is_causal": true, "harmonic_exponent": 0, "harmonic_epsilon": 0}
            """);
        Random random = new Random(11);
        Scope.free(() -> {
            LinkedHashMap<String, Tensor> weights = new LinkedHashMap<>();
            weights.put("embed.weight", random.normal(VOCAB, WIDTH));
            weights.put("unembed.weight", random.normal(VOCAB, WIDTH).times(0.5));
            for (int layer = 0; layer < 2; layer++) {
                double by = layer == 0 ? 0 : strength;
                for (String part : List.of("q", "k", "v", "out")) {
                    boolean writes = part.equals("out");
                    weights.put(
                            "blocks." + layer + ".attn." + part + ".weight",
                            random.normal(WIDTH, WIDTH).times(writes ? by : 0.5));
                    weights.put(
                            "blocks." + layer + ".attn." + part + ".bias",
                            random.normal(WIDTH).times(writes ? by : 0.5));
                }
            }
            TensorFile.write(folder.resolve("model.safetensors"), weights, Map.of());
            if (strength > 0) {
                Tensor out = weights.get("blocks.1.attn.out.weight");
                Tensor value = weights.get("blocks.1.attn.v.weight");
                w = out.matmul(value).toDoubles();
                b = weights.get("blocks.1.attn.v.bias")
                        .unsqueeze(0)
                        .linear(out, weights.get("blocks.1.attn.out.bias"))
                        .toDoubles();
            }
            return folder;
        });
        return Model.open(folder);
    }

    private double[] w = new double[0];
    private double[] b = new double[0];

    private static List<int[]> texts() {
        return IntStream.range(0, VOCAB).mapToObj(id -> new int[] {id}).toList();
    }

    @Test
    void theMapOfTheLayersAfterIsFoundAndKept() throws IOException {
        try (Model model = planted(0.7);
                TunedLens lens = LensTraining.train(model, "planted", texts(), List.of(0, 1), SETTINGS, _ -> {})) {
            for (LensScore score : lens.facts().scores()) {
                assertTrue(score.logitLens() > 0.05, score.toString());
                assertTrue(score.tunedLens() < 0.02 * score.logitLens(), score.toString());
                assertTrue(score.tunedLensTop() >= score.logitLensTop(), score.toString());
            }
            assertArrayEquals(w, lens.weight(1).toDoubles(), 0.1);
            assertArrayEquals(b, lens.bias(1).toDoubles(), 0.1);
            Path file = temporary.resolve("lens.safetensors");
            lens.write(file);
            try (TunedLens kept = TunedLens.read(file)) {
                assertEquals(lens.facts(), kept.facts());
                assertArrayEquals(lens.weight(1).toFloats(), kept.weight(1).toFloats());
                List<LensLine> lines = LensLine.read(model, new int[] {7}, kept);
                assertEquals(
                        List.of(0, 1, 2), lines.stream().map(LensLine::layer).toList());
                assertEquals(0, lines.getLast().logitLens().divergence(), 1e-6);
            }
        }
    }

    /// Where the layers after do nothing, there is nothing to learn, and the lens stays the logit lens.
    @Test
    void whatDoesNothingNeedsNoMap() throws IOException {
        try (Model model = planted(0);
                TunedLens lens = LensTraining.train(model, "planted", texts(), List.of(1), SETTINGS, _ -> {})) {
            assertEquals(0, lens.facts().scores().getFirst().logitLens(), 1e-6);
            assertEquals(0, lens.facts().scores().getFirst().tunedLens(), 1e-3);
            for (double weight : lens.weight(1).toDoubles()) {
                assertEquals(0, weight, 0.05);
            }
        }
    }

    @Test
    void aModelWithNormsAndTextsOfManyLengths() {
        try (Model model = TinyModel.open("llama");
                Scope _ = Scope.open()) {
            List<int[]> texts = new ArrayList<>();
            java.util.random.RandomGenerator random = new Random(2).generator();
            for (int i = 0; i < 60; i++) {
                texts.add(random.ints(1 + i % 13, 1, 97).toArray());
            }
            long before = Tensor.live();
            try (TunedLens lens = LensTraining.train(
                    model, "tiny", texts, List.of(1, 2), new LensSettings(60, 40, 0.1, 1), _ -> {})) {
                for (LensScore score : lens.facts().scores()) {
                    assertTrue(score.tunedLens() < score.logitLens(), score.toString());
                }
            }
            assertEquals(before, Tensor.live());
        }
    }

    @Test
    void whatCannotBeTrainedOrReadIsRefused() {
        try (Model model = TinyModel.open("llama")) {
            assertThrows(
                    BadInputException.class,
                    () -> LensTraining.train(model, "tiny", texts(), List.of(3), SETTINGS, _ -> {}));
            assertThrows(
                    BadInputException.class,
                    () -> LensTraining.train(model, "tiny", texts().subList(0, 4), List.of(1), SETTINGS, _ -> {}));
        }
        Path golden = Path.of("../model/src/test/resources/golden/llama/golden.safetensors");
        assertThrows(BadInputException.class, () -> TunedLens.read(golden));
        assertThrows(BadInputException.class, () -> new LensSettings(0, 1, 1, 0));
    }
}
