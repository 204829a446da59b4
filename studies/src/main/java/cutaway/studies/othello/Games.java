package cutaway.studies.othello;

import cutaway.interp.probe.Labelled;
import cutaway.lab.Draws;
import cutaway.lab.task.Othello;
import cutaway.lab.task.OthelloBoard;
import cutaway.lab.task.OthelloBoard.Disc;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Random legal games with the board after each move.
final class Games {

    /// What a square is called by a probe.
    enum View {
        /// Empty, black or white.
        ABSOLUTE,
        /// Empty, of the player who moves next, or of the other.
        RELATIVE
    }

    static final int EMPTY = 0;
    static final int CLASSES = 3;

    private final Othello task;
    private final int[][] moves;
    private final List<List<OthelloBoard>> boards = new ArrayList<>();

    /// @param purpose which keeps games of one use from being those of another
    Games(Othello task, int count, long seed, String purpose) {
        this.task = task;
        this.moves = new int[count][];
        for (int game = 0; game < count; game++) {
            moves[game] = task.game(Draws.of(seed, purpose, game));
            boards.add(boards(moves[game]));
        }
    }

    private List<OthelloBoard> boards(int[] game) {
        List<OthelloBoard> after = new ArrayList<>();
        OthelloBoard board = new OthelloBoard(task.size());
        for (int move : Arrays.copyOf(game, positions())) {
            if (move == task.end()) {
                break;
            }
            board.nextMoves();
            board.play(move);
            OthelloBoard seen = board.copy();
            if (seen.nextMoves().length == 0) {
                break;
            }
            after.add(seen);
        }
        return after;
    }

    int count() {
        return moves.length;
    }

    int squares() {
        return task.size() * task.size();
    }

    /// Moves that the model is given.
    int positions() {
        return task.moves() - 1;
    }

    /// Boards after the first move, the second, and so on, as long as somebody can move.
    List<OthelloBoard> boards(int game) {
        return boards.get(game);
    }

    /// `[1, game, pos]` int64
    Tensor tokens() {
        long[] all = new long[count() * positions()];
        for (int game = 0; game < count(); game++) {
            for (int i = 0; i < positions(); i++) {
                all[game * positions() + i] = moves[game][i];
            }
        }
        return Tensor.of(all, 1, count(), positions());
    }

    /// The rows of all boards in `[game * pos, d]`.
    long[] rows() {
        List<Long> rows = new ArrayList<>();
        for (int game = 0; game < count(); game++) {
            for (int i = 0; i < boards(game).size(); i++) {
                rows.add((long) game * positions() + i);
            }
        }
        return rows.stream().mapToLong(Long::longValue).toArray();
    }

    /// Boards as labels of their squares; a game is a group.
    ///
    /// @param states of the residual stream, `[game * pos, d]`
    Labelled labelled(Tensor states, View view) {
        long[] rows = rows();
        int[][] labels = new int[rows.length][];
        int[] groups = new int[rows.length];
        int at = 0;
        for (int game = 0; game < count(); game++) {
            for (OthelloBoard board : boards(game)) {
                labels[at] = labels(board, view);
                groups[at++] = game;
            }
        }
        return new Labelled(states.gatherRows(0, Tensor.of(rows, rows.length)), labels, CLASSES, groups);
    }

    int[] labels(OthelloBoard board, View view) {
        int[] labels = new int[squares()];
        for (int square = 0; square < labels.length; square++) {
            labels[square] = label(board.at(square), board.toMove(), view);
        }
        return labels;
    }

    static int label(Disc disc, Disc toMove, View view) {
        if (disc == Disc.EMPTY) {
            return EMPTY;
        }
        Disc first = view == View.ABSOLUTE ? Disc.BLACK : toMove;
        return disc == first ? 1 : 2;
    }
}
