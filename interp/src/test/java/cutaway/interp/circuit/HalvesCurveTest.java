package cutaway.interp.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.planted.PlantedCircuit;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HalvesCurveTest {

    private static final Set<Node> CIRCUIT = PlantedCircuit.small(0).nodes();

    @TempDir
    private Path folder;

    /// By hand, of (3, 1) against (2, -1): nothing misses all, the larger (1 + 1) / 5, both (1 + 4) / 5.
    @Test
    void whatIsMissedIsAShareOfTheOtherHalf() {
        double[] scores = {3, 1};
        double[] others = {2, -1};
        assertEquals(1, HalvesCurve.loss(scores, others, 0), 1e-12);
        assertEquals(2 / 5.0, HalvesCurve.loss(scores, others, 1), 1e-12);
        assertEquals(1, HalvesCurve.loss(scores, others, 2), 1e-12);
        assertEquals(0, HalvesCurve.loss(scores, scores, 2), 1e-12);
    }

    /// Four effects under noise of two measurements: the other one has its least loss at four of a hundred,
    /// while what is seen is lost least with all.
    @Test
    void noiseIsNotFoundAgain() {
        Random random = new Random(3);
        double[] one = new double[100];
        double[] other = new double[100];
        for (int i = 0; i < 100; i++) {
            double truth = i % 25 == 0 ? 1 : 0;
            one[i] = truth + 0.1 * random.nextGaussian();
            other[i] = truth + 0.1 * random.nextGaussian();
        }
        double atFour = HalvesCurve.loss(one, other, 4);
        for (int kept : new int[] {0, 2, 3, 6, 8, 16, 100}) {
            assertTrue(HalvesCurve.loss(one, other, kept) > atFour, kept + " kept");
        }
        assertTrue(HalvesCurve.loss(one, one, 100) < HalvesCurve.loss(one, one, 4));
    }

    /// Of losses that differ by less than a hundredth, the fewest nodes; their faithfulness elsewhere is the threshold,
    /// 1 at most, and none follows from nothing.
    @Test
    void theFewestThatDoAreChosen() {
        HalvesCurve curve = new HalvesCurve(List.of(
                new HalvesCurve.Point(0, 1, 1, 0, 0),
                new HalvesCurve.Point(4, 0.205, 0.3, 0.8, 0.7),
                new HalvesCurve.Point(8, 0.2, 0.2, 1.3, 1.2),
                new HalvesCurve.Point(16, 0.3, 0, 1, 1)));
        assertEquals(4, curve.chosen().nodes());
        assertEquals(0.7, curve.threshold());
        assertEquals(1, new HalvesCurve(curve.points().subList(2, 3)).threshold());
        HalvesCurve nothing = new HalvesCurve(curve.points().subList(0, 1));
        assertThrows(BadInputException.class, nothing::threshold);
    }

    /// The three planted nodes are found again, and reach everything on prompts that did not choose them;
    /// with fewer nothing is reached, for the circuit is a chain.
    @Test
    void thePlantedNodesAreChosen() {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            Settings settings = Settings.seeded(0).rankedBy(Ranking.ABLATION);
            CircuitFinder finder = new CircuitFinder(model, settings, (step, done) -> {});
            List<Pair> pairs = Pair.read(model, PlantedCircuit.pairs(16, 0));
            HalvesCurve curve = finder.halves(pairs, PositionChoice.parse("S+filler+last"));
            assertEquals(CIRCUIT.size(), curve.chosen().nodes(), curve.toString());
            assertEquals(1, curve.threshold(), 1e-4);
            assertEquals(0, curve.points().get(1).faithfulnessUnseen(), 1e-4);
            assertThrows(
                    BadInputException.class,
                    () -> finder.halves(
                            Pair.read(model, PlantedCircuit.nullPairs(16, 5)), PositionChoice.parse("S+filler+last")));
        }
    }
}
