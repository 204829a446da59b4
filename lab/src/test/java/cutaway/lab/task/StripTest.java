package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StripTest {

    private static final Strip TASK = new Strip(20, 2, 7, 3);

    /// Whether a pattern is seen, by sliding it along the strip.
    private static boolean isSeen(Task.Rows rows, int n, List<List<Integer>> patterns) {
        for (int place = 0; place + 7 <= 20; place++) {
            int first = n * 20 + place;
            if (patterns.stream().anyMatch(pattern -> pattern.stream().allMatch(at -> rows.x()[first + at] == 1))) {
                return true;
            }
        }
        return false;
    }

    /// Yes where a pattern is seen; how many pixels are lit does not tell.
    @Test
    void yesIsAPatternAnywhere() {
        List<List<Integer>> patterns = TASK.patterns(4);
        assertEquals(2, patterns.stream().distinct().count());
        patterns.forEach(pattern -> {
            assertEquals(3, pattern.size());
            assertEquals(0, pattern.getFirst());
            assertEquals(6, pattern.getLast());
        });
        Task.Rows rows = Filled.train(TASK, 4, 0, 3000);
        double[] count = new double[2];
        double[] lit = new double[2];
        for (int n = 0; n < rows.count(); n++) {
            assertEquals(isSeen(rows, n, patterns) ? 1 : 0, rows.y()[n], "example " + n);
            int answer = (int) rows.y()[n];
            count[answer]++;
            for (int i = 0; i < 20; i++) {
                lit[answer] += rows.x()[n * 20 + i];
            }
        }
        assertEquals(0.5, count[1] / rows.count(), 0.03);
        assertEquals(lit[1] / count[1], lit[0] / count[0], 0.3); // of about 6.4 pixels
    }

    /// A clause for each pattern at each of 14 places.
    @Test
    void theFormulaHasEachPatternAtEachPlace() {
        List<List<Integer>> formula = TASK.formula(4);
        assertEquals(28, formula.size());
        List<Integer> pattern = TASK.patterns(4).get(1);
        assertEquals(pattern, formula.get(14));
        assertEquals(List.of(13, 13 + pattern.get(1), 19), formula.get(27));
        assertNotEquals(TASK.patterns(4), TASK.patterns(5));
        assertTrue(new Strip(20, 5, 7, 3).patterns(0).stream().distinct().count() == 5);
        assertThrows(BadInputException.class, () -> new Strip(20, 6, 7, 3)); // the middle pixel has five places
        assertThrows(BadInputException.class, () -> new Strip(6, 1, 7, 3));
        assertThrows(BadInputException.class, () -> new Strip(20, 1, 7, 1));
    }
}
