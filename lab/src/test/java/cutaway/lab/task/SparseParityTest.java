package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.tensor.BadInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SparseParityTest {

    /// Yes where an even number of the relevant bits is -1; the others do not count.
    @Test
    void answersAreTheParityOfTheRelevantBits() {
        SparseParity task = new SparseParity(20, 3);
        List<Integer> relevant = task.relevantBits(5);
        assertEquals(3, relevant.stream().distinct().count());
        Task.Rows rows = Filled.train(task, 5, 0, 2000);
        double yes = 0;
        for (int n = 0; n < rows.count(); n++) {
            int first = n * 20;
            long negative =
                    relevant.stream().filter(bit -> rows.x()[first + bit] == -1).count();
            assertEquals(negative % 2 == 0 ? 1 : 0, rows.y()[n]);
            yes += rows.y()[n];
        }
        assertEquals(0.5, yes / rows.count(), 0.05);
        assertThrows(BadInputException.class, () -> new SparseParity(3, 4));
    }
}
