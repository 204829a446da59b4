package cutaway.interp.codes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import org.junit.jupiter.api.Test;

class CapacityTest {

    /// By hand: 256 = 2^8, so sqrt(256 * 8) = 45.25 neurons are needed at the least, and sqrt(256) * 8 = 128 by the
    /// construction.
    @Test
    void powersOfTwoAreKnown() {
        assertEquals(256, Capacity.of(128).built());
        assertTrue(Capacity.of(127).built() < 256);
        assertTrue(Capacity.of(46).atMost() >= 256);
        assertTrue(Capacity.of(45).atMost() < 256);
    }

    /// The construction never does more than the bound, and both grow faster than the neurons.
    @Test
    void theBoundIsAboveTheConstruction() {
        for (long n : new long[] {1, 2, 13, 576, 1536, 49_152}) {
            Capacity one = Capacity.of(n);
            assertTrue(one.built() <= one.atMost(), one.toString());
        }
        assertTrue(Capacity.of(5760).atMost() > 50 * Capacity.of(576).atMost());
        assertThrows(BadInputException.class, () -> Capacity.of(0));
    }
}
