package cutaway.interp.geometry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpacesTest {

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor rotation(int d, long seed) {
        return LinearAlgebra.qr(new Random(seed).normal(d, d).to(Dtype.F64)).q();
    }

    /// A plane that holds the first axis, turned by 0.3 about it: angles 0 and 0.3. The third row depends on the
    /// others.
    @Test
    void anglesOfPlanesByHand() {
        Tensor a = Tensor.of(new double[] {1, 0, 0, 0, 2, 0, 1, 1, 0}, 3, 3);
        Tensor b = Tensor.of(new double[] {3, 0, 0, 0, Math.cos(0.3), Math.sin(0.3)}, 2, 3);
        assertArrayEquals(new double[] {0, 0.3}, Subspaces.angles(a, b), 1e-9);
        Tensor line = Tensor.of(new double[] {0, 0, 1}, 1, 3);
        assertArrayEquals(new double[] {Math.PI / 2}, Subspaces.angles(a, line), 1e-9);
    }

    /// An arc cosine alone would say 0 or 1e-8.
    @Test
    void smallAnglesAreExact() {
        Tensor a = Tensor.of(new double[] {1, 0}, 1, 2);
        Tensor b = Tensor.of(new double[] {1, 1e-9}, 1, 2);
        assertEquals(1e-9, Subspaces.angles(a, b)[0], 1e-15);
    }

    @Test
    void procrustesFindsARotationThatWasPlantedAndNoneInNoise() {
        Tensor x = new Random(1).normal(60, 13).to(Dtype.F64);
        Tensor noise = new Random(2).normal(60, 13).to(Dtype.F64);
        Tensor y = x.matmul(rotation(13, 3)).times(2.5).plus(4).plus(noise.times(0.1));
        Procrustes found = Procrustes.of(x.slice(0, 0, 40), y.slice(0, 0, 40));
        assertEquals(2.5, found.scale(), 0.05);
        assertTrue(found.error(x.slice(0, 40, 60), y.slice(0, 40, 60)) < 0.01);
        Procrustes none = Procrustes.of(x.slice(0, 0, 40), noise.slice(0, 0, 40));
        assertTrue(none.error(x.slice(0, 0, 40), noise.slice(0, 0, 40)) < 0.9); // it fits what it saw
        assertTrue(none.error(x.slice(0, 40, 60), noise.slice(0, 40, 60)) > 0.95);
    }

    @Test
    void ckaIsOneForARotationAndTheDebiasedOneZeroForNoise() {
        Tensor x = new Random(1).normal(30, 100).to(Dtype.F64);
        Tensor rotated = x.matmul(rotation(100, 2)).times(3).plus(1);
        assertEquals(1, Cka.linear(x, rotated), 1e-9);
        assertEquals(1, Cka.debiased(x, rotated), 1e-9);
        Tensor other = new Random(4).normal(30, 100);
        assertTrue(Cka.linear(x, other) > 0.6); // 30 inputs in 100 dimensions
        assertEquals(0, Cka.debiased(x, other), 0.1);
    }

    /// Two variables of three inputs, by hand: x = (0, 1, 2), y = (0, 1, 0): centred product (1, 1) . 0 = 0.
    @Test
    void ckaOfUncorrelatedColumnsIsNone() {
        Tensor x = Tensor.of(new double[] {0, 1, 2}, 3, 1);
        assertEquals(0, Cka.linear(x, Tensor.of(new double[] {0, 1, 0}, 3, 1)), 1e-12);
        assertEquals(0.75, Cka.linear(x, Tensor.of(new double[] {0, 0, 1}, 3, 1)), 1e-12); // squared correlation
    }

    @Test
    void aLineThatBendsIsFound() {
        double[] x = {0, 1, 2, 3, 4, 5, 6};
        double[] y = {1, 1, 1, 1, 0, -1, -2};
        Breakpoint found = Breakpoint.of(x, y);
        assertEquals(3, found.at());
        assertEquals(0, found.before(), 1e-9);
        assertEquals(-1, found.after(), 1e-9);
        assertEquals(1, found.gain(), 1e-9);
    }
}
