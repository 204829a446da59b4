package cutaway.interp.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.planted.PlantedCircuit;
import cutaway.interp.prompts.Pair;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShuffledAnswersTest {

    @TempDir
    private Path folder;

    @Test
    void everyPairIsAskedAboutTheAnswersOfAnotherOne() {
        List<Pair> pairs = pairs();
        List<Pair> shuffled = ShuffledAnswers.of(pairs, 3);
        for (int i = 0; i < pairs.size(); i++) {
            Pair asked = shuffled.get(i);
            assertEquals(pairs.get(i).prompt(), asked.prompt());
            assertNotEquals(pairs.get(i).answer(), asked.answer());
            assertTrue(pairs.stream()
                    .anyMatch(other -> other.answer() == asked.answer() && other.against() == asked.against()));
        }
        assertEquals(shuffled, ShuffledAnswers.of(pairs, 3));
        assertNotEquals(shuffled, ShuffledAnswers.of(pairs, 4));
    }

    @Test
    void pairsOfOneAnswerAreRefused() {
        List<Pair> same = pairs().stream().map(pair -> pair.asked(1, 2)).toList();
        String said = assertThrows(BadInputException.class, () -> ShuffledAnswers.of(same, 0))
                .getMessage();
        assertTrue(said.startsWith("every pair has the same answer"), said);
    }

    private List<Pair> pairs() {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            return Pair.read(model, PlantedCircuit.pairs(12, 0));
        }
    }
}
