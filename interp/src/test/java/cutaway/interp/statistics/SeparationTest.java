package cutaway.interp.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SeparationTest {

    /// Of the six pairs 2 > 1, 5 > 1, 5 > 2, 5 > 4 are above and 2 = 2 is a draw: 4.5 of 6.
    @Test
    void countsPairsInOrderWithDrawsAsHalves() {
        assertEquals(0.75, Separation.auc(new double[] {5, 2}, new double[] {2, 4, 1}), 1e-12);
        assertEquals(0.25, Separation.auc(new double[] {2, 4, 1}, new double[] {5, 2}), 1e-12);
        assertEquals(0.5, Separation.auc(new double[] {3}, new double[] {3, 3}), 1e-12);
        assertEquals(Double.NaN, Separation.auc(new double[0], new double[] {3, 3}));
    }
}
