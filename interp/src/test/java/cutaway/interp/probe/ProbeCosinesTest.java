package cutaway.interp.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProbeCosinesTest {

    private static final int N = 2000;

    /// Of two classes, told by the sign of a product with the activations, which are normal and alike everywhere.
    private static NamedProbe fit(int width, Kind kind, ToDoubleFunction<float[]> product) {
        Tensor x = new Random(3).normal(N, width);
        float[] numbers = x.toFloats();
        int[][] labels = IntStream.range(0, N)
                .map(row -> product.applyAsDouble(Arrays.copyOfRange(numbers, row * width, row * width + width)) > 0
                        ? 0
                        : 1)
                .mapToObj(label -> new int[] {label})
                .toArray(int[][]::new);
        return NamedProbe.fit(
                new Labelled(x, labels, 2, IntStream.range(0, N).toArray()),
                ProbeSettings.of(kind, 1).steps(20),
                "none",
                new Site.Resid(3, Site.Moment.POST),
                List.of("yes", "no"));
    }

    /// Planted directions stand at 60 degrees, at right angles and against each other.
    @Test
    void cosinesAreThoseOfThePlantedDirections() {
        try (Scope _ = Scope.open();
                NamedProbe first = fit(9, Kind.LINEAR, x -> x[0]);
                NamedProbe atSixty = fit(9, Kind.LINEAR, x -> 0.5 * x[0] + Math.sqrt(0.75) * x[4]);
                NamedProbe square = fit(9, Kind.LINEAR, x -> x[7]);
                NamedProbe against = fit(9, Kind.LINEAR, x -> -x[0])) {
            Map<String, NamedProbe> probes = new LinkedHashMap<>();
            probes.put("first", first);
            probes.put("60", atSixty);
            probes.put("square", square);
            probes.put("against", against);
            ProbeCosines found = ProbeCosines.of(probes);
            double[] expected = {1, 0.5, 0, -1};
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found.cosines().getFirst().get(i), 0.06); // N = 1500 to fit on
                assertEquals(
                        found.cosines().getFirst().get(i),
                        found.cosines().get(i).getFirst(),
                        1e-12);
            }
            assertEquals(1 / 3.0, found.chance(), 1e-12);
            assertEquals(
                    new ProbeCosines.Direction("60", "none", "blocks.3.hook_resid_post", "yes", "no"),
                    found.directions().get(1));
        }
    }

    @Test
    void otherWidthsAndMlpsAreRefused() {
        try (Scope _ = Scope.open();
                NamedProbe nine = fit(9, Kind.LINEAR, x -> x[0]);
                NamedProbe five = fit(5, Kind.LINEAR, x -> x[0]);
                NamedProbe mlp = fit(9, Kind.MLP, x -> x[0])) {
            assertThrows(BadInputException.class, () -> ProbeCosines.of(Map.of("nine", nine, "five", five)));
            assertThrows(BadInputException.class, () -> ProbeCosines.of(Map.of("nine", nine, "mlp", mlp)));
        }
    }
}
