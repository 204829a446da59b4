package cutaway.studies.othello;

import cutaway.interp.probe.Probe;
import cutaway.interp.probe.ProbeEdit;
import cutaway.interp.probe.StateChange;
import cutaway.lab.net.Tap;
import cutaway.lab.task.OthelloBoard;
import cutaway.lab.task.OthelloBoard.Disc;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Boards with one disc turned or taken away in what the model holds of them, and what it then predicts: where the
/// moves that the changed board allows are its likeliest ones, the edit did what it should.
final class BoardEdits {

    private static final int EARLIEST = 4;
    static final int MOST = 3000; // boards that a search for a game looks at

    /// What becomes of a disc.
    enum Kind {
        TURNED,
        ERASED
    }

    /// One board with one disc changed.
    ///
    /// @param game and its move after which the board is
    /// @param legal moves on the changed board
    record Case(int game, int move, int square, OthelloBoard before, OthelloBoard after, int[] legal) {}

    private final OthelloModel model;
    private final Games games;
    private final List<Case> cases;

    /// @param count how many, of as many games at most
    BoardEdits(OthelloModel model, Games games, Kind kind, int count, long seed) {
        this(model, games, draw(games, kind, count, new Random(seed).generator()));
    }

    private BoardEdits(OthelloModel model, Games games, List<Case> cases) {
        this.model = model;
        this.games = games;
        this.cases = cases;
    }

    /// Each disc of one board, whether moves change by it or not.
    static BoardEdits everyDisc(OthelloModel model, Games games, int move) {
        OthelloBoard board = games.boards(0).get(move);
        List<Case> cases = IntStream.range(0, games.squares())
                .filter(square -> board.at(square) != Disc.EMPTY)
                .mapToObj(square -> {
                    OthelloBoard changed = changed(board, square, Kind.TURNED);
                    return new Case(0, move, square, board, changed, changed.legalMoves());
                })
                .toList();
        return new BoardEdits(model, games, cases);
    }

    private static List<Case> draw(Games games, Kind kind, int count, RandomGenerator random) {
        List<Case> cases = new ArrayList<>();
        for (int game = 0; game < games.count() && cases.size() < count; game++) {
            List<OthelloBoard> boards = games.boards(game);
            int last = boards.size() - 1;
            if (last <= EARLIEST) {
                continue;
            }
            int move = random.nextInt(EARLIEST, last);
            OthelloBoard board = boards.get(move);
            int[] discs = IntStream.range(0, games.squares())
                    .filter(square -> board.at(square) != Disc.EMPTY)
                    .toArray();
            int square = discs[random.nextInt(discs.length)];
            OthelloBoard changed = changed(board, square, kind);
            int[] legal = changed.legalMoves();
            if (legal.length > 0 && !Arrays.equals(legal, board.legalMoves())) {
                cases.add(new Case(game, move, square, board, changed, legal));
            }
        }
        return cases;
    }

    private static OthelloBoard changed(OthelloBoard board, int square, Kind kind) {
        Disc turned = board.at(square) == Disc.BLACK ? Disc.WHITE : Disc.BLACK;
        return board.with(square, kind == Kind.ERASED ? Disc.EMPTY : turned);
    }

    /// Whether legal play leads to the changed board of each case.
    List<Reachable.Answer> reachable() {
        return cases.stream()
                .map(one -> Reachable.of(one.after(), OthelloModel.TASK.size(), MOST))
                .toList();
    }

    List<Case> cases() {
        return cases;
    }

    /// Mean number of moves that the model has wrong on the changed boards: those it takes for legal that are not, and
    /// the other way round, where it takes as many as there are.
    ///
    /// @param from the first layer whose output is changed
    double[] errors(int from, StateChange change) {
        try (Scope _ = Scope.open()) {
            Tensor logits = logits(from, change);
            double[] errors = new double[cases.size()];
            for (int i = 0; i < errors.length; i++) {
                errors[i] = wrong(logits.select(0, i).toFloats(), cases.get(i).legal());
            }
            return errors;
        }
    }

    /// @return `[case, token]`
    Tensor logits(int from, StateChange change) {
        return Scope.keep(() -> {
            int length = games.positions();
            Tensor which = Tensor.of(cases.stream().mapToLong(Case::game).toArray(), cases.size());
            Tensor tokens = games.tokens().gatherRows(1, which);
            long[] at = IntStream.range(0, cases.size())
                    .mapToLong(i -> (long) i * length + cases.get(i).move())
                    .toArray();
            Tensor rows = Tensor.of(at, at.length);
            Tap tap = (name, value) -> {
                if (!name.endsWith(".resid_post") || OthelloModel.layer(name) < from) {
                    return value;
                }
                Tensor flat = value.reshape(-1, value.dim(-1));
                Tensor changed = change.at(OthelloModel.layer(name), flat.gatherRows(0, rows));
                return flat.replaceRows(0, rows, changed).reshape(value.shape().dims());
            };
            Tensor logits = model.logits(tokens, tap);
            return logits.reshape(-1, logits.dim(-1)).gatherRows(0, rows);
        });
    }

    private static int wrong(float[] logits, int[] legal) {
        int[] order = IntStream.range(0, logits.length)
                .boxed()
                .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        long right = Arrays.stream(order, 0, legal.length)
                .filter(move -> Arrays.binarySearch(legal, move) >= 0)
                .count();
        return (int) (2 * (legal.length - right));
    }

    /// Gradient steps until the probe of each layer reads the changed disc.
    ///
    /// @param probes by layer
    StateChange through(List<Probe> probes, Games.View view, ProbeEdit edit) {
        int[] squares = cases.stream().mapToInt(Case::square).toArray();
        int[] wanted = cases.stream()
                .mapToInt(one ->
                        Games.label(one.after().at(one.square()), one.after().toMove(), view))
                .toArray();
        return StateChange.through(probes, squares, wanted, edit);
    }

    /// `x + a |x| direction`, from the class that is there to the one that is wanted.
    StateChange along(List<Probe> probes, Games.View view, double a) {
        return (layer, x) -> Scope.keep(() -> {
            List<Tensor> ways = cases.stream()
                    .map(one -> probes.get(layer)
                            .direction(
                                    one.square(),
                                    Games.label(
                                            one.before().at(one.square()),
                                            one.before().toMove(),
                                            view),
                                    Games.label(
                                            one.after().at(one.square()),
                                            one.after().toMove(),
                                            view)))
                    .toList();
            return x.plus(Tensor.stack(ways, 0).times(x.norms(1).unsqueeze(1)).times(a));
        });
    }
}
