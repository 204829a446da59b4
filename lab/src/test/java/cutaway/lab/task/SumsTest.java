package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SumsTest {

    /// Read back as words, each example is a sum that is right, and is asked for after its `=`.
    @Test
    void examplesReadAsSums() {
        Sums task = new Sums(0.7);
        List<String> words = task.words();
        Task.Rows rows = Filled.test(task, 1);
        assertEquals(3000, rows.count());
        for (int n = 0; n < rows.count(); n++) {
            int first = Integer.parseInt(words.get((int) rows.tokens()[4 * n]));
            assertEquals("+", words.get((int) rows.tokens()[4 * n + 1]));
            int second = Integer.parseInt(words.get((int) rows.tokens()[4 * n + 2]));
            assertEquals("=", words.get((int) rows.tokens()[4 * n + 3]));
            assertEquals(Integer.toString(first + second), words.get((int) rows.classes()[n]));
        }
        assertEquals(words.size(), task.target().outputs());
    }
}
