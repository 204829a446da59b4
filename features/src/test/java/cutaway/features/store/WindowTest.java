package cutaway.features.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Contexts side by side.
class WindowTest {

    private static List<Piece> pieces(int... lengths) {
        return IntStream.of(lengths)
                .mapToObj(length -> new Piece(0, new int[length]))
                .toList();
    }

    /// 9 + 1, 7 + 3, 6 + 4: three rows without padding, whatever the order.
    @Test
    void shortContextsFillRows() {
        Window window = Window.of(pieces(1, 4, 9, 6, 3, 7), 10);
        assertEquals(3, window.rows());
        assertEquals(10, window.width());
    }

    @Test
    void noTwoTokensStandAtOnePlace() {
        int[] lengths = new java.util.Random(5).ints(40, 1, 14).toArray();
        Window window = Window.of(pieces(lengths), 13);
        Set<Integer> places = new HashSet<>();
        for (int i = 0; i < lengths.length; i++) {
            assertTrue(window.offset()[i] + lengths[i] <= window.width());
            for (int position = 0; position < lengths[i]; position++) {
                assertTrue(places.add(window.place(i, position)));
            }
        }
        assertTrue(Stream.of(places)
                .allMatch(all -> all.size() == IntStream.of(lengths).sum()));
        assertTrue(window.rows() <= IntStream.of(lengths).sum() / 13 + 2, () -> window.rows() + " rows");
    }
}
