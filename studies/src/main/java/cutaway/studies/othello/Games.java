package cutaway.studies.othello;

import cutaway.interp.probe.Labelled;
import cutaway.interp.probe.RelativeLabels;
import cutaway.lab.Draws;
import cutaway.lab.task.Othello;
import cutaway.lab.task.OthelloBoard;
import cutaway.lab.task.OthelloBoard.Disc;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Random legal games with the board after each move.
final class Games {

    /// What a square is called by a probe.
    enum View {
        /// Empty, black or white.
        ABSOLUTE,
        /// Empty, of the player who moves next, or of the other.
        RELATIVE
    }

    static final int CLASSES = 3;

    private static final RelativeLabels SEEN =
            new RelativeLabels(CLASSES, List.of(Disc.BLACK.ordinal(), Disc.WHITE.ordinal()));

    private final Othello task;
    private final int[][] moves;
    private final List<List<OthelloBoard>> boards = new ArrayList<>();

    /// @param purpose which keeps games of one use from being those of another
    Games(Othello task, int count, long seed, String purpose) {
        this.task = task;
        this.moves = new int[count][];
        for (int game = 0; game < count; game++) {
            moves[game] = task.game(Draws.of(seed, purpose, game));
            boards.add(task.boards(Arrays.copyOf(moves[game], positions())));
        }
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
        int absolute = disc.ordinal();
        return view == View.ABSOLUTE ? absolute : SEEN.of(absolute, toMove.ordinal());
    }

    /// Commonest class of each square after each move, `[move][square]`: what can be said without the model.
    int[][] commonest(View view) {
        int[][][] counts = new int[positions()][squares()][CLASSES];
        for (int game = 0; game < count(); game++) {
            for (int move = 0; move < boards(game).size(); move++) {
                int[] labels = labels(boards(game).get(move), view);
                for (int square = 0; square < labels.length; square++) {
                    counts[move][square][labels[square]]++;
                }
            }
        }
        return Arrays.stream(counts)
                .map(move -> Arrays.stream(move)
                        .mapToInt(of -> IntStream.range(0, CLASSES)
                                .reduce(0, (best, label) -> of[label] > of[best] ? label : best))
                        .toArray())
                .toArray(int[][]::new);
    }

    /// The share of squares that some classes for each move have right.
    ///
    /// @param said `[move][square]`
    double accuracy(int[][] said, View view) {
        long right = 0;
        long all = 0;
        for (int game = 0; game < count(); game++) {
            for (int move = 0; move < boards(game).size(); move++) {
                int[] labels = labels(boards(game).get(move), view);
                for (int square = 0; square < labels.length; square++) {
                    right += labels[square] == said[move][square] ? 1 : 0;
                    all++;
                }
            }
        }
        return (double) right / all;
    }
}
