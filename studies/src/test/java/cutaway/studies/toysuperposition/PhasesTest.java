package cutaway.studies.toysuperposition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PhasesTest {

    /// What each arrangement loses, drawn.
    @Test
    void theClosedFormsAreWhatDrawingGives() {
        double density = 0.4;
        double importance = 1.7;
        RandomGenerator random = new Random(1).generator();
        double first = 0;
        double both = 0;
        int count = 400_000;
        double mean = density / 2;
        for (int i = 0; i < count; i++) {
            double a = random.nextDouble() < density ? random.nextDouble() : 0;
            double b = random.nextDouble() < density ? random.nextDouble() : 0;
            first += importance * (b - mean) * (b - mean) / count;
            double readA = Math.max(0, a - b);
            double readB = Math.max(0, b - a);
            both += ((a - readA) * (a - readA) + importance * (b - readB) * (b - readB)) / count;
        }
        assertEquals(first, Phases.loss(Phases.FIRST, density, importance), 1e-3);
        assertEquals(both, Phases.loss(Phases.BOTH, density, importance), 1e-3);
    }

    @Test
    void sparseFeaturesAreBothStoredAndDenseOnesByImportance() {
        assertEquals(Phases.BOTH, Phases.best(0.01, 1));
        assertEquals(Phases.FIRST, Phases.best(1, 0.3));
        assertEquals(Phases.SECOND, Phases.best(1, 3));
        assertTrue(Phases.isBorder(1, 1, 0.1));
        assertFalse(Phases.isBorder(0.01, 1, 0.1));
    }
}
