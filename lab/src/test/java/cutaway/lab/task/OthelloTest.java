package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Draws;
import cutaway.lab.task.OthelloBoard.Disc;
import org.junit.jupiter.api.Test;

class OthelloTest {

    /// On the usual board black begins at d3, c4, f5 or e6.
    @Test
    void theFirstMovesAreThoseOfTheRules() {
        OthelloBoard board = new OthelloBoard(8);
        assertArrayEquals(new int[] {square("d3"), square("c4"), square("f5"), square("e6")}, board.legalMoves());
        board.play(square("d3"));
        assertEquals(Disc.BLACK, board.at(square("d4")));
        assertArrayEquals(new int[] {square("c3"), square("e3"), square("c5")}, board.legalMoves());
        assertThrows(IllegalArgumentException.class, () -> board.play(square("a1")));
    }

    private static int square(String name) {
        return name.charAt(0) - 'a' + 8 * (name.charAt(1) - '1');
    }

    /// The numbers of games of so many moves (perft): 4, 12, 56, 244, 1396 on the usual board.
    @Test
    void asManyGamesAsAreKnown() {
        long[] known = {1, 4, 12, 56, 244, 1396, 8200};
        for (int depth = 0; depth < known.length; depth++) {
            assertEquals(known[depth], games(new OthelloBoard(8), depth));
        }
    }

    private static long games(OthelloBoard board, int depth) {
        if (depth == 0) {
            return 1;
        }
        long sum = 0;
        for (int move : board.legalMoves()) {
            OthelloBoard next = board.copy();
            next.play(move);
            sum += games(next, depth - 1);
        }
        return sum;
    }

    @Test
    void gamesAreLegalToTheirEnd() {
        Othello task = new Othello(6);
        int ended = 0;
        for (int i = 0; i < 200; i++) {
            int[] game = task.game(Draws.of(i, "games", 0));
            OthelloBoard board = new OthelloBoard(6);
            for (int move : game) {
                int[] legal = board.nextMoves();
                if (move == task.end()) {
                    assertEquals(0, legal.length);
                    ended++;
                } else {
                    board.play(move);
                }
            }
        }
        assertTrue(ended > 0, "some games end early");
    }

    @Test
    void wordsAreSquares() {
        assertEquals("a1", new Othello(6).words().getFirst());
        assertEquals("f6", new Othello(6).words().get(35));
        assertEquals(37, new Othello(6).words().size());
    }
}
