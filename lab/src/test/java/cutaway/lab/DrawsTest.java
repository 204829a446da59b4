package cutaway.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawsTest {

    /// The first numbers from the state 1234567, as its author's C code prints them (Vigna, splitmix64.c).
    @Test
    void isSplitMix64() {
        Draws draws = new Draws(1234567);
        assertEquals("6457827717110365317", Long.toUnsignedString(draws.nextLong()));
        assertEquals("3203168211198807973", Long.toUnsignedString(draws.nextLong()));
        assertEquals("9817491932198370423", Long.toUnsignedString(draws.nextLong()));
    }

    @Test
    void purposesSeedsAndIndicesShareNothing() {
        long base = Draws.of(1, "a", 0).nextLong();
        assertEquals(base, Draws.of(1, "a", 0).nextLong());
        assertNotEquals(base, Draws.of(2, "a", 0).nextLong());
        assertNotEquals(base, Draws.of(1, "b", 0).nextLong());
        assertNotEquals(base, Draws.of(1, "a", 1).nextLong());
    }

    /// The mean of 100,000 uniform numbers is 0.5 with a standard error of 0.0009; of normal squares 1 with 0.0045.
    @Test
    void meansAreThoseOfTheDistributions() {
        Draws draws = Draws.of(7, "means", 3);
        assertEquals(
                0.5,
                IntStream.range(0, 100_000)
                        .mapToDouble(_ -> draws.nextDouble())
                        .average()
                        .orElse(0),
                0.004);
        double squares = IntStream.range(0, 100_000)
                .mapToDouble(_ -> Math.pow(draws.nextGaussian(), 2))
                .average()
                .orElse(0);
        assertEquals(1, squares, 0.02);
    }

    @Test
    void aPermutationHasEachNumberOnce() {
        int[] order = Draws.of(7, "order", 0).permutation(207);
        assertArrayEquals(
                IntStream.range(0, 207).toArray(), Arrays.stream(order).sorted().toArray());
        assertNotEquals(0, Arrays.mismatch(order, IntStream.range(0, 207).toArray()) + 1);
    }
}
