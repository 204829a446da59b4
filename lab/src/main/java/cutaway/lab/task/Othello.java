package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Random legal games of Othello (Li et al., arXiv:2210.13382): a token is the square of a move, and the next one is
/// asked for. Passes are not written down. The board is never shown.
///
/// @param size squares of a row: 4, 6 or 8
public record Othello(
        @JsonProperty(value = "size", required = true) int size) implements Task {

    static final String NAME = "othello";

    private static final int TEST = 512;

    public Othello {
        require(size == 4 || size == 6 || size == 8, "Othello on a board of " + size + "; expected 4, 6 or 8.");
    }

    /// Moves of a whole game.
    public int moves() {
        return size * size - 4;
    }

    /// What stands where a game ended early.
    public int end() {
        return size * size;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "The next move of random legal games of Othello.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(moves() - 1, size * size + 1);
    }

    @Override
    public Target target() {
        return new Target.Tokens(moves() - 1, size * size + 1);
    }

    /// Squares as players name them: column, then row, `a1` first.
    @Override
    public List<String> words() {
        return Stream.concat(
                        IntStream.range(0, size * size)
                                .mapToObj(square -> (char) ('a' + square % size) + "" + (square / size + 1)),
                        Stream.of("end"))
                .toList();
    }

    @Override
    public Examples examples(long seed, int variant) {
        return new Sequences(seed, NAME, moves() - 1, TEST) {
            @Override
            void draw(Draws draws, boolean isHeldOut, int[] tokens, boolean[] asked) {
                int[] game = game(draws);
                System.arraycopy(game, 0, tokens, 0, tokens.length);
                for (int i = 0; i < asked.length; i++) {
                    asked[i] = game[i + 1] != end();
                }
            }
        };
    }

    /// The moves of a random legal game, then [#end] where it ended early.
    public int[] game(Draws draws) {
        int[] game = new int[moves()];
        OthelloBoard board = new OthelloBoard(size);
        for (int i = 0; i < game.length; i++) {
            int[] legal = board.nextMoves();
            if (legal.length == 0) {
                game[i] = end();
                continue;
            }
            game[i] = legal[draws.nextInt(legal.length)];
            board.play(game[i]);
        }
        return game;
    }

    /// The boards after the moves of a game, as long as somebody can move next: who passes has passed.
    ///
    /// @param moves of a legal game; [#end] ends it
    public List<OthelloBoard> boards(int[] moves) {
        List<OthelloBoard> after = new ArrayList<>();
        OthelloBoard board = new OthelloBoard(size);
        for (int move : moves) {
            if (move == end()) {
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
}
