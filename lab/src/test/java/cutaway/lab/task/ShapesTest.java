package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Draws;
import cutaway.lab.task.Shapes.Drawn;
import cutaway.lab.task.Shapes.Kind;
import cutaway.tensor.BadInputException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShapesTest {

    /// Areas by hand, in units of the radius: a disc pi; a square of half-side 0.8; an equilateral triangle of
    /// inradius 1/2, 3 sqrt(3) / 4; a cross of two bars of 2 by 0.6. Pixels of the edge add up to less than 1 %.
    @Test
    void shapesHaveTheirAreas() {
        Map<Kind, Double> areas = Map.of(
                Kind.DISC,
                Math.PI,
                Kind.SQUARE,
                1.6 * 1.6,
                Kind.TRIANGLE,
                3 * Math.sqrt(3) / 4,
                Kind.CROSS,
                2 * 2 * 0.6 - 0.6 * 0.6);
        areas.forEach((kind, area) -> {
            Drawn shape = new Drawn(kind, 100, 100, 60, 0.3, 0.5);
            double light = 0;
            for (int row = 0; row < 200; row++) {
                for (int column = 0; column < 200; column++) {
                    light += shape.at(row, column);
                }
            }
            assertEquals(area, light / (0.5 * 60 * 60), 0.01 * area, kind.name());
        });
    }

    /// What is drawn without noise is bright inside only, and all of it is in the image.
    @Test
    void imagesShowOneShapeOfTheirClass() {
        Shapes task = new Shapes(16, 0);
        Task.Rows rows = Filled.train(task, 3, 0, 200);
        Set<Kind> seen = EnumSet.noneOf(Kind.class);
        Draws same = Draws.of(3, "shapes", 0);
        for (int n = 0; n < rows.count(); n++) {
            Drawn shape = task.drawn(same);
            seen.add(shape.kind());
            assertEquals(shape.kind().ordinal(), rows.classes()[n]);
            assertTrue(shape.x() - shape.radius() >= 0 && shape.x() + shape.radius() <= 16, shape::toString);
            int row = (int) shape.y();
            int column = (int) shape.x();
            assertEquals(shape.light(), rows.x()[(n * 16 + row) * 16 + column], 1e-6); // its middle
            for (int i = 0; i < 16 * 16; i++) {
                double distance = Math.hypot(i / 16 + 0.5 - shape.y(), i % 16 + 0.5 - shape.x());
                assertTrue(distance < 1.2 * shape.radius() + 1 || rows.x()[n * 256 + i] == 0, "pixel " + i);
            }
        }
        assertEquals(4, seen.size());
    }

    @Test
    void noiseIsAddedAndSizesAreChecked() {
        Task.Rows noisy = Filled.train(new Shapes(16, 0.5), 3, 0, 20);
        int nonZero = 0;
        for (float pixel : noisy.x()) {
            nonZero += pixel != 0 ? 1 : 0;
        }
        assertEquals(noisy.x().length, nonZero);
        assertThrows(BadInputException.class, () -> new Shapes(4, 0));
    }
}
