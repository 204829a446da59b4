package cutaway.interp.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RelativeLabelsTest {

    private static final int N = 1200;
    private static final int D = 8;

    @Test
    void ofNames() {
        assertEquals(
                List.of("same", "other", "empty", "other", "same"),
                RelativeLabels.of(
                        List.of("black", "white", "empty", "black", "white"),
                        List.of("black", "black", "white", "white", "white")));
        assertThrows(BadInputException.class, () -> RelativeLabels.of(List.of("a", "b"), List.of("x", "y")));
        assertThrows(BadInputException.class, () -> RelativeLabels.of(List.of("a", "same"), List.of("a", "a")));
    }

    /// Classes 1 and 3 are roles': 0 and 2 become 0 and 1, own 2 and other 3.
    @Test
    void ofNumbers() {
        RelativeLabels seen = new RelativeLabels(4, List.of(3, 1));
        assertEquals(4, seen.classes());
        assertEquals(
                List.of(0, 2, 1, 3),
                IntStream.range(0, 4).mapToObj(label -> seen.of(label, 1)).toList());
        assertEquals(3, seen.of(1, 3));
    }

    /// A state that says whether a disc is the mover's, and who moves: black or white is an exclusive or of the two,
    /// which a linear probe cannot read, and same or other is the first of them. Empty is a third direction.
    @Test
    void whatIsLinearFromTheRoleAloneIsReadFromItAlone() {
        try (Scope _ = Scope.open()) {
            RandomGenerator random = new Random(2).generator();
            float[] x = new Random(3).normal(N, D).times(0.3).toFloats();
            int[][] labels = new int[N][1];
            int[] movers = new int[N];
            for (int row = 0; row < N; row++) {
                int disc = random.nextInt(3); // empty, black, white
                movers[row] = 1 + random.nextInt(2);
                labels[row][0] = disc;
                x[row * D + 2] += disc == 0 ? 2 : -2;
                x[row * D + 4] += disc == 0 ? 0 : disc == movers[row] ? 2 : -2;
                x[row * D + 5] += movers[row] == 1 ? 2 : -2;
            }
            Labelled absolute = new Labelled(
                    Tensor.of(x, N, D), labels, 3, IntStream.range(0, N).toArray());
            Labelled relative = absolute.relative(new RelativeLabels(3, List.of(1, 2)), movers);
            for (Kind kind : List.of(Kind.LINEAR, Kind.LOGISTIC)) {
                ProbeSettings settings = ProbeSettings.of(kind, 1).steps(300);
                double seen = ProbeTrial.of(relative, settings).accuracy();
                double asTheyAre = ProbeTrial.of(absolute, settings).accuracy();
                assertTrue(seen > 0.97, kind + " " + seen);
                assertTrue(asTheyAre < 0.75, kind + " " + asTheyAre); // empty, and half of the discs by chance
            }
        }
    }
}
