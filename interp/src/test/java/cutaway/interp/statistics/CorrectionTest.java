package cutaway.interp.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.tensor.BadInputException;
import org.junit.jupiter.api.Test;

/// Expected: statsmodels 0.15.0, multipletests (scripts/golden/statistics_numbers.py).
class CorrectionTest {

    private static final double[] P = {0.01, 0.04, 0.03, 0.005, 0.55, 0.02, 0.04, 0.9};

    @Test
    void holm() {
        assertArrayEquals(
                new double[] {0.07, 0.16, 0.15, 0.04, 1.0, 0.12, 0.16, 1.0}, Correction.HOLM.adjust(P), 1e-12);
    }

    @Test
    void benjaminiHochberg() {
        double[] expected = {
            0.04, 0.053333333333, 0.053333333333, 0.04, 0.628571428571, 0.053333333333, 0.053333333333, 0.9
        };
        assertArrayEquals(expected, Correction.BENJAMINI_HOCHBERG.adjust(P), 1e-11);
    }

    @Test
    void benjaminiYekutieli() {
        double[] expected = {
            0.108714285714, 0.144952380952, 0.144952380952, 0.108714285714, 1.0, 0.144952380952, 0.144952380952, 1.0
        };
        assertArrayEquals(expected, Correction.BENJAMINI_YEKUTIELI.adjust(P), 1e-11);
    }

    @Test
    void oneQuestionNeedsNone() {
        for (Correction correction : Correction.values()) {
            assertArrayEquals(new double[] {0.03}, correction.adjust(new double[] {0.03}), 1e-15);
            assertEquals(0, correction.adjust(new double[] {}).length);
        }
    }

    @Test
    void refusesWhatIsNoProbability() {
        for (double p : new double[] {Double.NaN, -0.1, 1.1}) {
            assertThrows(BadInputException.class, () -> Correction.HOLM.adjust(new double[] {0.5, p}));
        }
    }
}
