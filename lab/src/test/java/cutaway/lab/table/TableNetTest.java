package cutaway.lab.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.whatif.Confusion;
import cutaway.interp.whatif.DatapointFile;
import cutaway.interp.whatif.Datapoints;
import cutaway.interp.whatif.Dependence;
import cutaway.interp.whatif.Fairness;
import cutaway.interp.whatif.Fairness.Scored;
import cutaway.interp.whatif.Labels;
import cutaway.interp.whatif.Scorer.Heard;
import cutaway.interp.whatif.Slice;
import cutaway.interp.whatif.Strategy;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Loans that were decided with a bias against the east: a net that learns the decisions has learned the
/// bias, and each of the tool's questions names it. Two decoys, age and branch, must not be named.
class TableNetTest {

    private static final List<String> FEATURES = List.of("income", "debt", "years", "age", "region", "branch");
    private static final Datapoints LOANS = new Loans(1000, 1.5, 0).table();

    private static TableNet net;
    private static double[] scores;

    @BeforeAll
    static void train() {
        net = TableNet.train(LOANS, "approved", FEATURES, 0, _ -> {});
        scores = net.scores(LOANS.all(), Heard.NOBODY);
    }

    @AfterAll
    static void close() {
        net.close();
    }

    @Test
    void itLearnsWhatWasDecided() {
        assertTrue(net.heldOut() > 0.85, net.about());
        assertTrue(net.heldOut() < 1, "the decisions are noisy");
    }

    @Test
    void theSameSeedMakesTheSameNet() {
        try (TableNet again = TableNet.train(LOANS, "approved", FEATURES, 0, _ -> {});
                TableNet other = TableNet.train(LOANS, "approved", FEATURES, 1, _ -> {})) {
            assertArrayEquals(scores, again.scores(LOANS.all(), Heard.NOBODY));
            assertTrue(scores[0] != other.scores(LOANS.all().subList(0, 1), Heard.NOBODY)[0]);
        }
    }

    private static double gap(String by) {
        Scored scored = new Scored(scores, Labels.of(LOANS, "repaid"), Slice.by(LOANS, List.of(by), 2));
        double[] half = new double[scored.slices().size()];
        Arrays.fill(half, 0.5);
        Double gap = Fairness.at(scored, half, Strategy.SINGLE, 1, 0).gaps().truePositive();
        return gap == null ? Double.NaN : gap;
    }

    /// Of those who repay, the east is approved more seldom; the decoys show no such gap.
    @Test
    void slicesFindTheBias() {
        assertTrue(gap("region") > 0.2, "region " + gap("region"));
        assertTrue(gap("region") > 2 * gap("branch"), "branch " + gap("branch"));
        assertTrue(gap("region") > 2 * gap("age"), "age " + gap("age"));
    }

    /// How far the mean score moves with a column's value.
    private static double spread(String column) {
        List<Double> mean = Dependence.of(net, LOANS, column, LOANS.row(0), 200, 0, Heard.NOBODY)
                .mean();
        return Collections.max(mean) - Collections.min(mean);
    }

    /// What the net reads is what the decisions hung on.
    @Test
    void dependenceNamesTheRegionAndNotTheDecoys() {
        assertTrue(spread("region") > 0.15, "region " + spread("region"));
        assertTrue(spread("region") > 3 * spread("branch"), "branch " + spread("branch"));
        assertTrue(spread("region") > 3 * spread("age"), "age " + spread("age"));
    }

    @Test
    void equalOpportunityClosesTheGap() {
        Scored scored = new Scored(scores, Labels.of(LOANS, "repaid"), Slice.by(LOANS, List.of("region"), 2));
        Fairness found = Fairness.of(scored, Strategy.EQUAL_OPPORTUNITY, 1, 0.01);
        ToDoubleFunction<Fairness.SliceFound> rate = slice -> {
            Confusion confusion = slice.confusion();
            return (double) confusion.truePositives() / (confusion.truePositives() + confusion.falseNegatives());
        };
        Fairness.SliceFound east = found.slices().getFirst();
        Fairness.SliceFound west = found.slices().getLast();
        assertEquals("region = east", east.name());
        assertEquals(rate.applyAsDouble(west), rate.applyAsDouble(east), 0.01 + 1e-9);
        Double low = east.threshold();
        Double high = west.threshold();
        assertTrue(low != null && high != null && low < high, low + " in the east, " + high + " in the west");
    }

    @Test
    void withoutABiasThereIsNoGap() {
        Datapoints fair = new Loans(1000, 0, 0).table();
        try (TableNet learned = TableNet.train(fair, "approved", FEATURES, 0, _ -> {})) {
            List<Double> mean = Dependence.of(learned, fair, "region", fair.row(0), 200, 0, Heard.NOBODY)
                    .mean();
            assertTrue(Math.abs(mean.get(0) - mean.get(1)) < 0.05, mean.toString());
        }
    }

    /// The table among the examples is what the recipe makes.
    @Test
    void theExampleIsMadeByItsRecipe() throws IOException {
        assertEquals(new Loans(400, 1.5, 0).csv(), Files.readString(Path.of("../docs/examples/loans.csv")));
    }

    @Test
    void whatCannotBeLearnedIsRefused() {
        assertThrows(BadInputException.class, () -> TableNet.train(LOANS, "approved", List.of("approved"), 0, _ -> {}));
        assertThrows(BadInputException.class, () -> TableNet.train(LOANS, "income", FEATURES, 0, _ -> {}));
        Datapoints few = DatapointFile.parse("a,ok\n1,1\n2,0\n", "few");
        assertThrows(BadInputException.class, () -> TableNet.train(few, "ok", List.of("a"), 0, _ -> {}));
        assertThrows(BadInputException.class, () -> new Loans(5, 0, 0));
    }
}
