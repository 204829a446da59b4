package cutaway.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.descent.Descent;
import cutaway.lab.head.Head;
import cutaway.lab.net.Activation;
import cutaway.lab.net.Mlp;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.task.Brackets;
import cutaway.lab.task.ModularAddition;
import cutaway.lab.task.Shapes;
import cutaway.lab.task.SparseParity;
import cutaway.lab.task.Superposition;
import cutaway.model.family.LabShape;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.LearningRate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Instances that train as one stacked tensor end as they would alone: gradients, clipping and the optimiser's state
/// are apart.
class InstancesTest {

    private static final List<Long> SEEDS = List.of(3L, 1L, 7L);

    @TempDir
    private Path cache;

    private static Recipe small(Recipe recipe, Descent descent) {
        return recipe.with("descent", descent)
                .with(Map.of("steps", 40, "rate", recipe.rate()))
                .with("every", 10)
                .with("clip", 0.05)
                .with("seeds", SEEDS);
    }

    static Stream<Arguments> recipes() {
        Recipe toy = Recipe.usual(new Superposition(5, List.of(1.0, 0.1), List.of(0.9, 1.0)))
                .with("batch", 13);
        Recipe tokens = Recipe.usual(new ModularAddition(7, 0.8));
        Recipe images = Recipe.usual(new Shapes(9, 0.1)).with("batch", 13);
        Recipe deep = Recipe.usual(new SparseParity(9, 2))
                .with("net", new Mlp(List.of(13, 7), Activation.TANH))
                .with("batch", 13);
        Recipe sequences = Recipe.usual(new Brackets(6, true))
                .with(
                        "net",
                        new TransformerNet(
                                2,
                                8,
                                2,
                                4,
                                12,
                                LabShape.NormKind.LAYER,
                                LabShape.Positions.LEARNED,
                                Activation.GELU,
                                true,
                                false,
                                true))
                .with(Map.of("batch", 13, "rate", LearningRate.constant(2e-3)));
        return Stream.of(
                Arguments.of("transformer", small(sequences, new Descent.AdamW(0.01))),
                Arguments.of("transformer muon", small(sequences, new Descent.Muon(0.1))),
                Arguments.of("toy", small(toy, new Descent.AdamW(0.01))),
                Arguments.of("harmonic", small(tokens, new Descent.AdamW(0.01)).with("head", new Head.Harmonic(4))),
                Arguments.of(
                        "penalty", small(tokens, new Descent.Sgd(0.9, true, 0)).with("embeddingPenalty", 0.01)),
                Arguments.of("images", small(images, new Descent.AdamW(0))),
                Arguments.of("image muon", small(images, new Descent.Muon(0.1))),
                Arguments.of("deep muon", small(deep, new Descent.Muon(0.1))),
                Arguments.of("deep sgd", small(deep, new Descent.Sgd(0.9, false, 0.1))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void endAsTheyWouldAlone(String name, Recipe recipe) {
        for (Precision precision : Precision.values()) {
            double tolerance = precision == Precision.FLOAT32 ? 1e-6 : 1e-12;
            Lab lab = new Lab(cache);
            try (Trained together = lab.train(recipe.with("precision", precision), Lab.SILENT)) {
                int variants = recipe.task().variants().size();
                for (int i = 0; i < SEEDS.size(); i++) {
                    Recipe one = recipe.with("precision", precision).with("seeds", List.of(SEEDS.get(i)));
                    try (Trained alone = lab.train(one, Lab.SILENT)) {
                        alone.parameters()
                                .forEach(agree(together.parameters(), (long) i * variants, variants, tolerance));
                    }
                }
            }
        }
    }

    private static BiConsumer<String, Tensor> agree(
            Map<String, Tensor> together, long from, long count, double tolerance) {
        return (key, tensor) -> {
            double[] expected = tensor.toDoubles();
            double[] found = Objects.requireNonNull(together.get(key))
                    .slice(0, from, from + count)
                    .toDoubles();
            assertArrayEquals(expected, found, tolerance, key);
        };
    }

    /// Of variants too: one density alone, with the same seed.
    @Test
    void aVariantEndsAsItWouldAlone() {
        Lab lab = new Lab(cache);
        Recipe both = small(
                Recipe.usual(new Superposition(5, List.of(1.0, 0.1), List.of(0.9)))
                        .with("batch", 64),
                new Descent.AdamW(0));
        Recipe sparse = both.with("task", new Superposition(5, List.of(0.1), List.of(0.9)));
        try (Trained together = lab.train(both, Lab.SILENT);
                Trained alone = lab.train(sparse, Lab.SILENT)) {
            assertEquals(
                    List.of("seed 3, density 1.0", "seed 3, density 0.1"),
                    both.names().subList(0, 2));
            Tensor all = Objects.requireNonNull(together.parameters().get("encoder.0.weight"));
            Tensor one = Objects.requireNonNull(alone.parameters().get("encoder.0.weight"));
            for (int i = 0; i < SEEDS.size(); i++) {
                assertArrayEquals(
                        one.select(0, i).toDoubles(), all.select(0, 2L * i + 1).toDoubles(), 1e-6);
            }
            assertTrue(
                    all.select(0, 0).minus(all.select(0, 1)).norm() > 0.01, "densities end apart: they do something");
        }
    }
}
