package cutaway.interp.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.Groups;
import cutaway.interp.statistics.Interval;
import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Expected values are worked out by hand.
class EstimatesTest {

    private static final Bootstrap BOOTSTRAP = Bootstrap.seeded(0);

    /// Two prompts of one group are one draw: the mean of (1 + 3) / 2 and 8, not of 1, 3 and 8.
    @Test
    void aGroupIsOneDraw() {
        Estimates estimates = new Estimates(Groups.of(List.of("a", "a", "b")), BOOTSTRAP);
        assertEquals(2, estimates.draws());
        Estimate mean = estimates.mean(new double[] {1, 3, 8});
        assertEquals(5, mean.value(), 1e-12);
        Interval interval = mean.interval().orElseThrow();
        assertEquals(2, interval.low(), 1e-12); // both draws may be the first group
        assertEquals(8, interval.high(), 1e-12);
    }

    /// (1 + 1) / (2 + 10), while the mean of the ratios is (0.5 + 0.1) / 2.
    @Test
    void theRatioOfSumsIsNotTheMeanOfRatios() {
        Estimates estimates = new Estimates(Groups.of(List.of("a", "b")), BOOTSTRAP);
        assertEquals(
                2.0 / 12,
                estimates.ratio(new double[] {1, 1}, new double[] {2, 10}).value(),
                1e-12);
        assertEquals(0.3, estimates.mean(new double[] {0.5, 0.1}).value(), 1e-12);
    }

    /// Of each row the size of its mean: 0 for one that cancels, 2 for the other.
    @Test
    void sizesAreOfMeans() {
        Estimates estimates = new Estimates(Groups.of(List.of("a", "b")), BOOTSTRAP);
        assertEquals(1, estimates.meanSize(new double[][] {{3, -3}, {-2, -2}}).value(), 1e-12);
    }

    @Test
    void onePromptHasNoInterval() {
        Estimates estimates = new Estimates(Groups.of(List.of("a")), BOOTSTRAP);
        assertTrue(estimates.mean(new double[] {0.9}).interval().isEmpty());
    }

    @Test
    void whatOverflowedIsRefused() {
        Estimates estimates = new Estimates(Groups.of(List.of("a", "b")), BOOTSTRAP);
        assertThrows(BadInputException.class, () -> estimates.mean(new double[] {1, Double.NaN}));
    }

    @Test
    void onlyWhatTheIntervalLeavesIsShown() {
        assertEquals(0.2, estimate(0.5, 0.2, 0.9).shown());
        assertEquals(0.2, estimate(-0.5, -0.9, -0.2).shown());
        assertEquals(0, estimate(0.5, -0.1, 0.9).shown());
        assertEquals(0.5, new Estimate(-0.5, Optional.empty()).shown());
    }

    /// Threshold 0.8: reached when the interval holds it, unless it also holds half of it.
    @Test
    void verdictsFollowTheInterval() {
        assertEquals(Verdict.FOUND, Verdict.of(estimate(0.78, 0.7, 0.85), 8, 0.01, 0.8));
        assertEquals(Verdict.FOUND, Verdict.of(estimate(0.9, 0.85, 0.95), 8, 0.05, 0.8));
        assertEquals(Verdict.NOT_HELD_OUT, Verdict.of(estimate(0.7, 0.6, 0.79), 8, 0.01, 0.8));
        assertEquals(Verdict.UNSURE, Verdict.of(estimate(0.8, 0.3, 1.2), 8, 0.01, 0.8));
        assertEquals(Verdict.UNSURE, Verdict.of(new Estimate(0.9, Optional.empty()), 1, 0.01, 0.8));
        assertEquals(Verdict.NO_BETTER_THAN_CHANCE, Verdict.of(estimate(0.78, 0.7, 0.85), 8, 0.06, 0.8));
    }

    private static Estimate estimate(double value, double low, double high) {
        return new Estimate(value, Optional.of(new Interval(low, high, 0.95, Bootstrap.Method.BCA)));
    }
}
