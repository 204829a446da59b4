package cutaway.studies.othello;

import cutaway.lab.task.OthelloBoard;
import cutaway.lab.task.OthelloBoard.Disc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Whether legal play leads to a board: moves are taken back, in every way in which they can have been made, until the
/// beginning is found, or there are none left, or too many were tried.
final class Reachable {

    /// What is known.
    enum Answer {
        /// A game that leads there was found.
        NATURAL,
        /// There is no such game.
        UNNATURAL,
        /// The search was given up.
        UNDECIDED
    }

    private static final int[] STEPS = {-1, 0, 1};

    private final int size;
    private final String start;
    private final Set<String> deadEnds = new HashSet<>();
    private int left;

    private Reachable(int size, int most) {
        this.size = size;
        this.left = most;
        this.start = key(squares(new OthelloBoard(size)), Disc.WHITE);
    }

    /// @param size squares of a row
    /// @param most boards that are looked at
    static Answer of(OthelloBoard board, int size, int most) {
        Reachable search = new Reachable(size, most);
        Disc[] discs = search.squares(board);
        boolean found = search.ends(discs, other(board.toMove())).stream().anyMatch(last -> search.found(discs, last));
        return found ? Answer.NATURAL : search.left > 0 ? Answer.UNNATURAL : Answer.UNDECIDED;
    }

    private Disc[] squares(OthelloBoard board) {
        Disc[] discs = new Disc[size * size];
        for (int square = 0; square < discs.length; square++) {
            discs[square] = board.at(square);
        }
        return discs;
    }

    private static Disc other(Disc disc) {
        return disc == Disc.BLACK ? Disc.WHITE : Disc.BLACK;
    }

    private static String key(Disc[] discs, Disc last) {
        StringBuilder text = new StringBuilder(last.name());
        for (Disc disc : discs) {
            text.append(disc.ordinal());
        }
        return text.toString();
    }

    /// Who can have moved last before somebody else's turn: the other one, who passed it on, or the same one once more
    /// where the other one could not move.
    ///
    /// @param usual whose move comes before
    private List<Disc> ends(Disc[] discs, Disc usual) {
        boolean passed = new OthelloBoard(size, discs, usual).legalMoves().length == 0;
        return passed ? List.of(usual, other(usual)) : List.of(usual);
    }

    /// @param last who moved last
    private boolean found(Disc[] discs, Disc last) {
        String key = key(discs, last);
        if (key.equals(start)) {
            return true;
        }
        if (left <= 0 || !deadEnds.add(key)) {
            return false;
        }
        left--;
        for (int square = 0; square < discs.length; square++) {
            if (discs[square] == last && !isMiddle(square) && before(discs, last, square)) {
                return true;
            }
        }
        return false;
    }

    private boolean isMiddle(int square) {
        int row = square / size - size / 2;
        int column = square % size - size / 2;
        return (row == 0 || row == -1) && (column == 0 || column == -1);
    }

    /// Whether a move to a square was the last one of a game: all ways in which it can have turned discs are tried.
    private boolean before(Disc[] discs, Disc mover, int square) {
        List<int[]> lines = new ArrayList<>(); // step and the most discs that were turned along it
        for (int down : STEPS) {
            for (int right : STEPS) {
                if (down == 0 && right == 0) {
                    continue;
                }
                int own = run(discs, square, down, right, mover, 0);
                int others = run(discs, square, down, right, other(mover), 0);
                if (others > 0 && run(discs, square, down, right, mover, others) > others) {
                    return false; // a move there would have turned these
                }
                if (own > 1) {
                    lines.add(new int[] {down * size + right, own - 1});
                }
            }
        }
        Disc[] before = discs.clone();
        before[square] = Disc.EMPTY;
        return turnedBack(before, mover, square, lines, 0, 0);
    }

    /// How far from a square a run of discs goes that begins after some steps: those steps where there is none.
    private int run(Disc[] discs, int square, int down, int right, Disc of, int after) {
        int steps = after;
        while (true) {
            int row = square / size + (steps + 1) * down;
            int column = square % size + (steps + 1) * right;
            if (row < 0 || column < 0 || row >= size || column >= size || discs[row * size + column] != of) {
                return steps;
            }
            steps++;
        }
    }

    /// @param turned discs so far: a move turns at least one
    private boolean turnedBack(Disc[] before, Disc mover, int square, List<int[]> lines, int line, int turned) {
        if (line == lines.size()) {
            return turned > 0 && ends(before, other(mover)).stream().anyMatch(last -> found(before.clone(), last));
        }
        int step = lines.get(line)[0];
        int most = lines.get(line)[1];
        for (int count = 0; count <= most; count++) {
            if (count > 0) {
                before[square + count * step] = other(mover);
            }
            if (turnedBack(before, mover, square, lines, line + 1, turned + count)) {
                return true;
            }
        }
        for (int count = 1; count <= most; count++) {
            before[square + count * step] = mover;
        }
        return false;
    }
}
