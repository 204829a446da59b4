package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoresTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 1000})
    void callsEachPieceOnce(int count) {
        AtomicIntegerArray calls = new AtomicIntegerArray(count);
        Cores.forEach(count, i -> calls.incrementAndGet((int) i));
        assertTrue(IntStream.range(0, count).map(calls::get).allMatch(n -> n == 1), calls.toString());
    }

    @Test
    void productsOfPiecesKeepToOneThreadAndThoseAfterThemDoNot() {
        int before = OpenBlas.threads();
        AtomicLong most = new AtomicLong();
        Cores.forEach(8, i -> {
            Cores.forEach(2, j -> {}); // its end is not the end of the outer one
            most.accumulateAndGet(OpenBlas.threads(), Math::max);
        });
        assertEquals(1, most.get());
        assertEquals(before, OpenBlas.threads());
    }

    @Test
    void aFailureIsThrownAndTheOtherPiecesAreStillCalled() {
        int before = OpenBlas.threads();
        AtomicLong called = new AtomicLong();
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> Cores.forEach(50, i -> {
                    called.incrementAndGet();
                    if (i == 7) {
                        throw new IllegalStateException("piece 7");
                    }
                }));
        assertEquals("piece 7", thrown.getMessage());
        assertEquals(50, called.get());
        assertEquals(before, OpenBlas.threads());
    }

    @Test
    void manyCallersAtOnceEachGetTheirOwnDone() {
        long[] sums = IntStream.range(0, 16)
                .parallel()
                .mapToLong(caller -> {
                    AtomicLong sum = new AtomicLong();
                    for (int round = 0; round < 200; round++) {
                        Cores.forEach(5, i -> sum.addAndGet(caller + i));
                    }
                    return sum.get();
                })
                .toArray();
        long[] expected = IntStream.range(0, 16)
                .mapToLong(caller -> 200 * (5 * caller + 10L))
                .toArray();
        assertArrayEquals(expected, sums);
    }
}
