package cutaway.server.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.codes.MlpWeights;
import cutaway.interp.codes.SortedSigns;
import cutaway.model.Model;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.Params;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.job.Work;
import cutaway.server.lab.SignWork.SignsAsked;
import cutaway.server.lab.SignWork.SignsRead;
import cutaway.server.model.Desk;
import cutaway.server.model.OpenModels;
import cutaway.server.model.Reading;
import cutaway.server.model.Turns;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A model with weights drawn at random.
class SignWorkTest {

    private static final Path LLAMA = Path.of("../model/src/test/resources/golden/llama");
    private static final OpenModels MODELS = new OpenModels(List.of(LLAMA.toString()), 1_000_000_000);

    @AfterAll
    static void close() {
        MODELS.close();
    }

    private static SignsAsked asked(int layer, String weights, String towards, double agreement, int permutations) {
        return new SignsAsked(null, layer, weights, towards, agreement, permutations, 0);
    }

    private static final class Heard implements Work.Told {
        private final List<String> said = new ArrayList<>();

        @Override
        public void at(String step, String done) {
            said.add((step + " " + done).strip());
        }

        @Override
        public void draft(Object known) {
            throw new AssertionError("signs have no drafts");
        }
    }

    /// The signs that are shown are those of the weights, where they are large enough, by the numbers that
    /// stand there.
    @Test
    void theMatrixHasTheSignsOfTheWeights() {
        Heard heard = new Heard();
        SignsRead found = new SignWork(MODELS).run(asked(1, "up", "", 0.4, 9), heard);
        assertEquals("up", found.weights());
        assertEquals(List.of("gate", "up", "out"), found.matrices());
        assertTrue(heard.said.contains("permutations 8 of 9"), heard.said.toString());
        assertTrue(found.pValue() > 0.05, "random weights have no codes: p = " + found.pValue());
        try (Model model = Model.open(LLAMA);
                Scope _ = Scope.open()) {
            Tensor weights = new MlpWeights(model, 1).of(MlpWeights.Which.UP, 4096);
            double[] all = weights.toDoubles();
            double mean = IntStream.range(0, all.length)
                    .mapToDouble(i -> all[i])
                    .average()
                    .orElseThrow();
            double cut = 0.25
                    * Math.sqrt(IntStream.range(0, all.length)
                            .mapToDouble(i -> (all[i] - mean) * (all[i] - mean))
                            .average()
                            .orElseThrow());
            int columns = (int) weights.dim(1);
            SortedSigns matrix = found.matrix();
            assertEquals(new HashSet<>(matrix.inputs()).size(), matrix.inputs().size());
            assertEquals(
                    new HashSet<>(matrix.neurons()).size(), matrix.neurons().size());
            for (int row = 0; row < matrix.neurons().size(); row++) {
                for (int column = 0; column < matrix.inputs().size(); column++) {
                    double weight = all[
                            matrix.neurons().get(row) * columns
                                    + matrix.inputs().get(column)];
                    char wanted = Math.abs(weight) <= cut ? '.' : weight > 0 ? '+' : '-';
                    assertEquals(wanted, matrix.signs().get(row).charAt(column));
                }
            }
        }
    }

    @Test
    void whatCannotBeReadIsRefused() {
        SignWork work = new SignWork(MODELS);
        assertThrows(BadInputException.class, () -> work.check(asked(9, "", "", 0, 9)));
        assertThrows(BadInputException.class, () -> work.check(asked(0, "", "", 1.5, 9)));
        assertEquals(
                "weights is \"in\"; this model's MLP has gate, up, out.",
                assertThrows(Refusal.class, () -> work.check(asked(0, "in", "", 0, 9)))
                        .getMessage());
        assertThrows(Refusal.class, () -> work.check(asked(0, "", "", 0, 1000)));
        assertThrows(Refusal.class, () -> work.check(asked(0, "out", " Paris", 0, 9)));
    }

    /// The largest m with m log2 m no more than the square of the neurons.
    @Test
    void theCapacityIsThatOfTheLayersNeurons() {
        try (Model model = Model.open(LLAMA);
                Desk desk = new Desk(new Turns(), 4)) {
            Route<?, ?> route = new CapacityAnswers(new Reading(MODELS, desk, Limits.USUAL))
                    .routes()
                    .getFirst();
            JsonNode found = Json.MAPPER.readTree(answer(route, "{\"layer\": 2}"));
            long neurons = found.at("/capacity/neurons").asLong();
            assertEquals(model.sizes().dMlp(), neurons);
            long most = found.at("/capacity/atMost").asLong();
            assertTrue(most * Math.log(most) / Math.log(2) <= neurons * neurons);
            assertTrue((most + 1) * Math.log(most + 1) / Math.log(2) > neurons * neurons);
            assertTrue(found.path("text").asString().startsWith(neurons + " neurons compute at most"));
            assertThrows(BadInputException.class, () -> answer(route, "{\"layer\": 3}"));
        }
    }

    private static <I> String answer(Route<I, ?> route, String body) {
        return route.answering().answer(Json.read(body, route.takes()), new Params(Map.of(), Map.of()));
    }
}
