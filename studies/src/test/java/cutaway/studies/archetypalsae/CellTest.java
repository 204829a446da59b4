package cutaway.studies.archetypalsae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Dtype;
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
            return Cell.of(kind, begin, sizes, List.of(x, x), new Cell.Tried(x, Optional.empty(), List.of()), 3);
        });
    }

    /// Before they have learned anything, trainings from the same start are the same, which is no finding.
    @Test
    void aSharedStartIsStableBeforeTheFirstStep() {
        for (Cell.Kind kind : Cell.Kind.values()) {
            Cell cell = of(kind, Cell.Begin.SHARED, 1);
            if (!Double.isNaN(cell.atStart())) {
                assertEquals(1, cell.atStart(), 1e-5, kind.toString());
            }
            assertTrue(cell.stability() > 0.99, kind.toString());
        }
        assertTrue(of(Cell.Kind.TOP_K, Cell.Begin.RANDOM, 1).atStart() < 0.8);
        assertTrue(of(Cell.Kind.TOP_K, Cell.Begin.OWN, 1).atStart() < 0.95);
    }

    @Test
    void baselinesAreWhatTheirNamesSay() {
        assertEquals(1, of(Cell.Kind.K_MEANS, Cell.Begin.OWN, 1).l0(), 1e-12);
        Cell clusters = of(Cell.Kind.K_MEANS, Cell.Begin.OWN, 1);
        Cell sums = of(Cell.Kind.CONVEX_NMF, Cell.Begin.OWN, 1);
        assertTrue(sums.r2() > clusters.r2() && clusters.r2() > 0, sums + " " + clusters);
        assertTrue(Double.isNaN(clusters.atStart()) && Double.isNaN(clusters.kept()));
        assertTrue(sums.l0() > 3, sums.toString());
        assertEquals(3, of(Cell.Kind.TOP_K, Cell.Begin.RANDOM, 1).l0(), 1e-12);
    }

    /// What a collage says that it holds is there: the light in its quarters is that of so many shapes, and no other.
    @Test
    void aCollageHoldsTheShapesThatItSays() {
        Collages collages = Collages.of(200, 16, 0, 1);
        int two = 0;
        for (int image = 0; image < 200; image++) {
            int said = 0;
            for (boolean[] of : collages.present()) {
                said += of[image] ? 1 : 0;
            }
            int lit = 0;
            for (int quarter = 0; quarter < 4; quarter++) {
                double light = 0;
                for (int pixel = 0; pixel < 64; pixel++) {
                    int row = quarter / 2 * 8 + pixel / 8;
                    int column = quarter % 2 * 8 + pixel % 8;
                    light += collages.images()[image * 256 + row * 16 + column];
                }
                lit += light > 1 ? 1 : 0;
            }
            assertEquals(said, lit, "image " + image);
            two += said == 2 ? 1 : 0;
        }
        assertEquals(6 / 16.0, two / 200.0, 0.12); // coins: 6 of 16 ways
    }

    /// By hand: three tokens of a collage, one behind another.
    @Test
    void aLatentTellsACollageByTheLargestOfItsCodes() {
        try (Scope _ = Scope.open()) {
            Tensor rows = Tensor.of(new float[] {1, 0, 0, 1}, 2, 2);
            Tensor tokens = Tensor.of(new float[] {1, 0, 4, 0, 2, 0, 0, 3, 0, 5, 0, 1}, 6, 2);
            Cell.Objects objects = new Cell.Objects(List.of("a"), tokens, 3, new boolean[][] {{true, false}});
            try (Directions plain = new Directions.Found(rows, Tensor.zeros(2), false)) {
                float[] codes = Cell.codes(plain, objects).dense(Dtype.F32).toFloats();
                assertArrayEquals(new float[] {4, 0, 0, 5}, codes, 1e-3F);
            }
        }
    }
}
