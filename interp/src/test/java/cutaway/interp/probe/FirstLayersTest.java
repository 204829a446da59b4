package cutaway.interp.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FirstLayersTest {

    /// By hand: best gains 0.4, 0.3 and 0.01. 0.9 of 0.4 is 0.36, which layer 1 has; a later loss changes
    /// nothing.
    @Test
    void theFirstLayerNearTheBestCounts() {
        List<double[]> accuracies =
                List.of(new double[] {0.5, 0.8, 0.9}, new double[] {0.87, 0.6, 0.91}, new double[] {0.9, 0.5, 0.89});
        double[] commonest = {0.5, 0.5, 0.9};
        FirstLayers found = FirstLayers.of(accuracies, commonest, 0.9, 0.02);
        assertEquals(List.of(1, 0, FirstLayers.NOWHERE), found.first());
        assertArrayEquals(new int[] {1, 1, 0}, found.counts(3));
        assertEquals(1, found.nowhere());
        assertEquals(
                List.of(2, 0, -1),
                FirstLayers.of(accuracies, commonest, 1, 0.02).first());
        assertThrows(IllegalArgumentException.class, () -> FirstLayers.of(accuracies, commonest, 0, 0.02));
    }

    /// Number i of a state says thing i; layer l has the numbers up to l alone, and noise. The last thing is
    /// a coin.
    @Test
    void whatEachLayerAddsIsFoundThere() {
        int n = 600;
        try (Scope _ = Scope.open()) {
            double[] truth = new Random(1).normal(n, 4).toDoubles();
            int[][] labels = IntStream.range(0, n)
                    .mapToObj(row -> IntStream.range(0, 4)
                            .map(thing -> truth[4 * row + thing] > 0 ? 1 : 0)
                            .toArray())
                    .toArray(int[][]::new);
            List<double[]> accuracies = new ArrayList<>();
            double[] commonest = null;
            for (int layer = 0; layer < 3; layer++) {
                double[] state = new Random(10 + layer).normal(n, 6).toDoubles();
                for (int row = 0; row < n; row++) {
                    for (int thing = 0; thing <= layer; thing++) {
                        state[6 * row + thing] = truth[4 * row + thing];
                    }
                }
                Labelled.Split split = new Labelled(
                                Tensor.of(state, n, 6),
                                labels,
                                2,
                                IntStream.range(0, n).toArray())
                        .split(0.5, 0);
                try (Probe probe = Probe.train(split.train(), ProbeSettings.of(Kind.LINEAR, 0))) {
                    accuracies.add(probe.accuracies(split.test()));
                }
                commonest = IntStream.range(0, 4).mapToDouble(_ -> 0.55).toArray();
            }
            FirstLayers found = FirstLayers.of(accuracies, commonest == null ? new double[0] : commonest, 0.9, 0.1);
            assertEquals(List.of(0, 1, 2, FirstLayers.NOWHERE), found.first());
            assertTrue(accuracies.get(0)[2] < 0.6, "not yet there");
        }
    }
}
