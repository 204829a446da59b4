package cutaway.studies.othello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.task.Othello;
import cutaway.lab.task.OthelloBoard;
import cutaway.lab.task.OthelloBoard.Disc;
import cutaway.studies.othello.Reachable.Answer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReachableTest {

    private static final int MOST = 3000;

    /// No board of a game is called unnatural.
    @Test
    void boardsOfGamesAreNatural() {
        Games games = new Games(new Othello(6), 12, 3, "reachable");
        int natural = 0;
        int all = 0;
        for (int game = 0; game < games.count(); game++) {
            List<OthelloBoard> boards = games.boards(game);
            for (int move = 0; move < boards.size(); move += 3) {
                Answer answer = Reachable.of(boards.get(move), 6, MOST);
                assertNotEquals(Answer.UNNATURAL, answer, "game " + game + ", move " + move);
                natural += answer == Answer.NATURAL ? 1 : 0;
                all++;
            }
        }
        assertTrue(natural > 0.3 * all, natural + " of " + all);
    }

    /// All boards after five moves of a board of 4, by playing on; a disc turned on one of them is natural if and only
    /// if the turned board is among them.
    @Test
    void theAnswerIsThatOfPlayingEveryGame() {
        Set<String> played = new HashSet<>();
        Set<OthelloBoard> last = new HashSet<>();
        play(new OthelloBoard(4), 5, played, last);
        int natural = 0;
        int unnatural = 0;
        for (OthelloBoard board : last) {
            for (int square = 0; square < 16; square++) {
                if (board.at(square) != Disc.EMPTY) {
                    Disc turned = board.at(square) == Disc.BLACK ? Disc.WHITE : Disc.BLACK;
                    OthelloBoard changed = board.with(square, turned);
                    boolean isPlayed = played.contains(text(changed));
                    assertEquals(isPlayed ? Answer.NATURAL : Answer.UNNATURAL, Reachable.of(changed, 4, 1_000_000));
                    natural += isPlayed ? 1 : 0;
                    unnatural += isPlayed ? 0 : 1;
                }
            }
        }
        assertTrue(natural > 10 && unnatural > 10, natural + " natural, " + unnatural + " not");
    }

    private static void play(OthelloBoard board, int moves, Set<String> played, Set<OthelloBoard> last) {
        int[] next = board.nextMoves();
        if (moves == 0) {
            if (played.add(text(board)) && last.size() < 60) {
                last.add(board);
            }
            return;
        }
        for (int move : next) {
            OthelloBoard after = board.copy();
            after.play(move);
            play(after, moves - 1, played, last);
        }
    }

    private static String text(OthelloBoard board) {
        StringBuilder text = new StringBuilder(board.toMove().name());
        for (int square = 0; square < 16; square++) {
            text.append(board.at(square).ordinal());
        }
        return text.toString();
    }
}
