package cutaway.studies.othello;

import cutaway.interp.heads.HeadParity;
import cutaway.interp.heads.SilencedHeads;
import cutaway.interp.heads.SilencedHeads.Head;
import cutaway.interp.probe.Probe;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.lab.task.OthelloBoard;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Tap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// Whether the heads that look at even or odd distances are what tells a player's moves from the other's: what mine
/// and theirs, and the choice of a legal move, lose without them, beside as many other heads of the same layers. The
/// heads were found on games that probes learned from; what they do is measured on others.
///
/// @param probed accuracy of mine and theirs behind the block that bars speak of; empty where no head can be compared
/// @param moves share of likeliest moves that are legal
/// @param untrained as `probed`, of the model at its start, by a probe of its own, without the same heads
record ParityHeads(Optional<SilencedHeads> probed, Optional<SilencedHeads> moves, Optional<SilencedHeads> untrained) {

    /// Choices of other heads.
    private static final int DRAWS = 8;

    /// @param games of the test, as the models read them
    /// @param which number each has among the test games
    /// @param parity of the trained model's heads
    static ParityHeads of(
            Readings readings,
            Model trained,
            Model untrained,
            List<int[]> games,
            int[] which,
            HeadParity parity,
            List<Probe> probes) {
        int layer = readings.layer();
        List<Head> named = parity.alternating();
        List<Head> before = named.stream().filter(head -> head.layer() <= layer).toList();
        Batch batch = Batch.of(games, Batch.Side.RIGHT);
        try (Scope _ = Scope.open();
                Probe ofUntrained = Probe.train(
                        readings.train()
                                .labelled(
                                        readings.model()
                                                .states(readings.train(), false)
                                                .get(layer),
                                        Games.View.RELATIVE),
                        readings.settings(Kind.LOGISTIC))) {
            return new ParityHeads(
                    SilencedHeads.measure(
                            trained,
                            batch,
                            before,
                            DRAWS,
                            readings.seed(),
                            tap -> probed(trained, batch, tap, probes.get(layer), layer, readings.test(), which)),
                    SilencedHeads.measure(
                            trained,
                            batch,
                            named,
                            DRAWS,
                            readings.seed(),
                            tap -> legal(trained, batch, tap, readings.test(), which)),
                    SilencedHeads.measure(
                            untrained,
                            batch,
                            before,
                            DRAWS,
                            readings.seed(),
                            tap -> probed(untrained, batch, tap, ofUntrained, layer, readings.test(), which)));
        }
    }

    /// Accuracy of a probe, by game.
    private static double[] probed(
            Model model, Batch batch, Tap tap, Probe probe, int layer, Games games, int[] which) {
        return Scope.free(() -> {
            Tensor[] seen = new Tensor[1];
            Tap reads = (point, value) -> {
                Tensor next = tap.at(point, value);
                if (point.kind() == Point.Kind.RESID_POST && point.layer() == layer) {
                    seen[0] = Scope.detach(next.reshape(-1, next.dim(-1)).copy()); // the pass frees its own
                }
                return next;
            };
            try (Tensor _ = model.residual(batch, reads);
                    Tensor states = seen[0]) {
                int[][] said = probe.classes(states);
                return IntStream.range(0, which.length)
                        .mapToDouble(row -> accuracy(said, row * batch.length(), batch.length(), games, which[row]))
                        .toArray();
            }
        });
    }

    private static double accuracy(int[][] said, int from, int moves, Games games, int game) {
        double right = 0;
        for (int move = 0; move < moves; move++) {
            int[] labels = games.labels(games.boards(game).get(move), Games.View.RELATIVE);
            for (int square = 0; square < labels.length; square++) {
                right += said[from + move][square] == labels[square] ? 1 : 0;
            }
        }
        return right / moves / games.squares();
    }

    /// Share of positions whose likeliest move is legal, by game.
    private static double[] legal(Model model, Batch batch, Tap tap, Games games, int[] which) {
        return Scope.free(() -> {
            long[] likeliest = model.forward(batch, tap).argmax(-1).toLongs();
            return IntStream.range(0, which.length)
                    .mapToDouble(row -> IntStream.range(0, batch.length())
                            .mapToDouble(move -> isLegal(
                                            games.boards(which[row]).get(move),
                                            (int) likeliest[row * batch.length() + move],
                                            games)
                                    ? 1
                                    : 0)
                            .average()
                            .orElse(Double.NaN))
                    .toArray();
        });
    }

    private static boolean isLegal(OthelloBoard board, int move, Games games) {
        return move < games.squares() && board.isLegal(move);
    }

    /// What each costs, in words.
    List<String> notes() {
        return List.of(
                "Silenced (mean ablation), on games that they were not found on: " + said(probed, "mine and theirs")
                        + "; " + said(moves, "likeliest moves that are legal")
                        + "; in the model without training, " + said(untrained, "mine and theirs") + ".");
    }

    private static String said(Optional<SilencedHeads> of, String what) {
        return of.map(it -> String.format(
                        Locale.ROOT,
                        "%s %.3f falls to %.3f without %s, to %.3f without as many others (%d choices, the lowest"
                                + " %.3f)%s",
                        what,
                        it.whole(),
                        it.without(),
                        String.join(
                                ", ", it.silenced().stream().map(Head::toString).toList()),
                        it.ofOthers(),
                        it.others().size(),
                        it.others().stream()
                                .mapToDouble(Double::doubleValue)
                                .min()
                                .orElse(Double.NaN),
                        it.beyond()
                                        .map(interval -> String.format(
                                                Locale.ROOT,
                                                ", %.3f more [%.3f, %.3f over games]",
                                                it.ofOthers() - it.without(),
                                                interval.low(),
                                                interval.high()))
                                        .orElse("")
                                + (it.isMore() ? ", more than any of these" : ", not more than each of these")))
                .orElse(what + ": no such head has another beside it in its layer");
    }

    /// Costs by reading, for a figure: of the named heads, then of others.
    List<List<Double>> costs() {
        return List.of(probed, moves, untrained).stream()
                .map(of -> of.map(it -> List.of(it.whole() - it.without(), it.whole() - it.ofOthers()))
                        .orElse(Arrays.asList(Double.NaN, Double.NaN)))
                .toList();
    }
}
