package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModularAdditionTest {

    private static final ModularAddition TASK = new ModularAddition(13, 0.8);

    private static Map<Long, Long> answers(Task.Rows rows) {
        Map<Long, Long> answers = new HashMap<>();
        for (int n = 0; n < rows.count(); n++) {
            answers.put(rows.tokens()[2 * n] * 13 + rows.tokens()[2 * n + 1], rows.classes()[n]);
        }
        return answers;
    }

    /// Training and test pairs are apart, together all 169, each with the remainder as its answer.
    @Test
    void pairsAreSplitAndAddedModuloP() {
        Map<Long, Long> train =
                answers(Filled.train(TASK, 3, 0, TASK.examples(3, 0).trainSize()));
        Map<Long, Long> test = answers(Filled.test(TASK, 3));
        assertEquals(135, train.size());
        assertEquals(34, test.size());
        assertTrue(train.keySet().stream().noneMatch(test::containsKey));
        train.putAll(test);
        assertEquals(169, train.size());
        train.forEach((pair, answer) -> assertEquals((pair / 13 + pair % 13) % 13, answer, () -> "pair " + pair));
    }

    /// Batches of 27 see all 135 pairs once in five steps, in another order in the next five.
    @Test
    void anEpochHasEachPairOnce() {
        Set<Long> seen = new HashSet<>();
        for (int step = 0; step < 5; step++) {
            seen.addAll(answers(Filled.train(TASK, 3, step, 27)).keySet());
        }
        assertEquals(135, seen.size());
        assertTrue(!Filled.train(TASK, 3, 0, 27).equals(Filled.train(TASK, 3, 5, 27)));
        assertThrows(BadInputException.class, () -> new ModularAddition(1, 0.5));
    }
}
