package cutaway.lab.task;

import java.util.Arrays;

/// The rules of Othello on a board of any even size up to 8. Squares are numbered row by row from 0; two discs of each
/// player lie in the middle, and black begins.
public final class OthelloBoard {

    /// On the square of a board.
    public enum Disc {
        EMPTY,
        BLACK,
        WHITE
    }

    private static final int[][] DIRECTIONS = {{-1, -1}, {-1, 0}, {-1, 1}, {0, -1}, {0, 1}, {1, -1}, {1, 0}, {1, 1}};

    private final int size;
    private final Disc[] discs;
    private Disc toMove = Disc.BLACK;

    /// At the beginning of a game.
    ///
    /// @param size squares of a row
    public OthelloBoard(int size) {
        this.size = size;
        this.discs = new Disc[size * size];
        Arrays.fill(discs, Disc.EMPTY);
        int middle = size / 2;
        put(middle - 1, middle - 1, Disc.WHITE);
        put(middle, middle, Disc.WHITE);
        put(middle - 1, middle, Disc.BLACK);
        put(middle, middle - 1, Disc.BLACK);
    }

    /// Any position.
    ///
    /// @param discs of all squares
    public OthelloBoard(int size, Disc[] discs, Disc toMove) {
        this.size = size;
        this.discs = discs.clone();
        this.toMove = toMove;
    }

    private void put(int row, int column, Disc disc) {
        discs[row * size + column] = disc;
    }

    /// Who moves next.
    public Disc toMove() {
        return toMove;
    }

    public Disc at(int square) {
        return discs[square];
    }

    /// The same position, to be changed apart.
    public OthelloBoard copy() {
        return new OthelloBoard(size, discs, toMove);
    }

    /// The same position with another disc on a square.
    public OthelloBoard with(int square, Disc disc) {
        OthelloBoard changed = copy();
        changed.discs[square] = disc;
        return changed;
    }

    /// Where the player to move may move to, rising.
    public int[] legalMoves() {
        int[] legal = new int[discs.length];
        int count = 0;
        for (int square = 0; square < discs.length; square++) {
            if (isLegal(square)) {
                legal[count++] = square;
            }
        }
        return Arrays.copyOf(legal, count);
    }

    public boolean isLegal(int square) {
        if (discs[square] != Disc.EMPTY) {
            return false;
        }
        for (int[] direction : DIRECTIONS) {
            if (flips(square, direction) > 0) {
                return true;
            }
        }
        return false;
    }

    /// How many discs of the other player a move turns in a direction.
    private int flips(int square, int[] direction) {
        int row = square / size + direction[0];
        int column = square % size + direction[1];
        int count = 0;
        while (row >= 0 && row < size && column >= 0 && column < size) {
            Disc disc = discs[row * size + column];
            if (disc == Disc.EMPTY) {
                return 0;
            }
            if (disc == toMove) {
                return count;
            }
            count++;
            row += direction[0];
            column += direction[1];
        }
        return 0;
    }

    /// Moves; then it is the other player's turn, whether that one can move or not.
    ///
    /// @throws IllegalArgumentException when the move is not legal
    public void play(int square) {
        if (!isLegal(square)) {
            throw new IllegalArgumentException("no legal move to the square " + square);
        }
        int[] counts = new int[DIRECTIONS.length];
        for (int i = 0; i < DIRECTIONS.length; i++) {
            counts[i] = flips(square, DIRECTIONS[i]);
        }
        discs[square] = toMove;
        for (int i = 0; i < DIRECTIONS.length; i++) {
            for (int step = 1; step <= counts[i]; step++) {
                discs[square + step * (DIRECTIONS[i][0] * size + DIRECTIONS[i][1])] = toMove;
            }
        }
        pass();
    }

    /// Leaves the turn to the other player.
    public void pass() {
        toMove = toMove == Disc.BLACK ? Disc.WHITE : Disc.BLACK;
    }

    /// Where the next move may go, by whoever can move: passes where only the other player can.
    ///
    /// @return none at the end of the game
    public int[] nextMoves() {
        int[] legal = legalMoves();
        if (legal.length == 0) {
            pass();
            legal = legalMoves();
            if (legal.length == 0) {
                pass();
            }
        }
        return legal;
    }
}
