package cutaway.studies.archetypalsae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CellTest {

    private static Cell of(Cell.Kind kind, Cell.Begin begin, int steps) {
        return Scope.free(() -> {
            Tensor x = new Random(1).normal(300, 16).times(1);
            Cell.Sizes sizes = new Cell.Sizes(24, 3, 1, steps, 64, 2e-3);
            return Cell.of(kind, begin, sizes, List.of(x, x), x, Optional.empty(), 3);
        });
    }

    /// Before they have learned anything, trainings from the same start are the same, which is no finding.
    @Test
    void aSharedStartIsStableBeforeTheFirstStep() {
        for (Cell.Kind kind : Cell.Kind.values()) {
            assertEquals(1, of(kind, Cell.Begin.SHARED, 1).atStart(), 1e-5, kind.toString());
            assertTrue(of(kind, Cell.Begin.SHARED, 1).stability() > 0.99, kind.toString());
        }
        assertTrue(of(Cell.Kind.TOP_K, Cell.Begin.RANDOM, 1).atStart() < 0.8);
        assertTrue(of(Cell.Kind.TOP_K, Cell.Begin.OWN, 1).atStart() < 0.95);
    }
}
