package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.tensor.BadInputException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpheresTest {

    private static Set<Float> firsts(Task.Rows rows, int dimension) {
        Set<Float> firsts = new HashSet<>();
        for (int n = 0; n < rows.count(); n++) {
            firsts.add(rows.x()[n * dimension]);
        }
        return firsts;
    }

    @Test
    void pointsLieOnTheirSphere() {
        Task.Rows rows = Filled.train(new Spheres(60, 1.3, 0), 3, 0, 2000);
        double outer = 0;
        double mean = 0;
        for (int n = 0; n < rows.count(); n++) {
            double squares = 0;
            for (int i = 0; i < 60; i++) {
                squares += Math.pow(rows.x()[n * 60 + i], 2);
                mean += rows.x()[n * 60 + i];
            }
            assertEquals(rows.y()[n] == 1 ? 1.3 : 1, Math.sqrt(squares), 1e-6);
            outer += rows.y()[n];
        }
        assertEquals(0.5, outer / rows.count(), 0.05);
        assertEquals(0, mean / rows.x().length, 0.002); // no direction is preferred
    }

    /// Of a finite training set the same 50 points come in every epoch.
    @Test
    void aFiniteSetComesAgain() {
        Spheres task = new Spheres(7, 1.3, 50);
        Set<Float> first = firsts(Filled.train(task, 3, 0, 50), 7);
        Set<Float> later = firsts(Filled.train(task, 3, 2, 25), 7);
        later.addAll(firsts(Filled.train(task, 3, 3, 25), 7));
        assertEquals(50, first.size());
        assertEquals(first, later);
        assertEquals(10_000, Filled.test(task, 3).count());
        assertThrows(BadInputException.class, () -> new Spheres(3, 1, 0));
    }
}
