package cutaway.interp.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.DefaultModel;
import cutaway.interp.TinyModel;
import cutaway.interp.circuit.Component;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.explain.Explanation.AttentionPattern;
import cutaway.interp.explain.Explanation.Patterns;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class AttentionPatternsTest {

    private static final List<Component.Head> HEADS =
            List.of(new Component.Head(2, 3), new Component.Head(0, 1), new Component.Head(2, 0));

    /// What is listed is the dense pattern, what is not is small; under edits, that of the edited run.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2"})
    void theListedWeightsAreThoseOfTheDensePattern(String name) {
        int[] ids = TinyModel.ids(name, 0);
        try (Model model = TinyModel.open(name);
                Tensor noise = new Random(3).normal(model.sizes().dModel())) {
            List<Edit> edits = List.of(new Edit.Add(new Site.Embed(), Positions.of(1), Values.of(noise)));
            Patterns edited = AttentionPatterns.read(model, Source.of(ids, edits), HEADS);
            assertAgrees(model, ids, edits, edited);
            Patterns plain = AttentionPatterns.read(model, Source.of(ids, List.of()), HEADS);
            assertAgrees(model, ids, List.of(), plain);
            assertFalse(java.util.Arrays.deepEquals(
                    plain.heads().getFirst().weights(),
                    edited.heads().getFirst().weights()));
        }
    }

    private static void assertAgrees(Model model, int[] ids, List<Edit> edits, Patterns patterns) {
        for (int i = 0; i < HEADS.size(); i++) {
            AttentionPattern pattern = patterns.heads().get(i);
            assertEquals(HEADS.get(i), pattern.head());
            Site.Heads site = new Site.Heads(HEADS.get(i).layer(), HeadPart.PATTERN);
            try (Trace trace = Runs.run(model, Batch.of(ids), edits, List.of(site));
                    Scope scope = Scope.open()) {
                Tensor dense =
                        trace.at(site).select(0, 0).select(0, HEADS.get(i).head()); // [qPos, kPos]
                assertEquals(ids.length, pattern.keys().length);
                for (int query = 0; query < ids.length; query++) {
                    double[] row = dense.select(0, query).toDoubles();
                    double[] listed = new double[ids.length];
                    for (int j = 0; j < pattern.keys()[query].length; j++) {
                        listed[pattern.keys()[query][j]] = pattern.weights()[query][j];
                    }
                    double[] expected = IntStream.range(0, row.length)
                            .mapToDouble(key -> row[key] < 0.01 ? 0 : row[key])
                            .toArray();
                    assertArrayEquals(expected, listed, 0.5e-3 + 1e-6);
                }
            }
        }
    }

    /// Twenty heads on 256 tokens stay below a megabyte.
    @Test
    void aLongPromptIsASmallRecord() {
        try (Model model = DefaultModel.open()) {
            int[] ids = new Random(0)
                    .generator()
                    .ints(256, 100, model.sizes().vocab())
                    .toArray();
            List<Component.Head> heads = IntStream.range(0, 20)
                    .mapToObj(i -> new Component.Head(i + 5, i % model.sizes().heads()))
                    .toList();
            Patterns patterns = AttentionPatterns.read(model, Source.of(ids, List.of()), heads);
            String json = new JsonMapper().writeValueAsString(patterns);
            int bytes = json.getBytes(StandardCharsets.UTF_8).length;
            assertTrue(bytes < 1_000_000, bytes + " bytes");
            assertTrue(json.contains("\"head\":\"L5H0\""), json.substring(0, 100));
        }
    }

    @Test
    void aHeadThatIsNotThereIsRefused() {
        try (Model model = TinyModel.open("llama")) {
            assertThrows(
                    BadInputException.class,
                    () -> AttentionPatterns.read(
                            model, Source.of(new int[] {1, 2}, List.of()), List.of(new Component.Head(0, 4))));
        }
    }
}
