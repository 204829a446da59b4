package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.statistics.Bootstrap;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Errors of which a known share is linear in the activation.
class ErrorMapTest {

    /// Errors of variance 1 a dimension, of which `share` is a rotation of x; in `shuffled`, of another token's x.
    private static List<Double> found(double share, boolean shuffled, boolean shrunk) {
        try (Scope _ = Scope.open();
                ErrorMap.Fitting fitting = new ErrorMap.Fitting(12, 12)) {
            Random random = new Random(9);
            Tensor turn = LinearAlgebra.qr(random.normal(12, 12).to(Dtype.F64)).q();
            Tensor x = random.normal(4000, 12).to(Dtype.F64);
            Tensor seen = shuffled ? x.roll(0, 1) : x;
            Tensor noise = random.normal(4000, 12).to(Dtype.F64);
            Tensor error = shrunk
                    ? x.times(0.3)
                    : seen.matmul(turn).times(Math.sqrt(share)).plus(noise.times(Math.sqrt(1 - share)));
            fitting.add(x.slice(0, 0, 2000), error.slice(0, 0, 2000));
            try (ErrorMap map = fitting.fitted()) {
                return List.of(map.vector(), map.norm(), map.normByNorm()).stream()
                        .map(metric -> {
                            Tally<Reconstructed> tally = new Tally<>(metric);
                            for (int from = 2000; from < 4000; from += 100) {
                                Tensor some = x.slice(0, from, from + 100);
                                Tensor off = error.slice(0, from, from + 100);
                                tally.add(new Reconstructed(some, some, some.minus(off), 0, 0));
                            }
                            return tally.estimate(Bootstrap.seeded(1)).value();
                        })
                        .toList();
            }
        }
    }

    @Test
    void theLinearShareIsFound() {
        assertEquals(0.6, found(0.6, false, false).get(0), 0.02);
        assertEquals(1, found(1, false, false).get(0), 1e-9);
    }

    @Test
    void nothingIsForetoldFromAnotherToken() {
        assertTrue(Math.abs(found(0.6, true, false).get(0)) < 0.03);
        assertTrue(found(0.6, true, false).get(1) < 0.03);
    }

    /// The trap that the doc names: a shrunk reconstruction's error is all foretold, its norm by the norm.
    @Test
    void aShrunkReconstructionIsForetoldWhole() {
        assertEquals(1, found(0, false, true).get(0), 1e-9);
        assertEquals(1, found(0, false, true).get(2), 1e-9);
    }
}
