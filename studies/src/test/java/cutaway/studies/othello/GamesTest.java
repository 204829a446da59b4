package cutaway.studies.othello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.task.Othello;
import cutaway.lab.task.OthelloBoard.Disc;
import cutaway.studies.othello.Games.View;
import org.junit.jupiter.api.Test;

class GamesTest {

    private static final Othello TASK = new Othello(6);

    @Test
    void squaresAreMineOrTheirsWhoeverMoves() {
        for (Disc mover : new Disc[] {Disc.BLACK, Disc.WHITE}) {
            Disc other = mover == Disc.BLACK ? Disc.WHITE : Disc.BLACK;
            assertEquals(0, Games.label(Disc.EMPTY, mover, View.RELATIVE));
            assertEquals(1, Games.label(mover, mover, View.RELATIVE));
            assertEquals(2, Games.label(other, mover, View.RELATIVE));
        }
        assertEquals(1, Games.label(Disc.BLACK, Disc.WHITE, View.ABSOLUTE));
    }

    /// Of one game, each square after each move is its own commonest class; of another it is not, and of many games it
    /// is so less often, but more often on the games that were counted than on others.
    @Test
    void theCommonestClassIsThatOfTheMove() {
        Games one = new Games(TASK, 1, 3, "one");
        Games many = new Games(TASK, 40, 3, "many");
        Games others = new Games(TASK, 40, 3, "others");
        for (View view : View.values()) {
            assertEquals(1, one.accuracy(one.commonest(view), view));
            double own = many.accuracy(many.commonest(view), view);
            double unseen = others.accuracy(many.commonest(view), view);
            assertTrue(
                    own < 0.9 && unseen < own && unseen > others.accuracy(one.commonest(view), view),
                    own + " " + unseen);
        }
    }
}
