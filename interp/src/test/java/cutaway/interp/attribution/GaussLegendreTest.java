package cutaway.interp.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaussLegendreTest {

    /// The integral of `a^d` over 0 to 1 is `1 / (d + 1)`.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 13, 50, 207})
    void isExactForPolynomials(int n) {
        GaussLegendre rule = GaussLegendre.of(n);
        for (int degree = 0; degree < 2 * n; degree++) {
            assertEquals(1.0 / (degree + 1), integral(rule, degree), 1e-13, n + " points, degree " + degree);
        }
        assertEquals(1, Arrays.stream(rule.weights()).sum(), 1e-13);
    }

    @Test
    void isNotExactBeyond() {
        assertTrue(Math.abs(integral(GaussLegendre.of(3), 6) - 1.0 / 7) > 1e-5);
    }

    /// Abramowitz and Stegun, table 25.4, taken from -1 to 1 to 0 to 1.
    @Test
    void threePointsAreThoseOfTheTable() {
        GaussLegendre rule = GaussLegendre.of(3);
        assertEquals((1 - 0.774596669241483) / 2, rule.points()[0], 1e-14);
        assertEquals(0.5, rule.points()[1], 1e-14);
        assertEquals(5.0 / 18, rule.weights()[0], 1e-14);
        assertEquals(8.0 / 18, rule.weights()[1], 1e-14);
    }

    private static double integral(GaussLegendre rule, int degree) {
        double sum = 0;
        for (int i = 0; i < rule.points().length; i++) {
            sum += rule.weights()[i] * Math.pow(rule.points()[i], degree);
        }
        return sum;
    }
}
