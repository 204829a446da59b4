package cutaway.interp.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.run.Runs;
import cutaway.model.Batch;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class AgainstTest {

    private static final Path GOLDEN = Path.of("../model/src/test/resources/golden");

    @TempDir
    private Path temporary;

    /// By hand: p = (1/2, 1/4, 1/4), q uniform; KL = 1/2 log 3/2 + 1/2 log 3/4 = 1/2 log 9/8, KL(q || p) = 1/3
    /// log 2/3 +
    /// 2/3 log 4/3.
    @Test
    void divergenceIsThatByHand() {
        NextToken p = NextToken.of(new double[] {Math.log(2) + 100, 100, 100});
        NextToken q = NextToken.of(new double[] {-3, -3, -3});
        assertEquals(0.0588915, p.divergenceFrom(q), 1e-5); // logits of 100 in float32
        assertEquals(0.0566330, q.divergenceFrom(p), 1e-5);
        assertEquals(0, p.divergenceFrom(p));
        assertEquals(-0.6931472, p.logProbability(0), 1e-5);
        assertEquals(1, NextToken.of(new double[] {0, 2, 2}).top());
        assertEquals(-1, NextToken.of(new double[] {0, Double.NaN}).top());
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "bert"})
    void aModelIsNoDistanceFromItself(String name) {
        Comparison found = compare(GOLDEN.resolve(name), GOLDEN.resolve(name), 0);
        assertEquals(3, found.layers().size());
        found.layers().forEach(layer -> {
            assertExact(layer.stream());
            assertExact(layer.attention());
            assertExact(layer.mlp());
        });
        assertExact(found.end());
        assertExact(found.logits());
        assertEquals(0, found.predictions().worstKl());
        assertEquals(1, found.predictions().top1());
        assertEquals(3 * 32, found.predictions().positions());
        assertEquals(name.equals("llama"), found.predictions().perplexity().isPresent());
    }

    /// Planted: one weight matrix, in the MLP of layer 1.
    @Test
    void theErrorStartsWhereAWeightWasChanged() throws IOException {
        Path copy = temporary.resolve("llama");
        Files.createDirectory(copy);
        Files.copy(GOLDEN.resolve("llama/config.json"), copy.resolve("config.json"));
        try (SafetensorsFile file = SafetensorsFile.open(GOLDEN.resolve("llama/model.safetensors"));
                Scope scope = Scope.open()) {
            LinkedHashMap<String, Tensor> tensors = TensorFile.readAll(file);
            tensors.computeIfPresent("model.layers.1.mlp.down_proj.weight", (_, weight) -> weight.times(1.25));
            TensorFile.write(copy.resolve("model.safetensors"), tensors, Map.of());
        }
        Comparison found = compare(copy, GOLDEN.resolve("llama"), 0);
        assertExact(found.layers().get(0).mlp());
        assertExact(found.layers().get(1).stream());
        assertExact(found.layers().get(1).attention());
        SiteError planted = found.layers().get(1).mlp(); // 1.25 b against b
        assertEquals(0.25, planted.median(), 1e-5);
        assertEquals(0.25, planted.worst(), 1e-5);
        assertEquals(1, planted.cosine(), 1e-6);
        assertTrue(found.layers().get(2).stream().median() > 1e-3);
        assertTrue(found.logits().median() > 1e-3);
        assertTrue(found.predictions().meanKl() > 0);
        assertTrue(found.predictions().worstKl() >= found.predictions().meanKl());
    }

    /// Null: the same model, its prompt among others.
    @Test
    void anotherBatchIsWithinRounding() {
        int[] ids = {3, 14, 15, 92, 65, 35, 89};
        try (Model model = Model.open(GOLDEN.resolve("llama"))) {
            Distance distance = new Distance(model.sizes());
            Batch among = Batch.of(List.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, ids), Batch.Side.LEFT);
            try (var alone = Runs.run(model, Batch.of(ids), List.of(), distance.sites());
                    var batched = Runs.run(model, among, List.of(), distance.sites())) {
                distance.add(
                        ids,
                        site -> batched.at(site).select(0, 1).slice(0, 2, 9),
                        site -> alone.at(site).select(0, 0));
            }
            assertTrue(distance.end().worst() <= 1e-5 && distance.logits().worst() <= 1e-5);
            assertEquals(1, distance.predictions().top1());
        }
    }

    @Test
    void theSeedDrawsOtherIds() {
        Path gguf = Path.of("../model/src/test/resources/converted/llama-q4_0/model.gguf");
        Path other = Path.of("../model/src/test/resources/converted/llama-q8_0/model.gguf");
        Comparison found = compare(gguf, other, 0);
        assertTrue(found.logits().median() != compare(gguf, other, 1).logits().median());
        JsonMapper json = JsonMapper.shared();
        assertEquals(found, json.readValue(json.writeValueAsString(found), Comparison.class));
    }

    @Test
    void anotherShapeIsRefused() {
        Path gguf = Path.of("../model/src/test/resources/converted/llama-q4_0/model.gguf");
        var refused = assertThrows(BadInputException.class, () -> compare(gguf, GOLDEN.resolve("llama"), 0));
        assertTrue(String.valueOf(refused.getMessage()).contains("has layers 2"), refused.getMessage());
    }

    private static void assertExact(SiteError error) {
        assertEquals(0, error.worst(), error.site().text());
        assertEquals(0, error.median());
        assertEquals(1, error.cosine(), 1e-12);
    }

    private static Comparison compare(Path path, Path other, long seed) {
        try (Model model = Model.open(path);
                Model reference = Model.open(other)) {
            return Against.compare(model, reference, Optional.empty(), 3, seed, (what, part) -> {});
        }
    }
}
