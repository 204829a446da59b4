package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuperpositionTest {

    /// Of 100,000 numbers a share of 0.1 is there (standard error 0.001), uniform in [0, 1): mean 1/2, square 1/3.
    @Test
    void featuresAreThereWithTheirDensityAndUniform() {
        Task.Rows rows = Filled.train(new Superposition(5, List.of(0.1), List.of(0.9)), 3, 0, 20_000);
        double there = 0;
        double sum = 0;
        double squares = 0;
        for (float x : rows.x()) {
            assertTrue(x >= 0 && x <= 1, "x = " + x);
            there += x > 0 ? 1 : 0;
            sum += x;
            squares += x * x;
        }
        assertEquals(0.1, there / rows.x().length, 0.005);
        assertEquals(0.5, sum / there, 0.015);
        assertEquals(1.0 / 3, squares / there, 0.015);
        assertArrayEquals(rows.x(), rows.y());
    }

    @Test
    void denseFeaturesAreAlwaysThere() {
        for (float x : Filled.train(new Superposition(5, List.of(1.0), List.of(1.0)), 3, 0, 1000)
                .x()) {
            assertTrue(x >= 0 && x < 1, "x = " + x);
        }
    }

    @Test
    void variantsAreDensitiesByImportances() {
        Superposition task = new Superposition(3, List.of(1.0, 0.1), List.of(0.5, 2.0));
        assertEquals(
                List.of(
                        "density 1.0, importance 0.5",
                        "density 1.0, importance 2.0",
                        "density 0.1, importance 0.5",
                        "density 0.1, importance 2.0"),
                task.variants());
        assertEquals(0.1, task.density(2));
        assertArrayEquals(new double[] {1, 0.5, 0.25}, task.weights(2));
        assertArrayEquals(new double[] {1, 2, 4}, task.weights(3));
        assertThrows(BadInputException.class, () -> new Superposition(3, List.of(0.0), List.of(1.0)));
    }
}
